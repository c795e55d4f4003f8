package topology

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// mostPasses is how often a text is laid out until nothing moves any more.
const mostPasses = 5

// Format lays a topology out in the one way that everybody's looks: two spaces of indentation, one space
// around what needs it, a blank line between sections. Comments, the order of keys and what stands in one
// line stay. The error, if any, is a model.Problems: a text that cannot be read, or one whose comments or
// meaning would not come through whole, which is then left alone.
func Format(name string, text []byte) ([]byte, error) {
	before, ps := parse(name, text)
	if len(ps) > 0 {
		return nil, ps
	}
	out, still := text, false
	for range mostPasses {
		next, err := relaid(out)
		if err != nil {
			return nil, unformatted(name, 1, err.Error())
		}
		still, out = string(next) == string(out), next
		if still {
			break
		}
	}
	after, ps := parse(name, out)
	switch {
	case !still:
		return nil, unformatted(name, 1, "its comments do not stay where they are")
	case len(ps) > 0 || !sameTree(before, after):
		return nil, unformatted(name, 1, "it would mean something else")
	}
	if line, lost := lostComment(string(text), string(out)); lost {
		return nil, unformatted(name, line, "this comment would be lost")
	}
	return out, nil
}

func unformatted(name string, line int, why string) model.Problems {
	return model.Problems{{At: model.Pos{File: name, Line: line, Column: 1}, What: "cannot lay out the file: " + why, Hint: "give the comment a line of its own above a key"}}
}

// sameTree tells whether two trees hold the same, wherever it stands.
func sameTree(a, b *node) bool {
	return a.kind == b.kind && a.text == b.text && slices.EqualFunc(a.parts, b.parts, func(x, y node) bool { return sameTree(&x, &y) })
}

// comment is a comment, or what looks like one in a text; that is the same before and after.
var comment = regexp.MustCompile(`(?:^|\s)#.*$`)

// lostComment finds the first comment that is not there any more.
func lostComment(before, after string) (line int, lost bool) {
	count := map[string]int{}
	for l := range strings.Lines(after) {
		count[commentOf(l)]++
	}
	n := 0
	for l := range strings.Lines(before) {
		n++
		c := commentOf(l)
		if count[c]--; c != "" && count[c] < 0 {
			return n, true
		}
	}
	return 0, false
}

func commentOf(line string) string {
	return strings.TrimSpace(comment.FindString(strings.TrimRight(line, " \t\r\n")))
}

// spaced puts a blank line before each section: a key of the file with something below it, or a comment above it.
func spaced(text string) string {
	var out []string
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, l := range lines {
		if i > 0 && begins(lines, i) && out[len(out)-1] != "" {
			out = append(out, "")
		}
		out = append(out, l)
	}
	return strings.Join(out, "\n") + "\n"
}

// begins tells whether a section begins at a line, with its comments.
func begins(lines []string, i int) bool {
	if lines[i] == "" || lines[i][0] == ' ' || lines[i][0] == '-' || strings.HasPrefix(lines[i-1], "#") {
		return false
	}
	if lines[i][0] == '#' {
		return true
	}
	return large(lines, i) || large(lines, lastKey(lines, i))
}

// large tells whether the key of the file at a line has lines below it.
func large(lines []string, i int) bool {
	return i >= 0 && i+1 < len(lines) && lines[i+1] != "" && (lines[i+1][0] == ' ' || lines[i+1][0] == '-')
}

// lastKey is the line of the key of the file before line i; −1 if there is none.
func lastKey(lines []string, i int) int {
	for i--; i >= 0; i-- {
		if lines[i] != "" && !strings.ContainsRune(" -#", rune(lines[i][0])) {
			return i
		}
	}
	return -1
}

// layoutFault is what went wrong inside the library, which panics on some input.
func layoutFault(p any) error { return fmt.Errorf("the library gave up (%v)", p) }

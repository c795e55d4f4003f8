package topology

import (
	"bytes"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	lineOf   = regexp.MustCompile(`^line (\d+): `)
	anchorOf = regexp.MustCompile(`unknown anchor '(.*)' referenced`)
)

// syntax turns an error of the library into a problem with a position.
func (c *converter) syntax(err error, text []byte) {
	what, line := wording(err)
	lines := bytes.Split(text, []byte("\n"))
	line = min(max(line, 1), len(lines))
	column := 1
	if m := anchorOf.FindStringSubmatch(what); m != nil {
		line, column = placeOf("*"+m[1], lines, line)
	} else if from, found := firstLine(what, line, lines); found && what != severalDocuments {
		line = from
		column = firstColumn(what, lines[:line])
	}
	at := lines[line-1]
	if column == 1 {
		column += len(at) - len(bytes.TrimLeft(at, " \t"))
	}
	hint := ""
	switch {
	case strings.Contains(what, "cannot start any token") && bytes.ContainsRune(at, '\t'):
		hint = "indent with spaces, not with tabs"
	case strings.Contains(what, "did not find expected key"):
		hint = "look at how far this line and those above are indented, and for quotes and brackets"
	}
	c.fault(line, column, what, hint)
}

// wording splits an error of the library into its text and its line.
func wording(err error) (what string, line int) {
	what, line = strings.TrimPrefix(err.Error(), "yaml: "), 1
	if m := lineOf.FindStringSubmatch(what); m != nil {
		line, _ = strconv.Atoi(m[1])
		what = strings.TrimPrefix(what, m[0])
	}
	return what, line
}

func placeOf(word string, lines [][]byte, otherwise int) (line, column int) {
	for i, l := range lines {
		if at := bytes.Index(l, []byte(word)); at >= 0 {
			return i + 1, utf8.RuneCount(l[:at]) + 1
		}
	}
	return otherwise, 1
}

// longestSearched keeps the search for the place of a fault within a second.
const longestSearched = 128 << 10

// firstLine finds the line that brings an error about. The library names the line where the block or the
// bracket begins that the error is in; the error comes with the first line up to which the text has it.
func firstLine(what string, from int, lines [][]byte) (line int, found bool) {
	size := 0
	for _, l := range lines {
		size += len(l) + 1
	}
	if size > longestSearched {
		return 0, false
	}
	n := sort.Search(len(lines)-from, func(i int) bool { return failsAs(what, bytes.Join(lines[:from+i], []byte("\n"))) })
	return from + n, true
}

// firstColumn finds the place in the last of the lines in the same way. In brackets, which are unfinished
// up to their last character, there is none.
func firstColumn(what string, lines [][]byte) int {
	last := lines[len(lines)-1]
	if len(last) > 1000 || strings.Contains(what, "',' or") {
		return 1
	}
	above := bytes.Join(lines[:len(lines)-1], []byte("\n"))
	n := sort.Search(len(last), func(i int) bool {
		return failsAs(what, bytes.Join([][]byte{above, last[:i]}, []byte("\n")))
	})
	return max(1, utf8.RuneCount(last[:n]))
}

func failsAs(what string, text []byte) bool {
	_, err := decode(text)
	if err == nil {
		return false
	}
	got, _ := wording(err)
	return got == what
}

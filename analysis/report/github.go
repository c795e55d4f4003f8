package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// GitHub writes workflow commands, which GitHub shows as annotations at the lines of the file: errors for
// missed objectives, warnings for undecided ones and for what is doubtful in the input, notices for the rest.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func GitHub(w io.Writer, d *Document) error {
	a := annotator{w: bufio.NewWriter(w)}
	for i := range d.Summary.Objectives {
		a.objective(&d.Summary.Objectives[i], "error", "")
	}
	known := map[string]bool{}
	for _, p := range d.Summary.System.Warnings {
		text := p.What
		if p.Hint != "" {
			text += "; " + p.Hint
		}
		a.say("warning", p.At, "ftsim: input", text)
		known[p.Text()] = true
	}
	file := model.Pos{File: d.Provenance.InputName}
	for _, s := range d.Warnings {
		if !known[s] {
			a.say("warning", file, "ftsim: result", s)
		}
	}
	a.line(origin(&d.Provenance, 1))
	return a.close()
}

// ComparedGitHub writes what a comparison came to as annotations: a notice for each sentence, and a warning
// for each objective that a design misses or leaves open.
func ComparedGitHub(w io.Writer, d *Compared) error {
	a := annotator{w: bufio.NewWriter(w)}
	for k, sum := range d.Standing.Summaries {
		for i := range sum.Objectives {
			if j := &sum.Objectives[i]; j.Verdict != analysis.Met {
				a.objective(j, "warning", " with "+d.Standing.Designs[k].Name)
			}
		}
	}
	file := model.Pos{File: d.Provenance.InputName}
	for _, s := range d.Words {
		a.say("notice", file, "ftsim: comparison", s)
	}
	for _, s := range d.Warnings {
		a.say("warning", file, "ftsim: comparison", s)
	}
	a.line(origin(&d.Provenance, len(d.Inputs)))
	return a.close()
}

type annotator struct {
	w   *bufio.Writer
	err error
}

func (a *annotator) objective(j *analysis.Judgement, missed, whose string) {
	level := [...]string{analysis.Met: "notice", analysis.Missed: missed, analysis.Undecided: "warning"}[j.Verdict]
	a.say(level, j.At, "ftsim: "+kindLabel(j.Kind)+" of "+j.Name+whose, judgementText(j))
}

// say writes one command. What has no line is about the file, and what has no file, such as a pipe, is about
// nothing in particular.
func (a *annotator) say(level string, at model.Pos, title, text string) {
	var where []string
	if at.File != "" && at.File != "stdin" {
		where = append(where, "file="+commandProperty.Replace(at.File))
		if at.Line > 0 {
			where = append(where, fmt.Sprintf("line=%d,col=%d", at.Line, at.Column))
		}
	}
	where = append(where, "title="+commandProperty.Replace(printable(title)))
	a.write("::" + level + " " + strings.Join(where, ",") + "::" + commandData.Replace(printable(text)) + "\n")
}

// line writes a line of the log, which cannot be taken for a command.
func (a *annotator) line(s string) {
	s = strings.NewReplacer("\r", " ", "\n", " ").Replace(printable(s))
	if strings.HasPrefix(strings.TrimSpace(s), "::") || strings.HasPrefix(strings.TrimSpace(s), "##[") {
		s = "· " + s
	}
	a.write(s + "\n")
}

func (a *annotator) write(s string) {
	if a.err == nil {
		_, a.err = a.w.WriteString(s)
	}
}

func (a *annotator) close() error {
	if a.err != nil {
		return a.err
	}
	return a.w.Flush()
}

// What a workflow command may not contain as it is, as in actions/toolkit, packages/core/src/command.ts.
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// printable replaces control characters other than those that end lines, which could steer a terminal or a
// viewer, and what is not UTF-8.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"github.com/ftsim/ftsim/analysis"
)

// The elements and attributes are those of Jenkins' junit-10.xsd, which GitLab, Azure and others read too.

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	junitCounts
	Suite junitSuite `xml:"testsuite"`
}

type junitCounts struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
}

type junitSuite struct {
	junitCounts
	Skipped    int             `xml:"skipped,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	Out        string          `xml:"system-out,omitempty"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitOutcome `xml:"failure"`
	Skipped *junitOutcome `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes the objectives as test cases: met ones pass, missed ones fail, and undecided ones are skipped
// with a message, because nothing is known against them. Equal input gives equal bytes.
func JUnit(w io.Writer, d *Document) error {
	sum := d.Summary
	suite := junitSuite{junitCounts: junitCounts{Name: sum.System.Name, Tests: len(sum.Objectives)}, Properties: junitProperties(&d.Provenance)}
	for i := range sum.Objectives {
		c := junitObjective(sum.System.Name, &sum.Objectives[i])
		if c.Failure != nil {
			suite.Failures++
		}
		if c.Skipped != nil {
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, c)
	}
	for _, s := range d.Warnings {
		suite.Out += "warning: " + s + "\n"
	}
	all := junitSuites{junitCounts: suite.junitCounts, Suite: suite}
	all.Name = "ftsim"
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitProperties(p *Provenance) []junitProperty {
	return []junitProperty{
		{"ftsim.version", p.Version},
		{"ftsim.input", p.InputName},
		{"ftsim.input_hash", p.InputHash},
		{"ftsim.seed", strconv.FormatUint(p.Seed, 10)},
		{"ftsim.runs", strconv.Itoa(p.Runs)},
		{"ftsim.horizon", p.Horizon.String()},
	}
}

func junitObjective(system string, j *analysis.Judgement) junitCase {
	text := judgementText(j)
	c := junitCase{Name: kindLabel(j.Kind) + " of " + j.Name, Class: system}
	where := ""
	if at := j.At.String(); at != "" {
		where = at + "\n"
	}
	switch j.Verdict {
	case analysis.Missed:
		c.Failure = &junitOutcome{text, "missed", where}
	case analysis.Undecided:
		c.Skipped = &junitOutcome{text, "undecided", where}
	default:
		c.Out = text
	}
	return c
}

// judgementText says in a line what was promised and what was found.
func judgementText(j *analysis.Judgement) string {
	aim, measured := judged(j)
	s := fmt.Sprintf("%s: %s, measured %s (95 %%)", j.Verdict, aim, measured)
	if j.Note != "" {
		s += "; " + j.Note
	}
	return s
}

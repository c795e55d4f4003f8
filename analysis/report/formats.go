package report

import (
	"fmt"
	"io"
)

// Format is a way to write results to one stream, under the name that users give it.
type Format struct {
	Name     string
	Write    func(io.Writer, *Document, TextStyle) error
	Compared func(io.Writer, *Compared, TextStyle) error // nil if it is not for comparisons
}

// Formats lists what results can be written as. A new format is a new line.
var Formats = []Format{
	{"text", Text, ComparedText},
	{"json", unstyled(JSON), unstyled(ComparedJSON)},
	{"csv", unstyled(metricsCSV), unstyled(ComparedCSV)},
	{"markdown", unstyled(Markdown), unstyled(ComparedMarkdown)},
	{"junit", unstyled(JUnit), nil},
	{"github", unstyled(GitHub), unstyled(ComparedGitHub)},
	{"prometheus", unstyled(Prometheus), nil},
}

// unstyled is a format that looks the same wherever it goes.
func unstyled[D any](write func(io.Writer, D) error) func(io.Writer, D, TextStyle) error {
	return func(w io.Writer, d D, _ TextStyle) error { return write(w, d) }
}

// FormatNames are the names of all formats, or of those that comparisons have too.
func FormatNames(compared bool) (names []string) {
	for _, f := range Formats {
		if !compared || f.Compared != nil {
			names = append(names, f.Name)
		}
	}
	return names
}

// Write writes a document in the format of that name, which must be one of FormatNames.
func Write(w io.Writer, d *Document, format string, style TextStyle) error {
	for _, f := range Formats {
		if f.Name == format {
			return f.Write(w, d, style)
		}
	}
	return fmt.Errorf("there is no format %q", format)
}

// WriteCompared is Write for a comparison.
func WriteCompared(w io.Writer, d *Compared, format string, style TextStyle) error {
	for _, f := range Formats {
		if f.Name == format && f.Compared != nil {
			return f.Compared(w, d, style)
		}
	}
	return fmt.Errorf("there is no format %q of comparisons", format)
}

// File is a result to be written under a name.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// Files lists everything a results folder holds. A new file is a new line.
func Files(d *Document) []File {
	files := []File{
		{"summary.json", func(w io.Writer) error { return JSON(w, d) }},
		{"summary.md", func(w io.Writer) error { return Markdown(w, d) }},
		{"junit.xml", func(w io.Writer) error { return JUnit(w, d) }},
		{"metrics.csv", func(w io.Writer) error { return metricsCSV(w, d) }},
		{"metrics.prom", func(w io.Writer) error { return Prometheus(w, d) }},
		{HTMLFile, func(w io.Writer) error { return HTML(w, d) }},
		{outagesFile, func(w io.Writer) error { return outagesCSV(w, d) }},
		{lossesFile, func(w io.Writer) error { return lossesCSV(w, d) }},
	}
	if d.Curves != nil {
		files = append(files, File{"availability.csv", func(w io.Writer) error { return availabilityCSV(w, d) }})
	}
	if d.Uncertain != nil {
		files = append(files, File{"draws.csv", func(w io.Writer) error { return drawsCSV(w, d) }})
	}
	return append(files, pictures(d)...)
}

// ComparedFiles lists everything that a results folder of a comparison holds.
func ComparedFiles(d *Compared) []File {
	files := []File{
		{"compare.json", func(w io.Writer) error { return ComparedJSON(w, d) }},
		{"compare.md", func(w io.Writer) error { return ComparedMarkdown(w, d) }},
		{"compare.csv", func(w io.Writer) error { return ComparedCSV(w, d) }},
		{ComparedHTMLFile, func(w io.Writer) error { return ComparedHTML(w, d) }},
	}
	return append(files, d.Art.files(d.figures())...)
}

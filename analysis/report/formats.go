package report

import "io"

// File is a result to be written under a name.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// Files lists everything a results folder holds. A new format is a new line.
func Files(d *Document) []File {
	files := []File{
		{"summary.json", func(w io.Writer) error { return JSON(w, d) }},
		{"metrics.csv", func(w io.Writer) error { return metricsCSV(w, d) }},
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

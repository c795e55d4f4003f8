package reality

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// examplesHead begins the page about the examples in pairs.
const examplesHead = `# Designs in pairs

Each group of [examples](../examples) differs in one thing. What to expect is written at the head of each
file; the figures are what came of it, with 95 % intervals, the seed of the file and its number of runs.
` + "`go test ./internal/reality -update`" + ` writes this page, and the tests there hold the designs to what is
expected of them. Two files of a group can be held against each other under the same luck:

` + "```sh" + `
go run ./cmd/ftsim compare examples/pair-01-single.yaml examples/pair-01-hot.yaml
` + "```" + `
`

var groups = []struct{ number, title string }{
	{"01", "One server, or two"}, {"02", "How warm is the standby?"}, {"03", "When is a write acknowledged?"},
	{"04", "What stops an old primary?"}, {"05", "Who decides on a failover?"}, {"06", "How long may the primary be silent?"},
	{"07", "How much may two zones carry?"}, {"08", "What does replication not replace?"}, {"09", "Where do the voters stand?"},
	{"10", "When a region goes"}, {"11", "Back to the first machine?"}, {"12", "Hard, cached, buffered"},
	{"13", "Copies anywhere, or in few sets?"},
}

// The page of examples says what the examples say and do.
func TestExamplesPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(examplesHead)
	for _, g := range groups {
		files, err := filepath.Glob("../../examples/pair-" + g.number + "-*.yaml")
		if err != nil || len(files) < 2 {
			t.Fatalf("group %s: %d designs, %v", g.number, len(files), err)
		}
		fmt.Fprintf(&b, "\n## %s\n\n", g.title)
		var table strings.Builder
		table.WriteString("\n| design | downtime a year | outages a year | RTO, median | RTO, p95 | losses a year | lost, p95 |\n|---|---|---|---|---|---|---|\n")
		for _, f := range files {
			name := strings.TrimSuffix(filepath.Base(f), ".yaml")
			fmt.Fprintf(&b, "- [%s](../examples/%s.yaml): %s\n", name, name, remark(t, f))
			table.WriteString("| " + name + " | " + strings.Join(figures(study(t, f)), " | ") + " |\n")
		}
		b.WriteString(table.String())
	}
	agrees(t, "../../docs/examples.md", b.String())
}

// remark is the comment at the head of a file, without the hint at its neighbours.
func remark(t *testing.T, file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			break
		}
		words = append(words, strings.Fields(strings.TrimPrefix(line, "#"))...)
	}
	all := strings.Join(words, " ")
	all, _, _ = strings.Cut(all, " Compare ")
	if before, after, ok := strings.Cut(all, "What to expect: "); ok {
		all = before + strings.ToUpper(after[:1]) + after[1:]
	}
	return all
}

// figures are those of the first journey, and of the store that loses most often.
func figures(s *analysis.Summary) []string {
	j := s.Users[0]
	list := []string{lasts(s.Get("downtime", j).Main()), plainly(s.Get("outages", j).Main()),
		lasts(s.Get("rto", j).Stat("p50")), lasts(s.Get("rto", j).Stat("p95")), "–", "–"}
	most := 0.0
	for i := range s.System.Services {
		if e := s.Get("losses", i).Main(); e.Value > most {
			most = e.Value
			list[4], list[5] = plainly(e), lasts(s.Get("loss", i).Stat("p95"))
		}
	}
	return list
}

func plainly(e analysis.Estimate) string {
	switch {
	case math.IsNaN(e.Value):
		return "–"
	case e.Bound:
		return fmt.Sprintf("< %.2g", e.High)
	}
	return fmt.Sprintf("%.3g [%.3g, %.3g]", e.Value, e.Low, e.High)
}

func lasts(e analysis.Estimate) string {
	write := func(x float64) string {
		if math.IsInf(x, 1) {
			return "∞"
		}
		return model.Seconds(x).Round()
	}
	switch {
	case math.IsNaN(e.Value):
		return "–"
	case e.Bound:
		return "< " + write(e.High)
	}
	return fmt.Sprintf("%s [%s, %s]", write(e.Value), write(e.Low), write(e.High))
}

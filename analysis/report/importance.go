package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// Ranking is an importance study ready to be shown.
type Ranking struct {
	Importance *analysis.Importance
	Provenance Provenance
	Top        int // rows of a table in the text
}

// ImportanceText writes the ranking for a terminal.
func ImportanceText(w io.Writer, k *Ranking, style TextStyle) error {
	t := newTypist(w, style)
	im := k.Importance
	doubtful := false
	for j := range im.Journeys {
		list := im.Ranking(j)
		table := k.table(j, list)
		t.table(&table)
		t.line(k.headline(j))
		t.line("")
		for i := range list[:min(k.Top, len(list))] {
			r := &list[i]
			doubtful = doubtful || r.Compared && (!analysis.Separable(r.Saved) || !r.Part.Cascade && !analysis.Separable(r.Added))
		}
	}
	if doubtful {
		t.line(paint(Faint, "~  not told from zero with this many runs", style))
	}
	t.line(paint(Faint, "what two parts save does not add up: an outage in which both take part counts for both", style))
	t.line("")
	p := &k.Provenance
	t.line(fmt.Sprintf("seed %d · %s × %s, and again for each change of a part", p.Seed, grouped(p.Runs), p.Horizon.Round()))
	return t.end()
}

// headline says what there is to be saved.
func (k *Ranking) headline(j int) string {
	im := k.Importance
	s := fmt.Sprintf("%s is down %s a year", im.System.Journeys[im.Journeys[j]].Name, interval(im.Downtime(j)))
	if b := im.Budget(j); b > 0 {
		s += fmt.Sprintf("; its objective of %s allows %s", target(1-b/float64(model.Year)), span(b))
	}
	return s
}

func (k *Ranking) table(j int, list []analysis.Ranked) Table {
	t := Table{Head: []string{"IMPORTANCE  " + k.Importance.System.Journeys[k.Importance.Journeys[j]].Name, "", "saved/y if perfect [95 %]", "of downtime",
		fmt.Sprintf("added/y at %d× the rate [95 %%]", analysis.RateFactor), "began/y"}, Left: 2}
	budget := k.Importance.Budget(j) > 0
	if budget {
		t.Head = append(t.Head, "of budget")
	}
	missing := 0
	for i := range list {
		r := &list[i]
		if !r.Compared {
			missing++
		}
		if i >= k.Top {
			continue
		}
		row := cells(r.Part.Name, r.Part.Kind, difference(r.Saved), portion(r), difference(r.Added), upper(r.Begun, span))
		if budget {
			row = append(row, Cell{upper(r.OfBudget, share), Plain})
		}
		t.Rows = append(t.Rows, row)
	}
	var notes []string
	if more := len(list) - k.Top; more > 0 {
		notes = append(notes, fmt.Sprintf("… %d more: --top %d", more, len(list)))
	}
	if missing > 0 {
		notes = append(notes, fmt.Sprintf("interrupted: %d of %d were not simulated", missing, len(list)))
	}
	t.Note = strings.Join(notes, "; ")
	return t
}

// interval writes a time with its interval, or as a bound.
func interval(e analysis.Estimate) string {
	switch {
	case math.IsNaN(e.Value):
		return dash
	case e.Bound:
		return "< " + span(e.High)
	}
	return fmt.Sprintf("%s [%s, %s]", span(e.Value), span(e.Low), span(e.High))
}

// difference writes a difference of times; ~ marks what is not told from zero.
func difference(e analysis.Estimate) string {
	switch {
	case math.IsNaN(e.Value):
		return dash
	case e.Bound:
		return "~ < " + span(e.High)
	case !analysis.Separable(e):
		return fmt.Sprintf("~ [%s, %s]", span(e.Low), span(e.High))
	}
	return interval(e)
}

// portion writes the share of the downtime in which a part takes part, if it is told from none.
func portion(r *analysis.Ranked) string {
	switch {
	case math.IsNaN(r.Share.Value):
		return dash
	case !analysis.Separable(r.Saved):
		return "~"
	}
	return share(min(1, r.Share.Value))
}

type jsonRanked struct {
	Element   string       `json:"element"`
	Kind      string       `json:"kind"`
	Members   int          `json:"members"`
	Compared  bool         `json:"compared"`
	Separable bool         `json:"separable"`
	Saved     jsonEstimate `json:"saved_s_per_year"`
	Share     jsonEstimate `json:"fussell_vesely"`
	Worth     jsonEstimate `json:"risk_reduction_worth"`
	Added     jsonEstimate `json:"added_s_per_year"`
	Tenfold   jsonEstimate `json:"risk_achievement_worth"`
	Begun     jsonEstimate `json:"began_s_per_year"`
	OfBudget  jsonEstimate `json:"of_budget"`
}

type jsonRanking struct {
	Journey  string       `json:"journey"`
	Downtime jsonEstimate `json:"down_s_per_year"`
	Budget   value        `json:"budget_s_per_year"`
	Elements []jsonRanked `json:"elements"`
}

type jsonImportance struct {
	FormatVersion int            `json:"format_version"`
	System        string         `json:"system"`
	Provenance    jsonProvenance `json:"provenance"`
	RateFactor    int            `json:"rate_factor"`
	Journeys      []jsonRanking  `json:"journeys"`
}

// ImportanceJSON writes the ranking with all its rows. Equal input gives equal bytes.
func ImportanceJSON(w io.Writer, k *Ranking) error {
	im := k.Importance
	out := jsonImportance{FormatVersion, im.System.Name, provenance(&k.Provenance), analysis.RateFactor, []jsonRanking{}}
	for j, journey := range im.Journeys {
		budget := value(math.NaN())
		if b := im.Budget(j); b > 0 {
			budget = value(b)
		}
		r := jsonRanking{im.System.Journeys[journey].Name, asJSON("", im.Downtime(j)), budget, []jsonRanked{}}
		for _, x := range im.Ranking(j) {
			r.Elements = append(r.Elements, jsonRanked{x.Part.Name, x.Part.Kind, len(x.Part.Elements), x.Compared, analysis.Separable(x.Saved),
				asJSON("", x.Saved), asJSON("", x.Share), asJSON("", x.Worth()), asJSON("", x.Added), asJSON("", x.Tenfold),
				asJSON("", x.Begun), asJSON("", x.OfBudget)})
		}
		out.Journeys = append(out.Journeys, r)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// ImportanceCSV writes the ranking with all its rows, times in seconds per year.
func ImportanceCSV(w io.Writer, k *Ranking) error {
	head := []string{"journey", "element", "kind", "members", "compared", "separable"}
	for _, name := range []string{"saved_s_per_year", "fussell_vesely", "risk_reduction_worth", "added_s_per_year",
		"risk_achievement_worth", "began_s_per_year", "of_budget"} {
		head = append(head, name, name+"_low", name+"_high")
	}
	s, err := newSheet(w, append(head, "changed_replications", "bound")...)
	im := k.Importance
	for j, journey := range im.Journeys {
		for _, x := range im.Ranking(j) {
			if err != nil {
				break
			}
			row := []string{im.System.Journeys[journey].Name, x.Part.Name, x.Part.Kind, strconv.Itoa(len(x.Part.Elements)),
				strconv.FormatBool(x.Compared), strconv.FormatBool(analysis.Separable(x.Saved))}
			for _, e := range []analysis.Estimate{x.Saved, x.Share, x.Worth(), x.Added, x.Tenfold, x.Begun, x.OfBudget} {
				row = append(row, plain(e.Value), plain(e.Low), plain(e.High))
			}
			err = s.csv.Write(append(row, strconv.FormatInt(x.Saved.Observations, 10), strconv.FormatBool(x.Saved.Bound)))
		}
	}
	return s.close(err)
}

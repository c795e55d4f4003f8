package report

import "github.com/ftsim/ftsim/analysis"

// jsonData is what the recoveries of a store came to.
type jsonData struct {
	Store   string      `json:"store"`
	Causes  []jsonTally `json:"by_cause"`
	Sources []jsonTally `json:"by_source"`
}

type jsonTally struct {
	Name         string         `json:"name"`
	Kind         string         `json:"kind"`
	Recoveries   jsonEstimate   `json:"recoveries_per_year"`
	Losses       jsonEstimate   `json:"losses_per_year"`
	Share        jsonEstimate   `json:"share_of_recoveries"`
	Totals       int64          `json:"total_losses"`
	Seconds      []jsonEstimate `json:"lost_s,omitempty"`
	Transactions []jsonEstimate `json:"lost_transactions,omitempty"`
	Took         []jsonEstimate `json:"took_s,omitempty"`
}

func dataOf(sum *analysis.Summary) (list []jsonData) {
	for i := range sum.Data {
		d := &sum.Data[i]
		list = append(list, jsonData{d.Name, tallies(d.Causes), tallies(d.Sources)})
	}
	return list
}

func tallies(from []analysis.Tally) []jsonTally {
	list := []jsonTally{}
	for i := range from {
		t := &from[i]
		list = append(list, jsonTally{t.Name, t.Kind, asJSON("", t.Recoveries), asJSON("", t.Losses), asJSON("", t.Share), t.Totals,
			statsOf(t.Seconds), statsOf(t.Transactions), statsOf(t.Took)})
	}
	return list
}

func statsOf(stats []analysis.Stat) (list []jsonEstimate) {
	for _, s := range stats {
		list = append(list, asJSON(s.Name, s.Estimate))
	}
	return list
}

// jsonPoints puts recovery times next to recovery points, for a journey.
type jsonPoints struct {
	Journey   string        `json:"journey"`
	Incidents int64         `json:"incidents"`
	Bands     []jsonBand    `json:"by_loss"`
	Apart     jsonEstimate  `json:"losses_without_incident_per_year"`
	Both      *jsonEstimate `json:"within_rto_and_rpo,omitempty"`
	Spots     []jsonSpot    `json:"spots"`
}

type jsonBand struct {
	Stores  bool           `json:"stores_recovered"`
	Over    value          `json:"lost_over_s"`
	UpTo    value          `json:"lost_up_to_s"`
	PerYear jsonEstimate   `json:"incidents_per_year"`
	Share   jsonEstimate   `json:"share"`
	Time    []jsonEstimate `json:"recovery_time_s"`
}

// jsonSpot is how many incidents lost and took at least that much, and less than 1.78 times as much.
type jsonSpot struct {
	Point     value `json:"lost_s"`
	Time      value `json:"recovery_time_s"`
	Incidents int64 `json:"incidents"`
}

func pointsOf(sum *analysis.Summary) (list []jsonPoints) {
	for i := range sum.Points {
		p := &sum.Points[i]
		out := jsonPoints{Journey: p.Name, Incidents: p.Incidents, Bands: []jsonBand{}, Apart: asJSON("", p.Apart), Spots: []jsonSpot{}}
		for k := range p.Bands {
			b := &p.Bands[k]
			out.Bands = append(out.Bands, jsonBand{b.Stores, value(b.Over), value(b.UpTo), asJSON("", b.PerYear), asJSON("", b.Share), statsOf(b.Time)})
		}
		if p.Both.Observations > 0 {
			e := asJSON("", p.Both)
			out.Both = &e
		}
		for _, s := range p.Spots {
			out.Spots = append(out.Spots, jsonSpot{value(s.Point), value(s.Time), s.Incidents})
		}
		list = append(list, out)
	}
	return list
}

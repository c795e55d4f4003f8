package report

import (
	"fmt"
	"math"
)

// Stop is why a run ended where it did, if not after a number of runs that was asked for.
type Stop struct {
	Reason          string
	Wanted, Reached float64 // relative half-widths; Wanted 0: no precision was asked for
	What            string  // the figure known worst
}

// Reasons to stop.
const (
	StopPrecise = "precision" // everything is as precise as wanted
	StopRuns    = "max-runs"
	StopTime    = "max-time" // the number of replications depends on the machine
)

// footnote is the part of the last line about the end of a run.
func (s *Stop) footnote() string {
	if s == nil {
		return ""
	}
	text := map[string]string{StopPrecise: "precise enough", StopRuns: "stopped by the most runs", StopTime: "stopped by the time limit"}[s.Reason]
	if s.Wanted > 0 {
		text += ": " + s.precision()
	}
	return " · " + text
}

// precision words how precise the figure known worst is.
func (s *Stop) precision() string {
	if math.IsInf(s.Reached, 1) {
		return "too little seen for the " + s.What
	}
	return fmt.Sprintf("%s ± %s %%", s.What, number(100*s.Reached))
}

// warnings say what a reader of the results must know about their end.
func (s *Stop) warnings(runs int) (list []string) {
	if s == nil {
		return nil
	}
	if s.Wanted > 0 && s.Reason != StopPrecise {
		list = append(list, fmt.Sprintf("the precision of %s %% was not reached: %s", number(100*s.Wanted), s.precision()))
	}
	if s.Reason == StopTime {
		list = append(list, fmt.Sprintf("where the time limit ends a run depends on the machine; --runs %d gives these results again", runs))
	}
	return list
}

type jsonStop struct {
	Reason  string `json:"reason"`
	Wanted  value  `json:"precision_wanted"`
	Reached value  `json:"precision_reached"`
	What    string `json:"of,omitempty"`
}

func (s *Stop) json() *jsonStop {
	if s == nil {
		return nil
	}
	return &jsonStop{s.Reason, value(s.Wanted), value(s.Reached), s.What}
}

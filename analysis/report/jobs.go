package report

import (
	"fmt"

	"github.com/ftsim/ftsim/analysis"
)

// jobs shows how long work takes that is interrupted now and then, and where the time goes.
func jobs(sum *analysis.Summary) Table {
	t := Table{Head: []string{"JOBS", "time p50 [95 %]", "p95", "mean", "not done", "interruptions/y", "lost work/y", "useful [95 %]", "checkpoints"}, Left: 2}
	for j := range sum.System.Jobs {
		took := sum.Get("job_time", j)
		mean, late := span(took.Stat("mean").Value), dash
		if took != nil {
			late = fmt.Sprintf("%s of %s", grouped(int(took.Censored)), grouped(len(took.Values)))
		}
		if took != nil && took.Censored > 0 {
			mean = "> " + mean
		}
		t.Rows = append(t.Rows, cells(sum.System.Jobs[j].Name, duration(took.Stat("p50")), span(took.Stat("p95").Value), mean, late,
			upper(sum.Get("job_interruptions", j).Main(), number), amount(sum.Get("job_lost_work", j).Main()),
			availability(sum.Get("job_useful", j).Main()), share(sum.Get("job_saving", j).Main().Value)))
	}
	return t
}

// amount writes work lost; where none was, nothing is known of how much it might be.
func amount(e analysis.Estimate) string {
	if e.Bound {
		return "none seen"
	}
	return span(e.Value)
}

package report

import (
	"fmt"

	"github.com/ftsim/ftsim/analysis"
)

// costs splits the cost of a year.
func costs(sum *analysis.Summary) Table {
	t := Table{Head: []string{"COST", "nodes/y", "services/y", "other/y", "downtime/y", "total/y [95 %]"}, Left: 1}
	m := sum.Get("cost", 0)
	if m == nil {
		return t
	}
	c, e := sum.System.Cost, m.Main()
	total, down := number(e.Value)+" "+fmt.Sprintf("[%s, %s]", number(e.Low), number(e.High)), number(e.Value-c.Fixed())
	if e.Bound {
		total, down = "< "+number(e.High), "< "+number(e.High-c.Fixed())
	}
	t.Rows = append(t.Rows, cells(c.Currency, number(c.Nodes), number(c.Services), number(c.Other), down, total))
	return t
}

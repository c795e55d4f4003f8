package report

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

func comparedPage(t *testing.T, d *Compared) string {
	t.Helper()
	var b, again bytes.Buffer
	if err := ComparedHTML(&b, d); err != nil {
		t.Fatal(err)
	}
	if err := ComparedHTML(&again, d); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("two writings differ (%v)", err)
	}
	return b.String()
}

// priced are compared designs with costs and texts, under given names.
func priced(name func(i int) string, sys func() *model.System) *Compared {
	var ds []analysis.Design
	var inputs []Input
	for i, cost := range []float64{1000, 1500, 2000} {
		plan := shopPlan()
		plan.Objectives = nil
		ds = append(ds, analysis.Design{Name: name(i), System: sys(), Plan: plan})
		own := model.Cost{Currency: name(3), Other: cost, Downtime: make([]float64, len(ds[i].System.Journeys))}
		ds[i].System.Cost = &own
		inputs = append(inputs, Input{Name: name(i), File: name(i), Hash: "sha256:00", Text: fmt.Appendf(nil, "name: %s\nother: %g\n", name(i), cost),
			Settings: []Setting{{name(4), name(i), "file"}, {"cost.other", number(cost), "file"}}})
	}
	c := analysis.NewComparison(ds)
	r := rand.New(rand.NewPCG(42, 2))
	for i := range 400 {
		today := replication(r, i, 2.4)
		c.Add([]*model.Outcome{today, scaled(today, .5), scaled(today, .9)})
	}
	prov := Provenance{Version: "v0.1.0", Seed: 42, Runs: 400, Planned: 400, Horizon: model.Year, Command: "ftsim compare " + name(0), InputName: name(0)}
	return BuildCompared(c.Standing(), prov, inputs, false)
}

func plainName(i int) string { return []string{"today", "faster", "dearer", "EUR", "name"}[i] }

func TestComparedPageGolden(t *testing.T) {
	golden(t, "compared.outline", []byte(outline(comparedPage(t, priced(plainName, shop)))))
	golden(t, "compared-few.outline", []byte(outline(comparedPage(t, compared(1, false)))))
	golden(t, "compared-none.outline", []byte(outline(comparedPage(t, compared(0, false)))))
}

// Faster has less downtime than dearer and costs less, so dearer alone is not on the front.
func TestFront(t *testing.T) {
	trades := priced(plainName, shop).trades()
	if len(trades) < 1 {
		t.Fatal("no trade")
	}
	var got []int
	for i := range trades[0].points {
		got = append(got, trades[0].better(i))
	}
	if fmt.Sprint(got) != "[-1 -1 1]" {
		t.Errorf("better: %v", got)
	}
	if page := comparedPage(t, priced(plainName, shop)); strings.Count(page, "no: faster is better and costs no more") != 1 {
		t.Error("the page does not say who is off the front")
	}
}

// A comparison's page keeps to what a report's page keeps to.
func TestComparedPageIsSound(t *testing.T) {
	page := comparedPage(t, priced(plainName, shop))
	if !strings.Contains(page, "default-src") || len(page) > 1<<20 {
		t.Errorf("policy missing, or %d bytes", len(page))
	}
	ids := map[string]bool{}
	var targets []string
	parts(t, barePage(page), func(tag string, attr map[string]string, _ []string) {
		if id := attr["id"]; id != "" {
			if ids[id] {
				t.Errorf("id %s stands twice", id)
			}
			ids[id] = true
		}
		switch tag {
		case "link", "img", "iframe", "object", "form", "script":
			t.Errorf("<%s>", tag)
		case "a":
			targets = append(targets, strings.TrimPrefix(attr["href"], "#"))
		case "svg":
			if attr["role"] != "img" || len(attr["aria-label"]) < 20 {
				t.Errorf("a chart says only %q", attr["aria-label"])
			}
		case "th":
			if attr["scope"] == "" {
				t.Error("a heading of a table without a scope")
			}
		}
	})
	for _, v := range targets {
		if !ids[v] {
			t.Errorf("nothing has the id %q", v)
		}
	}
	if strings.Contains(page, `style="fill:`) || strings.Contains(page, `style="stroke:`) {
		t.Error("a picture has a colour without a name")
	}
}

func TestComparedPageEscapesNames(t *testing.T) {
	page := comparedPage(t, priced(func(i int) string { return hostile[i] }, hostileShop))
	allowed := map[string]bool{}
	parts(t, barePage(comparedPage(t, priced(plainName, shop))), func(tag string, attr map[string]string, _ []string) {
		for k := range attr {
			allowed[tag+" "+k] = true
		}
		allowed[tag] = true
	})
	parts(t, barePage(page), func(tag string, attr map[string]string, _ []string) {
		for k := range attr {
			if !allowed[tag+" "+k] {
				t.Errorf("a name made <%s %s>", tag, k)
			}
		}
		if !allowed[tag] {
			t.Errorf("a name made <%s>", tag)
		}
	})
	if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("a name is not shown as it was written")
	}
}

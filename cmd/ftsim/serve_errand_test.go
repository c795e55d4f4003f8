package main

import (
	"context"
	"strings"
	"testing"
)

func TestServeLimitsReports(t *testing.T) {
	c := open(t, func(l *limits) { l.report = 10_000 })
	p := c.run(order{Designs: []draft{{Name: "a", Text: sampleText(t)}}, Runs: 20})
	if p.Phase != failed || p.Report || !strings.Contains(p.Error, "longer than 10000 bytes") {
		t.Errorf("%+v", p)
	}
	ctx, cancel := context.WithCancel(context.Background())
	b := bounded{ctx: ctx, most: 10}
	if _, err := b.Write(make([]byte, 10)); err != nil {
		t.Error(err)
	}
	if cancel(); func() error { _, err := b.Write(nil); return err }() == nil {
		t.Error("a report is written on after the end of the program")
	}
}

package topology

import (
	"os"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// messages is what becomes of the messages of an example, a year.
type messages struct{ rejected, lost, twice, down float64 }

func messagesOf(t *testing.T, file string, runs int) (m messages) {
	t.Helper()
	text, err := os.ReadFile("../examples/queue-" + file + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := engine.Compile(load(t, strings.SplitN(string(text), "apiVersion: ftsim/v1\n", 2)[1]).System)
	if err != nil {
		t.Fatal(err)
	}
	for out, err := range p.Replications(t.Context(), engine.Options{Horizon: model.Year, Seed: 1, Runs: runs}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range out.Queues {
			m.rejected, m.twice = m.rejected+q.Rejected/float64(runs), m.twice+q.Duplicated/float64(runs)
		}
		for i := range out.Losses {
			m.lost += out.Losses[i].Transactions / float64(runs)
		}
		for i := range out.Outages {
			if out.Outages[i].Journey == 0 {
				m.down += float64(out.Outages[i].Down(out.Horizon)) / float64(runs)
			}
		}
	}
	return m
}

// The same brokers under the same faults: what producers wait for decides what is lost, what is turned away
// and what is there twice.
func TestQueuesLoseWhatTheExamplesSay(t *testing.T) {
	const runs = 1000
	blind, leader, one, two, unclean := messagesOf(t, "1-acks-0", runs), messagesOf(t, "2-acks-1", runs), messagesOf(t, "3-acks-all-1", runs),
		messagesOf(t, "4-acks-all-2", runs), messagesOf(t, "5-unclean", runs)
	t.Logf("blind %+v\nleader %+v\none in sync %+v\ntwo in sync %+v\nunclean %+v", blind, leader, one, two, unclean)
	for what, ok := range map[string]bool{
		"blind producers lose every short interruption": blind.rejected > leader.rejected+24*1000*5,
		"both lose what a leader takes with it":         blind.lost == leader.lost && leader.lost > 100,
		"only those who repeat unrecognised send twice": leader.twice > 10 && leader.twice < 60 && blind.twice+one.twice+two.twice+unclean.twice == 0,
		"copies keep what is acknowledged":              one.lost < leader.lost/10 && two.lost <= one.lost,
		"two in sync turn away more":                    two.rejected > one.rejected,
		"an unclean election is up earlier":             unclean.down < one.down,
		"and loses what the others did not have":        unclean.lost > 1000*(1+one.lost),
	} {
		if !ok {
			t.Error("not so:", what)
		}
	}
}

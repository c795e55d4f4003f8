package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
)

// Mistake 7: synchronous means no loss. The standby fails after an hour, writes wait for ten seconds, then the
// primary goes on alone and loses its disk an hour later. The standby is back by then, but nobody promotes
// it; when the primary returns, what it wrote alone is gone: 3590 s of writes, the oldest of which is 3600 s
// older than the last.
func TestFallbackLosesWhatWasWrittenAlone(t *testing.T) {
	sys := pairFailing(1, 2*model.Hour, model.Store{Mode: model.SyncFallback, Acks: 1, FallbackAfter: fixedLaw(10)})
	breaksOnce(sys, 1, model.OSCrash, model.Hour, 70*model.Minute)
	observe(t, sys, Options{Horizon: 10*model.Day + 3*model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		if len(out.Losses) != 1 {
			t.Fatalf("losses %+v, want one", out.Losses)
		}
		l := out.Losses[0]
		near(t, "at", float64(l.At), float64(10*model.Day+2*model.Hour), 1e-6)
		near(t, "seconds", float64(l.Seconds), 3600, 1e-6)
		near(t, "transactions", l.Transactions, 35900, 1e-6)
		for _, f := range out.Failovers {
			if f.Result == model.Succeeded {
				t.Errorf("somebody was promoted: %+v", f)
			}
		}
	})
}

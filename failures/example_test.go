package failures_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// Repairs of which half take less than 2 h and one in twenty more than 12 h.
func ExampleFromQuantiles() {
	repair, err := failures.FromQuantiles(2*model.Hour, 12*model.Hour)
	if err != nil {
		fmt.Println(err)
		return
	}
	r := rand.New(rand.NewPCG(1, 2)) // all randomness comes from a generator that is handed over
	shorter := 0
	for range 100_000 {
		if repair.Sample(r) < 2*model.Hour {
			shorter++
		}
	}
	fmt.Printf("%v: mean %.2f h, %.1f %% take longer than 12 h, %.2f of the draws less than 2 h\n",
		repair, repair.Mean()/model.Hour, 100*repair.Survival(12*model.Hour), float64(shorter)/100_000)
	// Output:
	// {p50: 2h, p95: 12h}: mean 3.62 h, 5.0 % take longer than 12 h, 0.50 of the draws less than 2 h
}

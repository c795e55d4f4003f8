package policies

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// ActiveActive has every member serving. What happens when one fails is a matter of belief (when does
// it leave the rotation) and load (R24), not of roles, so there is nothing to decide.
type ActiveActive struct{}

// Style implements model.Policy.
func (ActiveActive) Style() model.Style { return model.Shared }

// Dormancy implements model.Policy: nobody is in reserve.
func (ActiveActive) Dormancy() float64 { return 1 }

func (ActiveActive) String() string { return "active-active" }

// Start implements model.Policy.
func (ActiveActive) Start(int) model.GroupState {
	return model.GroupState{Phase: model.Serving, Primary: model.None, Candidate: model.None}
}

// React implements model.Policy.
func (ActiveActive) React(*model.GroupState, *model.Signal, *rand.Rand, *model.Reaction) {}

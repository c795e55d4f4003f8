package model

// Reconfiguration is how the members of a Shared service go on without one that they have lost: together, so
// that the service stops for it. What planned work takes out is no loss.
type Reconfiguration struct {
	Takes     Distribution
	Success   float64      // probability that it works, 0 to 1; else it takes
	Otherwise Distribution // instead
}

// Meanwhile tells what happens to the members of a service, and to their hosts, while a failover or a
// reconfiguration is under way. That nothing else does is what many textbook models assume.
type Meanwhile uint8

// What may happen meanwhile.
const (
	AsEver      Meanwhile = iota // they fail and are repaired
	RepairsOnly                  // they do not age; repairs go on
	Frozen                       // they neither age nor are repaired
)

func (m Meanwhile) String() string { return [...]string{"as-ever", "repairs-only", "frozen"}[m] }

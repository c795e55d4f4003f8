package policies

import "fmt"

// Leaderless keeps Replicas copies of every item on different members, any of which may be asked: a read
// works while the client's side reaches Read of the copies, a write while it reaches Write of them
// (SEMANTICS 4.1). Nobody leads, so nobody is promoted.
type Leaderless struct {
	ActiveActive
	Replicas, Read, Write int // 1 ≤ Read, Write ≤ Replicas ≤ members
}

// Copies implements model.Leaderless.
func (p Leaderless) Copies() (copies, read, write int) { return p.Replicas, p.Read, p.Write }

func (p Leaderless) String() string {
	return fmt.Sprintf("leaderless, %d copies, of which a read takes %d and a write %d", p.Replicas, p.Read, p.Write)
}

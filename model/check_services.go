package model

import (
	"fmt"
	"math"
)

func (c *checker) services() {
	c.crews()
	if o := &c.sys.People.Office; c.sys.People.Staff < 0 || o.Kept && !(o.From >= 0 && o.From < o.To && o.To <= Day) {
		c.fault(Pos{}, "people: there cannot be %d of them, at work from %v to %v of a day", c.sys.People.Staff, o.From, o.To)
	}
	if len(c.sys.Services) == 0 {
		c.fault(Pos{}, "there is no service, so nothing can go down")
	}
	names := map[string]*Pos{}
	for i := range c.sys.Services {
		x := &c.sys.Services[i]
		where := fmt.Sprintf("service %q", x.Name)
		c.unique(names, "service", x.Name, &x.At)
		c.members(x, where)
		c.policy(x, where)
		c.exclusive(x, where)
		c.capacity(x, where)
		c.dependencies(x.Needs, x.At, where, func(s int32) bool { return s >= 0 && s < int32(i) })
		if x.Store != nil {
			c.store(x, where)
		}
	}
}

func (c *checker) members(x *Service, where string) {
	if len(x.Members) == 0 {
		c.fault(x.At, "%s has no members", where)
	}
	c.fresh()
	for _, m := range x.Members {
		switch {
		case !c.hasComponent(m.Component):
			c.fault(x.At, "%s: there is no component %d", where, m.Component)
		case !c.hasComponent(m.Host):
			c.fault(x.At, "%s: there is no component %d", where, m.Host)
		case c.mark(m.Component):
			c.fault(x.At, "%s: %q is a member twice", where, c.sys.Components[m.Component].Name)
		}
	}
}

// exclusive checks that no two services begin with the same exclusive member.
func (c *checker) exclusive(x *Service, where string) {
	if x.Policy == nil || len(x.Members) == 0 {
		return
	}
	first := x.Members
	if x.Policy.Style() != Shared {
		first = first[:1]
	}
	for _, m := range first {
		if !c.hasComponent(m.Host) || !c.sys.Components[m.Host].Exclusive {
			continue
		}
		if other, taken := c.leads[m.Host]; taken {
			c.fault(x.At, "%s: %q leads %s already and serves one service at a time", where, c.sys.Components[m.Host].Name, other)
			continue
		}
		c.leads[m.Host] = where
	}
}

func (c *checker) policy(x *Service, where string) {
	switch {
	case x.Policy == nil:
		c.fault(x.At, "%s has no policy", where)
	case x.Policy.Style() > Majority:
		c.fault(x.At, "%s: its policy has an unknown style %d", where, x.Policy.Style())
	case !isShare(x.Policy.Dormancy()):
		c.fault(x.At, "%s: the dormancy must be from 0 to 1", where)
	}
	if x.StandbyReads && (x.Store == nil || x.Policy != nil && x.Policy.Style() != Primary) {
		c.fault(x.At, "%s: only standbys with data can answer reads", where)
	}
	if !isShare(x.StandbyShare) || x.StandbyShare > 0 && !x.StandbyReads {
		c.fault(x.At, "%s: the share of reads that standbys answer must be from 0 to 1, and 0 if they answer none", where)
	}
	c.reconfiguration(x, where)
	if x.Observer > ByCoordinator {
		c.fault(x.At, "%s: unknown observer %d", where, x.Observer)
	}
	if x.Observer == ByService && x.Detector != nil && !c.hasService(x.Balancer) {
		c.fault(x.At, "%s: there is no service %d to observe it", where, x.Balancer)
	}
	c.coordination(x, where)
}

// reconfiguration checks what the loss of a member takes, and what happens meanwhile.
func (c *checker) reconfiguration(x *Service, where string) {
	if x.Meanwhile > Frozen {
		c.fault(x.At, "%s: unknown word %d for what happens during a failover", where, x.Meanwhile)
	}
	r := x.Reconfiguration
	if r == nil {
		return
	}
	if _, leaderless := x.Policy.(Leaderless); leaderless || x.Policy != nil && x.Policy.Style() != Shared {
		c.fault(x.At, "%s: only an active-active service is reconfigured", where)
	}
	if !isShare(r.Success) {
		c.fault(x.At, "%s: the probability that a reconfiguration works must be from 0 to 1", where)
	}
	if r.Takes == nil || !isLength(r.Takes.Mean()) || r.Success < 1 && (r.Otherwise == nil || !isLength(r.Otherwise.Mean())) {
		c.fault(x.At, "%s: a reconfiguration must end", where)
	}
}

// coordination checks who consents to role changes, and what stops an old primary (R13, R14).
func (c *checker) coordination(x *Service, where string) {
	f := &x.Fence
	switch {
	case x.Coordinated && !c.hasService(x.Coordinator):
		c.fault(x.At, "%s: there is no service %d to coordinate it", where, x.Coordinator)
	case x.Coordinated && (&c.sys.Services[x.Coordinator] == x || c.sys.Services[x.Coordinator].Coordinated):
		c.fault(x.At, "%s: a coordinator cannot itself be coordinated", where)
	case !x.Coordinated && (x.Observer == ByCoordinator || f.Kind == LeaseFencing):
		c.fault(x.At, "%s has no coordinator", where)
	}
	switch {
	case f.Kind >= NumFenceKinds:
		c.fault(x.At, "%s: unknown kind of fencing %d", where, f.Kind)
	case f.Kind != Unfenced && x.Policy != nil && x.Policy.Style() != Primary:
		c.fault(x.At, "%s: only an active-passive service can be fenced", where)
	}
	if !isShare(f.Failure) {
		c.fault(x.At, "%s: the probability that fencing fails must be from 0 to 1", where)
	}
	if f.Within != nil && !isLength(f.Within.Mean()) {
		c.fault(x.At, "%s: the time until an old primary stops must be finite", where)
	}
}

func (c *checker) capacity(x *Service, where string) {
	if x.Needed < 0 || x.Needed > len(x.Members) {
		c.fault(x.At, "%s: it needs %d of its %d members", where, x.Needed, len(x.Members))
	}
	if !(x.PerReplica >= 0) || math.IsInf(x.PerReplica, 1) {
		c.fault(x.At, "%s: the capacity of a replica must be a number of requests per second", where)
	}
	if !isShare(x.WarmUp.StartAt) || !isLength(x.WarmUp.Ramp) {
		c.fault(x.At, "%s: a warm-up starts at a share from 0 to 1 and takes a finite time", where)
	}
	if (x.LeastLoaded || x.Collapse != nil) && (x.PerReplica == 0 || c.sys.Rate == 0) {
		c.fault(x.At, "%s: without a rate of requests and the capacity of a replica, nobody knows how loaded it is", where)
	}
	if (x.LeastLoaded || x.Collapse != nil) && x.Policy != nil && x.Policy.Style() != Shared {
		c.fault(x.At, "%s: only the replicas of an active-active service share a load", where)
	}
	if x.Collapse != nil {
		c.collapse(x.Collapse, x.At, where)
	}
	if l, ok := x.Policy.(Leaderless); ok {
		if n, read, write := l.Copies(); n < 1 || n > len(x.Members) || read < 1 || read > n || write < 1 || write > n {
			c.fault(x.At, "%s: %d copies on %d replicas, of which a read takes %d and a write %d", where, n, len(x.Members), read, write)
		}
	}
}

func (c *checker) collapse(x *Collapse, at Pos, where string) {
	if !(x.Above >= 1) || math.IsInf(x.Above, 1) {
		c.fault(at, "%s: it collapses above a finite utilisation of at least 100%%", where)
	}
	if !(x.Retry >= 0) || math.IsInf(x.Retry, 1) {
		c.fault(at, "%s: the tries after an unserved request must be a finite number", where)
	}
	if !isLength(x.After) || x.Step == nil || !isLength(x.Step.Mean()) {
		c.fault(at, "%s: it collapses after a finite time, in finite steps", where)
	}
}

func (c *checker) dependencies(ds []Dependency, at Pos, where string, exists func(int32) bool) {
	for i := range ds {
		c.need(&ds[i].Need, at, where, "service", exists)
		if ds[i].Else != nil {
			c.need(ds[i].Else, at, where, "service", exists)
		}
		if !isShare(ds[i].Without) {
			c.fault(at, "%s: what remains without a dependency must be from 0 to 1", where)
		}
		if ds[i].Cushion != nil {
			c.cushion(&ds[i], at, where)
		}
	}
}

func (c *checker) cushion(d *Dependency, at Pos, where string) {
	x := d.Cushion
	if !(x.Holds > 0) || !isLength(x.Holds) {
		c.fault(at, "%s: a cache or queue must last for a finite time", where)
	}
	if !(x.Worth > 0 && x.Worth <= 1) {
		c.fault(at, "%s: what a cache or queue serves must be above 0 and at most 1", where)
	}
	if x.Drain != 0 && !(x.Drain > 1) || math.IsInf(x.Drain, 1) {
		c.fault(at, "%s: a queue must be worked off faster than it fills", where)
	}
	if d.Without != 0 || d.Else != nil {
		c.fault(at, "%s: a dependency is either soft, or has a cache or a queue", where)
	}
}

// chained holds copies that feed from copies to what the ledger keeps books of.
func (c *checker) chained(x *Service, where string) {
	from := x.Store.FeedsFrom
	switch {
	case from == nil:
		return
	case x.Policy != nil && x.Policy.Style() != Primary, x.Store.Mode != Async:
		c.fault(x.At, "%s: copies feed from copies in asynchronous replication from a primary only", where)
	case len(from) != len(x.Members):
		c.fault(x.At, "%s: it is not said of every member where it copies from", where)
	}
	for k, j := range from {
		if j != None && (j < 0 || int(j) >= k) {
			c.fault(x.At, "%s: a copy feeds from one before it", where)
		}
	}
}

// hints checks what is kept for copies that are away.
func (c *checker) hints(x *Service, where string) {
	h := x.Store.Hints
	if h == nil {
		return
	}
	if _, ok := x.Policy.(Leaderless); !ok || x.Store.Shards != nil {
		c.fault(x.At, "%s: only a leaderless store without shards keeps hints", where)
	}
	if !isLength(h.For) || !isLength(h.RepairEvery) {
		c.fault(x.At, "%s: hints are kept for a finite time, and copies repaired at finite intervals", where)
	}
}

func (c *checker) store(x *Service, where string) {
	s := x.Store
	if s.Mode >= NumReplicationModes || s.Durability > InMemory {
		c.fault(x.At, "%s: unknown replication mode or durability", where)
	}
	if x.Policy != nil && x.Policy.Style() == Majority && s.Mode != QuorumSync && s.Mode != Unreplicated {
		c.fault(x.At, "%s: a quorum acknowledges what a majority has", where)
	}
	if s.Acks < 0 || s.Acks > max(0, len(x.Members)-1) {
		c.fault(x.At, "%s: %d copies must have a write, and there are %d besides the primary", where, s.Acks, len(x.Members)-1)
	}
	if !(s.WriteRate >= 0) || math.IsInf(s.WriteRate, 1) {
		c.fault(x.At, "%s: the write rate must be a number of transactions per second", where)
	}
	if (s.Durability == Periodic || s.Durability == OSCache) && !(s.FlushEvery > 0 && isLength(s.FlushEvery)) {
		c.fault(x.At, "%s: how often it writes to disk must be greater than zero", where)
	}
	if s.Candidates.MustBe >= NumCandidateRules || !isLength(s.Candidates.MaxLag) {
		c.fault(x.At, "%s: a candidate must be of a known kind, and may lack a finite time of writing", where)
	}
	if !isShare(s.Conflicts) {
		c.fault(x.At, "%s: the share of writes in conflict must be from 0 to 1", where)
	}
	if s.LagUnderLoad != 0 && !(s.LagUnderLoad >= 1 && s.LagUnderLoad < math.Inf(1)) || !(s.TakesIn >= 0) || math.IsInf(s.TakesIn, 1) {
		c.fault(x.At, "%s: lag under load is at least as long as else, and a copy takes in at a finite rate", where)
	}
	if s.TakesIn > 0 && s.TakesIn <= 1 && s.Mode != Async && !x.waits() {
		c.fault(x.At, "%s: its copies take in less than is written", where)
	}
	if !(s.Growth >= 0) || math.IsInf(s.Growth, 1) {
		c.fault(x.At, "%s: its log must grow at a finite rate", where)
	}
	c.chained(x, where)
	c.hints(x, where)
	c.recovery(x, where)
	for _, law := range []Distribution{s.Lag, s.FallbackAfter} {
		if law != nil && !isLength(law.Mean()) {
			c.fault(x.At, "%s: lag and fallback must have finite means", where)
		}
	}
}

// recovery checks backups, rebuilding and data errors.
func (c *checker) recovery(x *Service, where string) {
	if b := x.Store.Backups; b != nil {
		c.backups(b, x.At, where)
	}
	c.dataErrors(x, where)
	c.producers(x, where)
	c.reconciliation(x, where)
	c.salvage(x, where)
	c.shards(x, where)
	if k := x.Store.Corruption; k != nil && (k.Life == nil || !(k.Life.Mean() > 0) || !isLength(k.ScrubEvery) || !(k.Share > 0 && k.Share <= 1)) {
		c.fault(x.At, "%s: silent corruption needs a law, a finite time between scrubs and a share of the data above 0 and at most 1", where)
	}
	if b := x.Store.Rebuild; b != nil && (b.FullCopy == nil || !isLength(b.FullCopy.Mean()) || !isShare(b.RewindWorks) || !(b.Size >= 0) || math.IsInf(b.Size, 1)) {
		c.fault(x.At, "%s: a full copy must take a finite time, and rewinding works with a probability", where)
	}
}

func (c *checker) backups(b *Backups, at Pos, where string) {
	for _, s := range []Schedule{b.Full, b.Differential, b.Incremental} {
		if !isLength(s.Every) || !isLength(s.Takes) {
			c.fault(at, "%s: backups are made every so often and take a finite time", where)
		}
	}
	if b.Full.Every == 0 && (b.Differential.Every > 0 || b.Incremental.Every > 0 || b.LogEvery > 0) {
		c.fault(at, "%s: without full backups there is nothing that others could go on from", where)
	}
	if !isShare(b.CopyFails) || !isShare(b.RestoreFails) || !isLength(b.LogEvery) || !isLength(b.LogDelay) || !isLength(b.Retention) {
		c.fault(at, "%s: backups fail with a probability, and their times are finite", where)
	}
	if !(b.Size >= 0) || !(b.Growth >= 0) || !(b.RestoreRate > 0) || !(b.ReplayRate > 0) || math.IsInf(b.Size+b.Growth, 1) {
		c.fault(at, "%s: sizes must be finite, and rates of restoring greater than zero", where)
	}
	if b.Breaks != nil && !(b.Breaks.Mean() > 0) || !isLength(b.TestEvery) || !isShare(b.Ruined) {
		c.fault(at, "%s: backups stop working after a law of positive mean, are tested in finite times and ruined with a probability", where)
	}
	if p := b.Snapshots; !isLength(p.Every) || !isLength(p.Keep) || p.Rollback != nil && !isLength(p.Rollback.Mean()) {
		c.fault(at, "%s: snapshots are made every so often, kept for a while and rolled back to in a finite time", where)
	}
	if b.Repository != None && !c.hasComponent(b.Repository) {
		c.fault(at, "%s: there is no component %d to hold its backups", where, b.Repository)
	}
}

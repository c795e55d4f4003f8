package engine

import (
	"github.com/ftsim/ftsim/model"
)

// This file is about planned work (R43): when a round is due, whose turn it is, and whether work may begin.
// What it does to its targets is in work.go.

// upkeep is the state of a model.Maintenance.
type upkeep struct {
	from           *model.Maintenance
	element        model.Element
	every          int32 // law, as are the next two; or none
	takes, overrun int32
	clock          int32 // of the rounds, if the calendar tells when they are
	lookClock      int32 // for looking again whether what is due may begin
	first, n       int32 // its tasks
	key            uint64
	luck           stream
	due, busy      int32 // tasks that are, or are being done
}

// task is the part of an upkeep that is about one target, or about the role of a service.
type task struct {
	upkeep        int32
	target        int32 // component, or none: the role of a service is moved
	from          int32 // then: the member that had it
	clock         int32
	stake, stakes int32 // its part of Program.stakes
	stage         taskStage
	begun         float64 // when the inspection of a target began that is down unnoticed
}

type taskStage uint8

const (
	idle       taskStage = iota
	due                  // its turn has come, but not its time
	moving               // roles are handed over first
	inspecting           // of a target that is down, as only the test finds out
	underWork
	overdue // work that has gone wrong
)

// stake is a member that is down while a task is done, or whose role is moved.
type stake struct{ group, member int32 }

// resetUpkeep starts every round anew. A steady-state start finds them at any point of their cycle.
func (r *Runner) resetUpkeep(run uint64) {
	copy(r.upkeeps, r.p.upkeeps)
	copy(r.tasks, r.p.tasks)
	for i := range r.upkeeps {
		u := &r.upkeeps[i]
		u.luck = streamOf(run, u.key)
		first := 1.0
		if r.o.SteadyState {
			first = u.luck.uniform()
		}
		if !u.from.Aged {
			r.clocks.lay(u.clock, r.now+first*r.laws[u.every].draw(&u.luck, r.lend))
			continue
		}
		for k := u.first; k < u.first+u.n; k++ {
			r.clocks.lay(r.tasks[k].clock, r.now+first*r.laws[u.every].draw(&u.luck, r.lend))
		}
	}
}

// ringRound makes all tasks due. Those that still are have missed a turn.
func (r *Runner) ringRound(i int32) {
	u := &r.upkeeps[i]
	r.clocks.arm(u.clock, r.now+r.laws[u.every].draw(&u.luck, r.lend))
	for k := u.first; k < u.first+u.n; k++ {
		switch r.tasks[k].stage {
		case idle:
			r.tasks[k].stage = due
			u.due++
		case due:
			r.tally(u).Missed++
		}
	}
	r.assign(u)
}

// tally is where what becomes of an upkeep is counted.
func (r *Runner) tally(u *upkeep) *model.Upkeep {
	if r.past {
		return &r.beyond
	}
	return &r.out.Upkeep[int(u.element)-int(r.p.sys.MaintenanceElement(0))]
}

// earliest is from when work may begin: now, when the window opens next, or never.
func (r *Runner) earliest(u *upkeep) float64 {
	const slack = 1e-6 // of sums of times, beside a window's edge
	w, t := &u.from.Window, model.Seconds(r.now-r.begin+slack)
	open, change := w.At(t)
	if open && u.takes != none && change-t+2*slack < r.laws[u.takes].from.Mean() {
		open, change = false, r.after(w, change)
	}
	if open {
		return r.now
	}
	return r.begin + float64(change)
}

func (r *Runner) after(w *model.Window, t model.Seconds) model.Seconds {
	if open, change := w.At(t + 1e-6); !open {
		return change
	}
	return t
}

// assign begins as much of what is due as may begin now: first what needs no role moved, so that a role is
// moved once and not to where the next work will be.
func (r *Runner) assign(u *upkeep) {
	r.clocks.stop(u.lookClock)
	if u.due == 0 {
		return
	}
	if at := r.earliest(u); at > r.now {
		r.clocks.arm(u.lookClock, at)
		return
	}
	for _, roles := range [...]bool{false, true} {
		for k := u.first; k < u.first+u.n && u.busy < int32(u.from.AtOnce) && u.due > 0; k++ {
			if t := &r.tasks[k]; t.stage == due && r.holdsRole(u, t) == roles {
				r.beginTask(k, u, t)
			}
		}
	}
	if u.due > 0 && u.busy == 0 {
		r.clocks.arm(u.lookClock, r.now+float64(u.from.Retry))
	}
}

// holdsRole tells whether a role has to be moved before a task is done.
func (r *Runner) holdsRole(u *upkeep, t *task) bool {
	for _, s := range r.stakesOf(t) {
		if r.leads(t, s) && (u.from.Drain || t.target == none) {
			return true
		}
	}
	return false
}

func (r *Runner) stakesOf(t *task) []stake { return r.p.stakes[t.stake : t.stake+t.stakes] }

// leads tells whether a role that a task is about is where it must not be.
func (r *Runner) leads(t *task, s stake) bool {
	g := &r.groups[s.group]
	if t.target == none {
		return t.stage != moving || g.state.Primary == t.from
	}
	return g.style != model.Shared && g.n > 1 && g.state.Primary == s.member
}

// beginTask begins a task that is due, if it may begin.
func (r *Runner) beginTask(k int32, u *upkeep, t *task) {
	if t.target != none && r.comps[t.target].down != 0 && u.from.Finds && r.hiddenFault(t.target) != none {
		u.due, u.busy = u.due-1, u.busy+1
		t.stage, t.begun = inspecting, r.now
		r.clocks.arm(t.clock, r.now+r.drawTakes(u))
		return
	}
	if !r.mayBegin(u, t) {
		r.putOff(u, t)
		return
	}
	u.due, u.busy = u.due-1, u.busy+1
	if r.holdsRole(u, t) {
		r.moveRoles(k, u, t)
		return
	}
	r.beginWork(u, t)
}

func (r *Runner) drawTakes(u *upkeep) float64 {
	if u.takes == none {
		return 0
	}
	return r.laws[u.takes].draw(&u.luck, r.lend)
}

// putOff leaves a task for later; one that is not to be done with reduced redundancy loses its turn.
func (r *Runner) putOff(u *upkeep, t *task) {
	if u.from.Degraded == model.Skip {
		t.stage = idle
		u.due--
		r.tally(u).Missed++
		r.nextTurn(u, t)
		return
	}
	r.tally(u).Postponed++
}

// nextTurn sets the clock of a task that counts from its own last turn.
func (r *Runner) nextTurn(u *upkeep, t *task) {
	if u.from.Aged {
		r.clocks.arm(t.clock, r.now+r.laws[u.every].draw(&u.luck, r.lend))
	}
}

// mayBegin tells whether a target is up and all services it is about have the redundancy they were
// designed with, but for what this very maintenance has taken out.
func (r *Runner) mayBegin(u *upkeep, t *task) bool {
	if t.target != none {
		if c := &r.comps[t.target]; c.down != 0 || c.blocks > 0 {
			return false
		}
	}
	if u.from.Degraded == model.GoAhead && t.target != none {
		return true
	}
	for _, s := range r.stakesOf(t) {
		if !r.intact(u, &r.groups[s.group]) {
			return false
		}
	}
	return true
}

func (r *Runner) intact(u *upkeep, g *group) bool {
	switch {
	case g.up+g.out < g.n, g.out > 0 && g.outFor != u.element:
		return false
	case g.style != model.Shared && g.n > 1 && (g.state.Phase != model.Serving || g.lost):
		return false
	case g.style == model.Shared && g.detector != nil && g.rotation+g.out < g.n: // somebody is not back in the rotation
		return false
	case g.out > 0 && int(u.n) > u.from.AtOnce: // rolling: some of each service stay
		least := max(1, g.needed)
		if g.style == model.Majority {
			least = g.n/2 + 1
		}
		return g.n-g.out-1 >= least
	}
	return true
}

// moveRoles has the services whose roles are in the way hand them over. They answer when they are settled.
func (r *Runner) moveRoles(k int32, u *upkeep, t *task) {
	r.blame = u.element
	for _, s := range r.stakesOf(t) {
		g := &r.groups[s.group]
		if r.leads(t, s) {
			t.from, g.move = g.state.Primary, k
			r.touch(s.group)
		}
		r.mark(t, s, true)
	}
	t.stage = moving
}

// moveAway hands the role of a group over to the best other member, because task g.move asks for it.
func (r *Runner) moveAway(i int32, g *group) {
	t := &r.tasks[g.move]
	u := &r.upkeeps[t.upkeep]
	g.move = none
	r.clocks.arm(t.clock, r.now)
	to, _ := r.candidates(g)
	if to == none || g.state.Phase != model.Serving || g.lost {
		return
	}
	sig := &r.signal
	*sig = model.Signal{Kind: model.SwitchoverDue, Eligible: to, Next: none, Interruption: u.from.Interruption}
	if g.care != none {
		sig.Broken = r.rots[r.cares[g.care].first+to].hidden
	}
	g.blame = u.element
	r.react(i, g)
	sig.Interruption = nil
	r.decide(i, g)
}

// ringTask takes a task a stage further.
func (r *Runner) ringTask(k int32) {
	t := &r.tasks[k]
	u := &r.upkeeps[t.upkeep]
	r.clocks.stop(t.clock)
	if t.stage != idle {
		r.blame = u.element
	}
	switch t.stage {
	case idle:
		t.stage = due
		u.due++
		r.assign(u)
	case moving:
		r.moved(k, u, t)
	case inspecting:
		if id := r.hiddenFault(t.target); id != none {
			r.found(u, t)
			r.startRepair(id, &r.modes[id])
		}
		r.endTask(u, t)
	case underWork:
		if u.from.Wrong > 0 && u.luck.uniform() < u.from.Wrong {
			r.overrun(u, t)
			return
		}
		r.finish(u, t)
	case overdue:
		r.finish(u, t)
	}
}

// found counts that a hidden fault has been found, and for how long nobody had looked.
func (r *Runner) found(u *upkeep, t *task) {
	tally := r.tally(u)
	tally.Found++
	tally.Hidden += model.Seconds(t.begun - r.hiddenSince[t.target])
}

// moved goes on once roles have been moved, or puts the task off if one was not.
func (r *Runner) moved(k int32, u *upkeep, t *task) {
	stays := r.holdsRole(u, t)
	if !stays && t.target != none && r.mayGoOn(t) {
		r.beginWork(u, t)
		return
	}
	r.unmark(t)
	if !stays && t.target == none {
		r.endTask(u, t)
		return
	}
	t.stage = due
	u.due, u.busy = u.due+1, u.busy-1
	r.tally(u).Postponed++
	r.clocks.arm(u.lookClock, r.now+float64(u.from.Retry))
}

func (r *Runner) mayGoOn(t *task) bool {
	c := &r.comps[t.target]
	return c.down == 0 && c.blocks == 0
}

// mark says whether a member is about to leave, so that it is given no role.
func (r *Runner) mark(t *task, s stake, leaving bool) {
	g, k := &r.groups[s.group], s.member
	if t.target == none {
		k = t.from
	}
	if !g.plain { // only counted, it has no roles
		r.members[g.first+k].leaving = leaving
	}
}

// unmark lets the members of a task have roles again.
func (r *Runner) unmark(t *task) {
	for _, s := range r.stakesOf(t) {
		r.mark(t, s, false)
	}
}

// endTask counts a task as done and turns to the next.
func (r *Runner) endTask(u *upkeep, t *task) {
	t.stage = idle
	u.busy--
	r.tally(u).Done++
	if t.target == none || r.comps[t.target].down == 0 { // else it counts from the end of the repair
		r.nextTurn(u, t)
	}
	if u.due > 0 {
		r.clocks.arm(u.lookClock, r.now+float64(u.from.Pause))
	}
}

// ageless stops the clock of the task that counts from the last repair of a component, for it has failed.
func (r *Runner) ageless(i int32) {
	if k := r.p.agedTask[i]; k != none && r.tasks[k].stage == idle {
		r.clocks.stop(r.tasks[k].clock)
	}
}

// asNew starts that clock, for the component has been repaired.
func (r *Runner) asNew(i int32) {
	if k := r.p.agedTask[i]; k != none && r.tasks[k].stage == idle {
		r.nextTurn(&r.upkeeps[r.tasks[k].upkeep], &r.tasks[k])
	}
}

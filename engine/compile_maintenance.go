package engine

import "github.com/ftsim/ftsim/model"

// worked marks the components that planned work takes out of service.
func (c *compiler) worked() []bool {
	if len(c.p.sys.Maintenance) == 0 {
		return nil
	}
	marks := make([]bool, len(c.p.sys.Components))
	for i := range c.p.sys.Maintenance {
		for _, t := range c.p.sys.Maintenance[i].Targets {
			marks[t] = true
		}
	}
	return marks
}

// maintenance lays out planned work, with what each task is about.
func (c *compiler) maintenance() error {
	p := c.p
	if len(p.sys.Maintenance) == 0 {
		return nil
	}
	resting, members := c.resting(), c.membersOn()
	p.upkeeps, p.upkept = make([]upkeep, len(p.sys.Maintenance)), make([]model.Upkeep, len(p.sys.Maintenance))
	for _, i := range byName(len(p.upkeeps), func(i int) string { return p.sys.Maintenance[i].Name }) {
		from := &p.sys.Maintenance[i]
		u := upkeep{from: from, element: p.sys.MaintenanceElement(int(i)), every: c.law(from.Every), takes: c.law(from.Takes),
			overrun: c.law(from.Overrun), first: int32(len(p.tasks)), key: nameKey(from.Name, forUpkeep)}
		u.clock = c.clock(owner{kind: roundClock, group: none, index: i})
		u.lookClock = c.clock(owner{kind: lookClock, group: none, index: i})
		for _, target := range from.Targets {
			c.addTask(i, target, c.stakesOn(target, resting, members))
			if from.Aged {
				c.ageTask(target)
			}
		}
		if len(from.Targets) == 0 {
			c.addTask(i, none, []stake{{from.Service, none}})
		}
		u.n = int32(len(p.tasks)) - u.first
		p.upkeeps[i] = u
		p.rate += float64(u.n) * 4 / (float64(from.Every.Mean()) + 1)
	}
	for i := range p.tasks {
		p.tasks[i].clock = c.clock(owner{kind: taskClock, group: none, index: int32(i)})
	}
	for _, s := range p.stakes {
		p.groups[s.group].simple = false
	}
	return nil
}

func (c *compiler) addTask(upkeep, target int32, stakes []stake) {
	p := c.p
	p.tasks = append(p.tasks, task{upkeep: upkeep, target: target, stake: int32(len(p.stakes)), stakes: int32(len(stakes))})
	p.stakes = append(p.stakes, stakes...)
}

// ageTask notes that the last task counts from the repairs of its target.
func (c *compiler) ageTask(target int32) {
	p := c.p
	if p.agedTask == nil {
		p.agedTask = make([]int32, len(p.comps))
		for i := range p.agedTask {
			p.agedTask[i] = none
		}
	}
	p.agedTask[target] = int32(len(p.tasks)) - 1
}

// resting lists, for each component, those that require it in some way.
func (c *compiler) resting() [][]int32 {
	out := make([][]int32, len(c.p.sys.Components))
	for i := range c.p.sys.Components {
		if n := c.p.sys.Components[i].Requires; n != nil {
			eachRef(n, func(ref int32) { out[ref] = append(out[ref], int32(i)) })
		}
	}
	return out
}

func eachRef(n *model.Need, f func(int32)) {
	if len(n.Of) == 0 {
		f(n.Ref)
	}
	for k := range n.Of {
		eachRef(&n.Of[k], f)
	}
}

// membersOn lists, for each component, the members it makes up.
func (c *compiler) membersOn() [][]stake {
	out := make([][]stake, len(c.p.sys.Components))
	for i := range c.p.sys.Services {
		for k, m := range c.p.sys.Services[i].Members {
			out[m.Component] = append(out[m.Component], stake{int32(i), int32(k)})
		}
	}
	return out
}

// stakesOn lists the members that are down while a component is.
func (c *compiler) stakesOn(target int32, resting [][]int32, members [][]stake) []stake {
	down := map[int32]bool{target: true}
	queue := []int32{target}
	var out []stake
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		out = append(out, members[i]...)
		for _, above := range resting[i] {
			if !down[above] && !c.stands(c.p.sys.Components[above].Requires, down) {
				down[above] = true
				queue = append(queue, above)
			}
		}
	}
	return out
}

// stands tells whether a condition holds while some components are down.
func (c *compiler) stands(n *model.Need, down map[int32]bool) bool {
	if len(n.Of) == 0 {
		return !down[n.Ref]
	}
	met := 0
	for k := range n.Of {
		if c.stands(&n.Of[k], down) {
			met++
		}
	}
	return met >= n.AtLeast
}

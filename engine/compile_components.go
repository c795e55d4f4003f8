package engine

import (
	"fmt"
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// components lays out components and their modes.
func (c *compiler) components() error {
	p := c.p
	count := 0
	for i := range p.sys.Components {
		count += len(p.sys.Components[i].Modes)
	}
	p.comps = make([]component, len(p.sys.Components))
	p.modes = make([]process, 0, count)
	p.modeKeys = make([]uint64, 0, count)
	for i := range p.sys.Components {
		from := &p.sys.Components[i]
		if len(from.Modes) > 200 {
			return fmt.Errorf("component %q has %d fault modes; 200 is the limit", from.Name, len(from.Modes))
		}
		p.comps[i] = component{modes: uint8(len(from.Modes)), ageing: none}
		if len(from.Modes) > 0 {
			c.lawPairs(from.Modes)
		}
	}
	c.crews()
	c.units()
	worked := c.worked()
	for _, i := range c.inOrder() {
		from := &p.sys.Components[i]
		p.comps[i].mode = int32(len(p.modes))
		if len(from.Modes) > 0 {
			c.addModes(i, from)
		}
		if worked != nil && worked[i] {
			c.addWork(i)
		}
		if from.StartsIn != nil { // must be the last mode
			c.addStart(i, from)
		}
	}
	return nil
}

// crews notes who repairs what.
func (c *compiler) crews() {
	p := c.p
	shared := len(p.sys.Crews)+len(p.sys.Stocks) > 0
	if shared || slices.ContainsFunc(p.sys.Components, func(x model.Component) bool { return x.StartsIn != nil || x.Kind == model.KindDisk }) {
		p.sorted = byName(len(p.comps), func(i int) string { return p.sys.Components[i].Name })
	}
	if !shared {
		return
	}
	p.crewOf = make([]int32, len(p.comps))
	for i := range p.crewOf {
		p.crewOf[i] = none
	}
	for k := range p.sys.Crews {
		for _, i := range p.sys.Crews[k].Serves {
			p.crewOf[i] = int32(k)
		}
		c.urgency(&p.sys.Crews[k])
	}
}

func (c *compiler) addModes(i int32, from *model.Component) {
	p := c.p
	first := c.lawPairs(from.Modes)
	for k := range from.Modes {
		m, laws := &from.Modes[k], c.pairs[int(first)+k]
		c.gray = c.gray || m.Kind == model.Slow
		key := nameKey(from.Name, forLife)
		if len(from.Modes) > 1 {
			key = nameKey(from.Name+" "+m.Kind.String(), forLife)
		}
		p.modes = append(p.modes, process{component: i, lifeLaw: laws.life, repairLaw: laws.repair,
			kind: m.Kind, index: uint8(k), keepsAge: m.KeepsAge, hidden: m.Hidden})
		p.modeKeys = append(p.modeKeys, key)
		p.comps[i].rebuilt = p.comps[i].rebuilt || m.Unread > 0
		p.ages = p.ages || m.KeepsAge
		p.hides = p.hides || m.Hidden
		p.pauses = p.pauses || len(from.Modes) > 1
		if cycle := float64(m.Life.Mean()) + meanOf(m.Repair); cycle > 0 && !math.IsInf(cycle, 1) {
			p.rate += 2 / cycle
		}
	}
}

// lawPairs compiles the laws of modes once for all components that share the slice.
func (c *compiler) lawPairs(modes []model.Mode) int32 {
	if first, ok := c.shared[&modes[0]]; ok {
		return first
	}
	first := int32(len(c.pairs))
	for k := range modes {
		c.pairs = append(c.pairs, lawPair{c.law(modes[k].Life), c.law(modes[k].Repair)})
	}
	c.shared[&modes[0]] = first
	return first
}

func meanOf(d model.Distribution) float64 {
	if d == nil {
		return math.Inf(1)
	}
	return float64(d.Mean())
}

func (c *compiler) commonCauses() error {
	p := c.p
	p.causes = make([]cause, len(p.sys.Causes))
	p.causeOf = byName(len(p.causes), func(i int) string { return p.sys.Causes[i].Name })
	rank := make([]int32, len(p.causes))
	for k, i := range p.causeOf {
		rank[i] = int32(k)
	}
	for i := range p.sys.Causes {
		from := &p.sys.Causes[i]
		victims := from.Victims
		if from.Probability < 1 || from.Mode == model.PowerLoss || from.Mode == model.OSCrash { // whose luck comes first must not depend on the order of a file
			order := byName(len(victims), func(k int) string { return p.sys.Components[victims[k]].Name })
			victims = make([]int32, len(order))
			for k, v := range order {
				victims[k] = from.Victims[v]
			}
		}
		p.victims = append(p.victims, victims)
		p.causes[i] = cause{clock: int32(len(p.modes)) + rank[i], key: nameKey(from.Name, forVictims), lifeLaw: c.law(from.Life),
			repairLaw: c.law(from.Repair), hit: int32(p.hits), once: from.Once}
		p.once = p.once || from.Once
		p.hits += len(from.Victims)
		if from.SetOff != nil {
			p.comps[from.SetOff.Component].sets = true
			continue
		}
		p.rate += 2 / (float64(from.Life.Mean()) + 1)
	}
	return nil
}

func (c *compiler) ageing(i int32, alpha float64) {
	p := c.p
	if a := p.comps[i].ageing; a != none {
		p.alphas[a] = max(p.alphas[a], alpha)
		return
	}
	p.pauses = true
	p.comps[i].ageing = int32(len(p.alphas))
	p.alphas = append(p.alphas, alpha)
}

package engine

import (
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// Compile lays sys out. The system must have passed model.Check; what Check rejects may panic here.
func Compile(sys *model.System) (*Program, error) {
	c := compiler{p: &Program{sys: sys}, laws: map[model.Distribution]int32{}, shared: map[*model.Mode]int32{},
		balancers: map[int32]bool{}, closures: map[leaf]spans{}, cushions: map[*model.Dependency]int32{}}
	for _, step := range []func() error{c.components, c.commonCauses, c.services, c.narrowStores, c.requirements, c.shelters, c.wiring, c.dependencies, c.jobs, c.stresses, c.noticeable, c.maintenance, c.stocks,
		c.layCushions} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c.p, nil
}

// compiler holds what is only needed while laying out.
type compiler struct {
	p      *Program
	laws   map[model.Distribution]int32
	shared map[*model.Mode]int32 // first mode slice seen → its first law pair
	pairs  []lawPair
	edges  []edge

	gray      bool           // something may become slow
	balancers map[int32]bool // services whose members' states are observed one by one
	closures  map[leaf]spans // what conditions rest on

	plumbing    *plumbing // nil = no link has little bandwidth, or none has been looked for
	cushions    map[*model.Dependency]int32
	owner, user int32 // the service or journey whose dependencies are being laid out, or none
}

type lawPair struct{ life, repair int32 }

// edge is a fan before it has been sorted by the component it leaves.
type edge struct {
	from int32
	fan  fan
}

// law returns the number of a compiled law, the same for laws that are written the same.
func (c *compiler) law(d model.Distribution) int32 {
	if d == nil {
		return none
	}
	if i, ok := c.laws[d]; ok {
		return i
	}
	text := d.String()
	for i := range c.p.laws {
		if c.p.laws[i].from.String() == text {
			c.laws[d] = int32(i)
			return int32(i)
		}
	}
	i := int32(len(c.p.laws))
	c.p.laws = append(c.p.laws, compileLaw(d, false))
	c.laws[d] = i
	return i
}

// inOrder lists the components in the order in which their clocks ring if they are set to the same
// time. Only laws without spread make that happen. The order of the names is then as good as any, and
// does not depend on the order of a file.
func (c *compiler) inOrder() []int32 {
	comps := c.p.sys.Components
	constant := func(l law) bool { return l.kind == constantLaw }
	if !slices.ContainsFunc(c.p.laws, constant) {
		return numbers(len(comps))
	}
	return byName(len(comps), func(i int) string { return comps[i].Name })
}

// byName lists the numbers below n in the order of the names they stand for.
func byName(n int, name func(int) string) []int32 {
	order := numbers(n)
	slices.SortStableFunc(order, func(a, b int32) int { return strings.Compare(name(int(a)), name(int(b))) })
	return order
}

func numbers(n int) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = int32(i)
	}
	return list
}

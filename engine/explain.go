package engine

import (
	"bufio"
	"fmt"
	"io"

	"github.com/ftsim/ftsim/model"
)

// Explain writes the compiled form for a reader: what there is of each kind, the laws, and each group
// with what it rests on.
func (p *Program) Explain(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "components %d, modes %d, gates %d, edges %d, common causes %d\n",
		len(p.comps), len(p.modes), len(p.gates), p.edges(), len(p.causes))
	kind := "tournament tree"
	if n := len(p.modes) + len(p.causes) + len(p.owners); n > treeLimit {
		kind = "bucket queue"
	}
	fmt.Fprintf(out, "clocks %d in a %s, about %.3g events a year\n", len(p.modes)+len(p.causes)+len(p.owners),
		kind, p.rate*float64(model.Year))
	fmt.Fprintf(out, "network: %d sites, %d links, %d places asked about\n", len(p.network.sites), len(p.network.links), len(p.network.relevant))
	fmt.Fprintln(out, "\nlaws")
	for i := range p.laws {
		l := &p.laws[i]
		how := [...]string{"exponential, exact", "constant", "table of quantiles", "sampled"}[l.kind]
		fmt.Fprintf(out, "  %3d  %-40s mean %-10s %s\n", i, l.from.String(), l.from.Mean().Round(), how)
	}
	fmt.Fprintln(out, "\ngroups")
	for i := range p.groups {
		p.explainGroup(out, int32(i))
	}
	fmt.Fprintln(out, "\njourneys")
	for j := range p.sys.Journeys {
		jo := &p.journeys[j]
		fmt.Fprintf(out, "  %s: up while %.4g%% is served; rests on%s", p.sys.Journeys[j].Name, 100*jo.threshold, p.leafNames(jo.all))
		if n := jo.all.softEnd - jo.all.soft; n > 0 {
			fmt.Fprintf(out, " and %d conditional needs", n)
		}
		fmt.Fprintln(out)
	}
	if len(p.jobs) > 0 {
		fmt.Fprintln(out, "\njobs")
	}
	for i := range p.jobs {
		p.explainJob(out, int32(i))
	}
	if len(p.cushions) > 0 {
		fmt.Fprintln(out, "\ncaches and queues")
	}
	for i := range p.cushions {
		p.explainCushion(out, i)
	}
	return out.Flush()
}

// edges is from how many components something follows for something else, each pair counted.
func (p *Program) edges() int {
	n := len(p.fans)
	for i := range p.comps {
		if p.comps[i].sole != manyFans {
			n++
		}
	}
	return n
}

func (p *Program) explainGroup(out io.Writer, i int32) {
	g, s := &p.groups[i], &p.sys.Services[i]
	fmt.Fprintf(out, "  %s: %d members, %v", s.Name, g.n, g.policy)
	if g.detector != nil {
		fmt.Fprintf(out, ", %v", g.detector)
	}
	if g.plain {
		fmt.Fprintf(out, ", only counted: %d of %d", g.needed, g.n)
	}
	if g.shards != none {
		x := p.shards[g.shards]
		fmt.Fprintf(out, ", %d shards in %s", x.count, x.how())
	}
	if g.perReplica > 0 {
		fmt.Fprintf(out, ", %.3g of the load per member", g.perReplica/g.demand)
	}
	fmt.Fprintln(out)
	for k := int32(0); k < min(g.n, 4); k++ {
		m := p.sys.Services[i].Members[k]
		c := &p.sys.Components[m.Component]
		fmt.Fprintf(out, "    %s: %d fault modes", c.Name, len(c.Modes))
		if p.network.placeOf(c.Site) != none {
			fmt.Fprintf(out, ", at %s", p.sys.Network.Sites[c.Site].Name)
		}
		if a := p.comps[m.Host].ageing; a != none {
			fmt.Fprintf(out, ", ages at %.3g in reserve", p.alphas[a])
		}
		fmt.Fprintln(out)
	}
	if g.n > 4 {
		fmt.Fprintf(out, "    … %d more\n", g.n-4)
	}
}

func (p *Program) leafNames(s spans) string {
	text := ""
	for _, l := range p.leaves[s.leaf:s.leafEnd] {
		text += " " + p.sys.Services[l.service].Name
	}
	return text
}

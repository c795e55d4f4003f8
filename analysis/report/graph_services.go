package report

import (
	"fmt"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// entries draws where users and work come in, above all others.
func (g *drawer) entries() {
	for i := range g.sys.Journeys {
		if j := &g.sys.Journeys[i]; j.Service == model.None {
			g.add(&vertex{id: fmt.Sprint("j", i), lines: []string{j.Name, "journey"}, shape: oval}, nil)
		}
	}
	for i := range g.sys.Jobs {
		g.add(&vertex{id: fmt.Sprint("w", i), lines: []string{g.sys.Jobs[i].Name, "job"}, shape: slanted}, nil)
	}
}

// serviceBoxes draws the services. One that somebody else runs stands for its only member.
func (g *drawer) serviceBoxes() {
	for i := range g.sys.Services {
		s := &g.sys.Services[i]
		b := &vertex{id: fmt.Sprint("s", i), lines: g.serviceLines(s), shape: soft}
		if s.Store != nil {
			b.shape = cylinder
		}
		g.services = append(g.services, g.add(b, nil))
		if g.managed(s) {
			g.boxes[s.Members[0].Host] = b
		}
	}
}

func (g *drawer) managed(s *model.Service) bool {
	return len(s.Members) == 1 && g.sys.Components[s.Members[0].Host].Kind == model.KindManaged
}

// serviceLines are the name of a service, what it does about failures, and how its data is copied.
func (g *drawer) serviceLines(s *model.Service) []string {
	lines := []string{s.Name}
	switch {
	case g.managed(s):
		return append(lines, "managed service")
	case len(s.Members) == 1:
		lines = append(lines, "service, 1 replica")
	default:
		lines = append(lines, fmt.Sprintf("service, %d replicas", len(s.Members)))
		if s.Policy != nil {
			lines = append(lines, s.Policy.String())
		}
	}
	if s.Needed > 1 {
		lines = append(lines, fmt.Sprintf("%d of %d needed", s.Needed, len(s.Members)))
	}
	if s.Store != nil && len(s.Members) > 1 && s.Store.Mode != model.Unreplicated {
		lines = append(lines, "replication: "+s.Store.Mode.String())
	}
	return lines
}

// serviceTies leads from each service to its replicas, to what it needs and to those who look after it.
func (g *drawer) serviceTies() {
	for i := range g.sys.Services {
		s, b := &g.sys.Services[i], g.services[i]
		g.replicas(s, b)
		g.needs(b, s.Needs)
		if s.Coordinated && s.Coordinator >= 0 {
			g.tie(tie{from: b, to: g.services[s.Coordinator], words: "coordinator"})
		}
		if s.Observer == model.ByService && s.Balancer >= 0 {
			g.tie(tie{from: g.services[s.Balancer], to: b, words: "balances", dashed: true})
		}
		if s.Store != nil && s.Store.Backups != nil && s.Store.Backups.Repository >= 0 {
			g.tie(tie{from: b, to: g.boxes[s.Store.Backups.Repository], words: "backups", dashed: true})
		}
	}
}

// replicas ties a service to its machines, with the roles they have in the beginning. Replicas that share a box
// and a role share a line.
func (g *drawer) replicas(s *model.Service, b *vertex) {
	type seat struct {
		host *vertex
		role string
	}
	count := map[seat]int{}
	var seats []seat
	for k, m := range s.Members {
		x := seat{g.boxes[m.Host], role(s, k)}
		if count[x]++; count[x] == 1 {
			seats = append(seats, x)
		}
	}
	for _, x := range seats {
		words := x.role
		if n := count[x]; n > 1 {
			words = fmt.Sprintf("%s × %d", words, n)
		}
		g.tie(tie{from: b, to: x.host, words: words})
	}
}

// role is what member k is in the beginning.
func role(s *model.Service, k int) string {
	if s.Policy == nil || len(s.Members) == 1 {
		return "replica"
	}
	switch s.Policy.Style() {
	case model.Majority:
		return "voter"
	case model.Primary:
		if k == 0 {
			return "primary"
		}
		return "standby"
	}
	return "replica"
}

// needs ties something to the services it needs: solid where nothing is left without them.
func (g *drawer) needs(from *vertex, list []model.Dependency) {
	for i := range list {
		dep := &list[i]
		kind := needWords(dep)
		g.leaves(&dep.Need, "", func(ref int32, a model.Access, of string) {
			g.tie(tie{from: from, to: g.services[ref], words: listed(of, g.access(ref, a), kind), dashed: kind != ""})
		})
		if dep.Else == nil {
			continue
		}
		g.leaves(dep.Else, "", func(ref int32, a model.Access, of string) {
			g.tie(tie{from: from, to: g.services[ref], words: listed("or else", of, g.access(ref, a)), dashed: true})
		})
	}
}

// needWords says what softens a need; nothing for a hard one.
func needWords(d *model.Dependency) string {
	switch c := d.Cushion; {
	case c != nil && c.Drain > 0:
		return "buffered for " + c.Holds.String()
	case c != nil:
		return "cached for " + c.Holds.String()
	case d.Without > 0:
		return "soft, " + target(d.Without) + " without"
	}
	return ""
}

// access says whether data is read or written; without data there is no difference.
func (g *drawer) access(service int32, a model.Access) string {
	if g.sys.Services[service].Store == nil {
		return ""
	}
	return a.String()
}

// listed joins the words that are there.
func listed(words ...string) string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, ", ")
}

// entryTies leads from users to journeys, and from journeys and jobs to services.
func (g *drawer) entryTies() {
	at := 0
	for i := range g.sys.Journeys {
		j := &g.sys.Journeys[i]
		if j.Service != model.None {
			continue
		}
		for _, c := range g.sys.Clients {
			words := "users"
			if len(g.sys.Clients) > 1 {
				words = target(c.Share) + " of users"
			}
			g.tie(tie{from: g.sites[c.Site], to: g.drawing.boxes[at], words: words})
		}
		g.needs(g.drawing.boxes[at], j.Needs)
		at++
	}
	for i := range g.sys.Jobs {
		g.needs(g.drawing.boxes[at], g.sys.Jobs[i].Needs)
		at++
	}
}

package report

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// standIn is a policy of which only the style matters.
type standIn struct {
	model.Policy
	style model.Style
	name  string
}

func (p standIn) Style() model.Style { return p.style }
func (p standIn) String() string     { return p.name }

// estate is a design with everything a graph can show, all of one name.
func estate(name string) *model.System {
	ref := func(i int32) model.Need { return model.Need{Ref: i} }
	on := func(of ...int32) *model.Need {
		n := &model.Need{AtLeast: len(of)}
		for _, i := range of {
			n.Of = append(n.Of, ref(i))
		}
		return n
	}
	needs := func(d ...model.Dependency) []model.Dependency { return d }
	both := func(i int32) []model.Member {
		return []model.Member{{Component: i, Host: i}, {Component: i + 1, Host: i + 1}}
	}
	none := model.None
	return &model.System{
		Name: name,
		Components: []model.Component{
			{Name: name, Kind: model.KindRegion, Site: none},
			{Name: name, Kind: model.KindZone, Site: 0, Requires: on(0)},
			{Name: name, Kind: model.KindRack, Site: none, Requires: on(1)},
			{Name: name, Kind: model.KindNode, Site: none, Requires: on(2, 7)},
			{Name: name, Kind: model.KindNode, Site: none, Requires: &model.Need{AtLeast: 2, Of: []model.Need{ref(2), {AtLeast: 1, Of: []model.Need{ref(8), ref(9)}}}}},
			{Name: name, Kind: model.KindLink, Site: none},
			{Name: "other", Kind: model.KindZone, Site: 1, Requires: on(0)},
			{Name: name, Kind: model.KindDisk, Site: none},
			{Name: name, Kind: model.KindDevice, Site: none, Requires: on(6)},
			{Name: name, Kind: model.KindDevice, Site: none, Requires: on(1)},
			{Name: name, Kind: model.KindNode, Site: none, Requires: on(3)},
			{Name: name, Kind: model.KindProcess, Site: none, Requires: on(4)},
		},
		Network: model.Network{
			Sites: []model.Site{{Name: name, Component: 1, Within: none}, {Name: "other", Component: 6, Within: none}},
			Links: []model.Link{{Component: 5, From: 0, To: 1}, {Component: 5, From: 1, To: 0}},
		},
		Services: []model.Service{
			{Name: name, Members: both(3), Policy: standIn{style: model.Majority, name: name}, Balancer: none},
			{Name: name, Members: []model.Member{{Component: 3, Host: 3}, {Component: 11, Host: 4}}, Policy: standIn{style: model.Primary, name: name},
				Balancer: none, Coordinated: true, Store: &model.Store{Backups: &model.Backups{Repository: 6}},
				Needs: needs(model.Dependency{Need: ref(0), Without: 0.5})},
			{Name: name, Members: both(3), Policy: standIn{name: name}, Observer: model.ByService, Balancer: 0, Needed: 2, Needs: needs(
				model.Dependency{Need: ref(0), Cushion: &model.Cushion{Holds: 60, Worth: 1}},
				model.Dependency{Need: model.Need{Ref: 1, Access: model.Read}, Cushion: &model.Cushion{Holds: 60, Worth: 1, Drain: 2}})},
		},
		Journeys: []model.Journey{{Name: name, Service: none, Needs: needs(model.Dependency{Need: ref(2)})}, {Name: name, Service: 0, Needs: needs(model.Dependency{Need: ref(0)})}},
		Jobs:     []model.Job{{Name: name, Needs: needs(model.Dependency{Need: ref(1)})}},
		Clients:  []model.ClientGroup{{Site: 1, Share: 1}},
	}
}

func TestGraphShowsTheDesign(t *testing.T) {
	got := linesOf(drawingOf(estate("x"), maxPlaces))
	want := []string{
		"j0: x|journey", "w0: x|job", "s0: x|service, 2 replicas|x", "s1: x|service, 2 replicas|x|replication: async", "s2: x|service, 2 replicas|x|2 of 2 needed",
		"c0: x|region", "c0.c1: x|zone", "c0.c1.c2: x|rack", "c0.c1.c2.c3: x|node, 1 disk", "c0.c1.c2.c3.c10: x|node", "c0.c1.c2.c4: x|node", "c0.c1.c9: x|device",
		"c0.c6: other|zone", "c0.c6.c8: x|device",
		"c1 -- c6 x", "c4 -> c8 1 of 2", "c4 -> c9 1 of 2",
		"s0 -> c3 voter", "s0 -> c4 voter",
		"s1 -> c3 primary", "s1 -> c4 standby", "s1 .> s0 soft, 50 % without", "s1 -> s0 coordinator", "s1 .> c6 backups",
		"s2 -> c3 replica", "s2 -> c4 replica", "s2 .> s0 cached for 1m", "s2 .> s1 read, buffered for 1m", "s0 .> s2 balances",
		"c6 -> j0 users", "j0 -> s2 ", "w0 -> s1 write",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// linesOf is a drawing as plain lines, to compare it with what a reader of its text finds.
func linesOf(d *drawing) (lines []string) {
	var tell func(path string, list []*vertex)
	tell = func(path string, list []*vertex) {
		for _, b := range list {
			lines = append(lines, path+b.id+": "+wording(b.lines, strings.Clone, "|"))
			tell(path+b.id+".", b.parts)
		}
	}
	tell("", d.boxes)
	for _, x := range d.ties {
		line := "->"
		switch {
		case x.dashed && x.both:
			line = ".."
		case x.dashed:
			line = ".>"
		case x.both:
			line = "--"
		}
		lines = append(lines, x.from.id+" "+line+" "+x.to.id+" "+legible(x.words))
	}
	return lines
}

var hostileNames = []string{
	``, ` `, `"`, `a"b`, `\`, `a\`, `\"`, `\N\G\l`, "a\nb", "a\r\nb\x00c\x1b[31m", `a}b{c`, `};`, `]`, `a --> b`, `x -->|y| z`, "`", "`md`", `**b**`, `_i_`, `1. x`, `- x`,
	`<b>`, `</script><script>alert(1)</script>`, `<img src="x" onerror="y">`, `&amp;`, `&#34;`, `#quot;`, `#35;`, `a;b`, `%% c`, `%%{init: {}}%%`, `end`, `graph`, `${x}`, `$x`, `|md x|`,
	`null`, `# c`, `// c`, `/* c */`, `---`, `subgraph x`, `"];x [label="`, `")]`, `'`, `a: b`, `*`, `a.b`, `größe 数据 🗄`, "\u202eevil", "a\u2028b", "\xff\xfe", `fa:fa-car`, `@{shape: x}`,
}

var graphSeed = flag.Uint64("graph.seed", 1, "seed of the names in TestGraphsAreReadBack")

// TestGraphsAreReadBack reads each language by its own strict grammar and finds the same design, whatever the
// names are.
func TestGraphsAreReadBack(t *testing.T) {
	seed := *graphSeed
	r := rand.New(rand.NewPCG(seed, 1))
	names := slices.Clone(hostileNames)
	for range 200 {
		name := ""
		for range 1 + r.IntN(4) {
			name += hostileNames[r.IntN(len(hostileNames))]
		}
		names = append(names, name)
	}
	for _, name := range names {
		d := drawingOf(estate(name), maxPlaces)
		want := strings.Join(linesOf(d), "\n")
		for _, f := range []struct {
			name string
			read func(string) ([]string, error)
		}{{"dot", readDot}, {"mermaid", readMermaid}, {"d2", readD2}} {
			var text bytes.Buffer
			if err := Graph(&text, estate(name), f.name); err != nil {
				t.Fatal(err)
			}
			got, err := f.read(text.String())
			if err != nil || strings.Join(got, "\n") != want {
				t.Fatalf("%s of %q, seed %d: %v\ngot\n%s\nwant\n%s\nfrom\n%s", f.name, name, seed, err, strings.Join(got, "\n"), want, &text)
			}
		}
	}
}

func TestGraphFormatsAreKnown(t *testing.T) {
	if err := Graph(&bytes.Buffer{}, estate("x"), "png"); err == nil || !strings.Contains(err.Error(), `"png"`) {
		t.Errorf("got %v", err)
	}
}

// farm has n machines of which one service holds all and another the first two thirds.
func farm(n int) *model.System {
	sys := &model.System{Services: []model.Service{{Name: "all", Balancer: model.None, Policy: standIn{}}, {Name: "some", Balancer: model.None, Policy: standIn{style: model.Primary}}}}
	for i := range int32(n) {
		sys.Components = append(sys.Components, model.Component{Name: fmt.Sprintf("unit-%d", i+1), Site: model.None})
		m := model.Member{Component: i, Host: i}
		sys.Services[0].Members = append(sys.Services[0].Members, m)
		if int(i) < 2*n/3 {
			sys.Services[1].Members = append(sys.Services[1].Members, m)
		}
	}
	sys.Components = append(sys.Components, model.Component{Name: "unit-x", Site: model.None}, model.Component{Name: "unit-07", Site: model.None})
	return sys
}

func TestGraphsOfManyMachinesStaySmall(t *testing.T) {
	got := linesOf(drawingOf(farm(3000), maxPlaces))
	want := []string{"s0: all|service, 3000 replicas|", "s1: some|service, 2000 replicas|", "c0: unit × 3000|node", "c3000: unit-x|node", "c3001: unit-07|node",
		"s0 -> c0 replica × 3000", "s1 -> c0 primary", "s1 -> c0 standby × 1999"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if d := drawingOf(farm(maxPlaces-2), maxPlaces); len(d.boxes) != maxPlaces+2 {
		t.Errorf("%d boxes: a design of %d should be drawn in full", len(d.boxes), maxPlaces)
	}
}

// A machine that others stand on is none of a run, and a gap ends one.
func TestGraphRunsEnd(t *testing.T) {
	sys := farm(6)
	sys.Components[3].Name = "unit-9"
	sys.Components[7].Requires = &model.Need{Ref: 1} // stands on unit-2
	var got []string
	for _, b := range drawingOf(sys, 1).boxes {
		got = append(got, b.lines[0])
	}
	if want := []string{"all", "some", "unit-1", "unit-2", "unit-3", "unit-9", "unit × 2", "unit-x"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// A place that needs a machine is not in that, though a guest would be.
func TestGraphPlacesAreNotGuests(t *testing.T) {
	on := &model.Need{Ref: 0}
	got := linesOf(drawingOf(&model.System{Components: []model.Component{{Name: "a", Site: model.None},
		{Name: "r", Kind: model.KindRack, Site: model.None, Requires: on}, {Name: "g", Site: model.None, Requires: on}}}, maxPlaces))
	if want := []string{"c0: a|node", "c0.c2: g|node", "c1: r|rack", "c1 -> c0 requires"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// A link from a place into one within it cannot be drawn as a line in every language.
func TestGraphOfInnerLinks(t *testing.T) {
	sys := estate("x")
	sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: "rack", Component: 2, Within: 0})
	sys.Network.Links = append(sys.Network.Links, model.Link{Component: model.None, From: 2, To: 0})
	plain := linesOf(drawingOf(sys, maxPlaces))
	if !slices.Equal(plain, linesOf(drawingOf(estate("x"), maxPlaces))) {
		t.Error("a place reaches what is in it without a line")
	}
	sys.Components = append(sys.Components, model.Component{Name: "up", Kind: model.KindLink, Site: model.None})
	sys.Network.Links = append(sys.Network.Links, model.Link{Component: 12, From: 2, To: 0}, model.Link{Component: 12, From: 0, To: 2})
	got := linesOf(drawingOf(sys, maxPlaces))
	if !slices.Contains(got, "c0.c1.c12: up|link") || !slices.Contains(got, "c2 -- c12 ") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// reader collects what a text says, keeping the boxes that are open.
type reader struct {
	path  []string
	lines []string
}

func (r *reader) box(id, words string) {
	r.lines = append(r.lines, strings.Join(append(slices.Clone(r.path), id), ".")+": "+strings.ReplaceAll(words, "\n", "|"))
}

func (r *reader) close() error {
	if len(r.path) == 0 {
		return fmt.Errorf("a group ends that was not begun")
	}
	r.path = r.path[:len(r.path)-1]
	return nil
}

// parse takes a text line by line; each must match exactly one rule, and every group must end.
func parse(text string, rules map[*regexp.Regexp]func(r *reader, m []string) error) ([]string, error) {
	r := &reader{}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		hits := 0
		for rule, act := range rules {
			if m := rule.FindStringSubmatch(line); m != nil {
				hits++
				if err := act(r, m); err != nil {
					return nil, fmt.Errorf("%q: %w", line, err)
				}
			}
		}
		if hits != 1 {
			return nil, fmt.Errorf("%q matches %d rules", line, hits)
		}
	}
	if len(r.path) > 0 {
		return nil, fmt.Errorf("open at the end: %v", r.path)
	}
	return r.lines, nil
}

const quotedWords = `"((?:[^"\\]|\\.)*)"`

// unslash decodes backslashes, of which only those in known may follow one; plain must not stand alone.
func unslash(s string, known map[rune]string, plain string) (string, error) {
	var b strings.Builder
	escaped := false
	for _, c := range s {
		switch to, ok := known[c]; {
		case escaped && !ok:
			return "", fmt.Errorf("unknown escape %q", c)
		case escaped:
			b.WriteString(to)
			escaped = false
		case c == '\\':
			escaped = true
		case strings.ContainsRune(plain, c):
			return "", fmt.Errorf("bare %q", c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String(), nil
}

func readDot(text string) ([]string, error) {
	decode := func(s string) string {
		s, err := unslash(s, map[rune]string{'n': "\n", '"': `"`, '\\': `\`}, "")
		if err != nil || strings.Contains(strings.ReplaceAll(s, "&amp;", ""), "&") {
			return fmt.Sprint("wrong: ", s, err)
		}
		return strings.ReplaceAll(s, "&amp;", "&")
	}
	pass := func(*reader, []string) error { return nil }
	open := ""
	return parse(text, map[*regexp.Regexp]func(*reader, []string) error{
		regexp.MustCompile(`^digraph \{$`): pass,
		regexp.MustCompile(`^  graph \[label=` + quotedWords + `, labelloc=t, compound=true, fontname=sans\];$`): pass,
		regexp.MustCompile(`^  (node|edge) \[fontname=sans(, fontsize=10)?\];$`):                                 pass,
		regexp.MustCompile(`^ +(\w+) \[label=` + quotedWords + `, shape=\w+(?:, style=rounded)?\];$`): func(r *reader, m []string) error {
			r.box(m[1], decode(m[2]))
			return nil
		},
		regexp.MustCompile(`^ +subgraph cluster_(\w+) \{$`): func(_ *reader, m []string) error { open = m[1]; return nil },
		regexp.MustCompile(`^ +label=` + quotedWords + `;$`): func(r *reader, m []string) error {
			r.box(open, decode(m[1]))
			r.path = append(r.path, open)
			return nil
		},
		regexp.MustCompile(`^ +(\w+) \[shape=point, style=invis\];$`): func(_ *reader, m []string) error {
			if m[1] != open {
				return fmt.Errorf("the point of %s is in %s", m[1], open)
			}
			return nil
		},
		regexp.MustCompile(`^ +\}$`): func(r *reader, _ []string) error { return r.close() },
		regexp.MustCompile(`^\}$`):   pass,
		regexp.MustCompile(`^  (\w+) -> (\w+) \[label=` + quotedWords + `(, style=dashed)?(, dir=none)?(?:, ltail=cluster_\w+)?(?:, lhead=cluster_\w+)?\];$`): func(r *reader, m []string) error {
			line := map[[2]bool]string{{}: "->", {true, false}: ".>", {false, true}: "--", {true, true}: ".."}[[2]bool{m[4] != "", m[5] != ""}]
			r.lines = append(r.lines, m[1]+" "+line+" "+m[2]+" "+decode(m[3]))
			return nil
		},
	})
}

var mermaidCode = regexp.MustCompile(`#\d+;`)

// mermaidWords decodes the words between quotes, in which nothing may be left that means something.
func mermaidWords(s string) (string, error) {
	bare := strings.ReplaceAll(mermaidCode.ReplaceAllString(s, "x"), "<br/>", "")
	if strings.ContainsAny(bare, "\"#;<>&{}[]()|`\\*~%$!@:'=+?^") {
		return "", fmt.Errorf("bare signs in %q", bare)
	}
	for _, line := range strings.Split(s, "<br/>") {
		if line != "" && strings.ContainsAny(line[:1], "-_./") {
			return "", fmt.Errorf("%q could be a list", line)
		}
	}
	s = strings.ReplaceAll(s, "<br/>", "\n")
	return mermaidCode.ReplaceAllStringFunc(s, func(c string) string {
		n, _ := strconv.Atoi(c[1 : len(c)-1])
		return string(rune(n))
	}), nil
}

func readMermaid(text string) ([]string, error) {
	box := func(r *reader, m []string) error {
		words, err := mermaidWords(m[2])
		r.box(m[1], words)
		return err
	}
	pass := func(*reader, []string) error { return nil }
	return parse(text, map[*regexp.Regexp]func(*reader, []string) error{
		regexp.MustCompile(`^---$`): pass,
		regexp.MustCompile("^title: \"(?:[^\"\\\\<>%#{}`&]|\\\\u[0-9a-f]{4})*\"$"):                       pass,
		regexp.MustCompile(`^flowchart TB$`):                                                             pass,
		regexp.MustCompile(`^ +(\w+)(?:\[|\{\{|\(|\[\(|\(\[|\[/)"([^"]*)"(?:\]|\}\}|\)|\)\]|\]\)|/\])$`): box,
		regexp.MustCompile(`^ +subgraph (\w+)\["([^"]*)"\]$`): func(r *reader, m []string) error {
			err := box(r, m)
			r.path = append(r.path, m[1])
			return err
		},
		regexp.MustCompile(`^ +end$`): func(r *reader, _ []string) error { return r.close() },
		regexp.MustCompile(`^  (\w+) (-->|---|-\.->|-\.-)(?:\|"([^"]*)"\|)? (\w+)$`): func(r *reader, m []string) error {
			words, err := mermaidWords(m[3])
			line := map[string]string{"-->": "->", "---": "--", "-.->": ".>", "-.-": ".."}[m[2]]
			r.lines = append(r.lines, m[1]+" "+line+" "+m[4]+" "+words)
			return err
		},
	})
}

func readD2(text string) ([]string, error) {
	decode := func(s string) (string, error) {
		return unslash(s, map[rune]string{'n': "\n", '"': `"`, '\\': `\`, '$': "$"}, "$")
	}
	pass := func(*reader, []string) error { return nil }
	return parse(text, map[*regexp.Regexp]func(*reader, []string) error{
		regexp.MustCompile(`^direction: down$`):                                              pass,
		regexp.MustCompile(`^title: ` + quotedWords + ` \{shape: text; near: top-center\}$`): pass,
		regexp.MustCompile(`^ *(\w+): ` + quotedWords + `( \{)?(?: \{(?:shape: \w+|style\.border-radius: 8)\})?$`): func(r *reader, m []string) error {
			words, err := decode(m[2])
			r.box(m[1], words)
			if m[3] != "" {
				r.path = append(r.path, m[1])
			}
			return err
		},
		regexp.MustCompile(`^ *\}$`): func(r *reader, _ []string) error { return r.close() },
		regexp.MustCompile(`^([\w.]+) (->|--) ([\w.]+)(?:: ` + quotedWords + `)?( \{style\.stroke-dash: 4\})?$`): func(r *reader, m []string) error {
			words, err := decode(m[4])
			line := m[2]
			if m[5] != "" {
				line = "." + line[1:]
			}
			end := func(path string) string {
				if i := slices.IndexFunc(r.lines, func(l string) bool { return strings.HasPrefix(l, path+": ") }); i < 0 {
					err = fmt.Errorf("there is no box %s", path)
				}
				return path[strings.LastIndexByte(path, '.')+1:]
			}
			r.lines = append(r.lines, end(m[1])+" "+line+" "+end(m[3])+" "+words)
			return err
		},
	})
}

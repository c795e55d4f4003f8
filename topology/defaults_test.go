package topology

import (
	"reflect"
	"slices"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// lessUsual has what no other good file has.
const lessUsual = `
apiVersion: ftsim/v1
topology:
  regions: {r: {zones: {z: }}}
  racks: {k: {zone: z, tor: {modes: {crash: {mtbf: 1y}, isolated: {mtbf: 1y}, power-loss: {mtbf: 1y}}}}}
  devices: {d: {mtbf: 1y}}
nodes: {a: , b: , c: }
services:
  names: {managed: true, mtbf: 1y, ttl: 1m, ignores_ttl: {}}
  q: {replicas: [a, b, c], policy: quorum, detection: {}}
  s: {replicas: [a, b], policy: hot, redirect: names, failover: {detection: {kind: vrrp}, fencing: {}}}
  t: {replicas: [a, b], policy: hot, redirect: {via: vip}, failover: {detection: {kind: users}}}
  u: {replicas: [a], needs: [{any: [{service: s}, {service: t}]}]}
`

// spot is a mapping in a file that is known to be good.
type spot struct {
	place string
	way   []int
	made  bool // of a preset, which has defaults of its own
}

// spots are the mappings of a file.
func spots(root *node) (list []spot) {
	w := newWitness()
	w.begin(root)
	plan := model.DefaultPlan()
	newBuilder(&decoder{witness: w}).file(root, &plan)
	var walk func(n *node, way []int, made bool)
	walk = func(n *node, way []int, made bool) {
		made = made || n.find("preset") != nil
		if f := n.find("failover"); f != nil && f.find("preset") != nil {
			made = true
		}
		if v := w.run[n]; v != nil && n.kind == mappingNode {
			list = append(list, spot{v.place, append([]int(nil), way...), made})
		}
		for i := range n.parts {
			if n.kind != mappingNode || i%2 == 1 {
				walk(&n.parts[i], append(way, i), made)
			}
		}
	}
	walk(root, nil, false)
	return list
}

func systemOf(root *node) (*model.System, model.Plan, error) {
	plan := model.DefaultPlan()
	sys, err := understand(root, &decoder{}, &plan)
	return sys, plan, err
}

// TestDefaultsAreTrue writes every default that the documents state into every good file, and holds that to the file
// without the key. They must mean the same.
func TestDefaultsAreTrue(t *testing.T) {
	w, all := grammar(), meanings(t)
	c := comparison{w: w, all: all, tried: map[string]int{}, wrong: map[string]bool{}}
	for _, text := range append(goodTexts(t), []byte(lessUsual)) {
		root, _ := parse("x.yaml", text)
		if _, _, err := systemOf(root.copy()); err != nil {
			continue // part of a file with layers
		}
		for _, s := range spots(root) {
			for _, key := range w.keys[s.place] {
				c.compare(t, root, s, key)
			}
		}
	}
	eachKey(w, func(place, key string, e *entry) {
		path := join(place, key)
		if value := c.stated(place, key); value != "" && c.tried[path] == 0 && !c.wrong[path] {
			t.Errorf("%s: nothing shows that its default is %s", path, value)
		}
	})
}

// comparison of files with and without a key.
type comparison struct {
	w     *witness
	all   map[string]said
	tried map[string]int
	wrong map[string]bool
}

// stated is the default that the documents state for a key; "" if none.
func (c *comparison) stated(place, key string) string {
	m, _ := meaningOf(c.all, place, key)
	value, _ := m.usual(c.w.at(join(place, key)))
	return value
}

func (c *comparison) compare(t *testing.T, root *node, s spot, key string) {
	const often = 3 // what is true so often is true
	path, value := join(s.place, key), c.stated(s.place, key)
	if value == "" || s.made || c.wrong[path] || c.tried[path] >= often {
		return
	}
	added, ps := parse("default", []byte(key+": "+value))
	if len(ps) > 0 {
		t.Fatalf("%s: %v", path, ps)
	}
	without, with := root.copy(), root.copy()
	without.step(s.way).drop(key)
	with.step(s.way).drop(key)
	with.step(s.way).put(key, &added.parts[1])
	a, aPlan, wrong := systemOf(without)
	b, bPlan, err := systemOf(with)
	switch {
	case wrong != nil || err != nil: // it belongs elsewhere, or is needed here
	case !reflect.DeepEqual(a, b) || !reflect.DeepEqual(aPlan, bPlan):
		c.wrong[path] = true
		t.Errorf("%s: %s is not the default in\n%s", path, value, root.whole())
	default:
		c.tried[path]++
	}
}

func (n *node) drop(key string) {
	for i := 0; i < len(n.parts); i += 2 {
		if n.parts[i].text == key {
			n.parts = slices.Delete(slices.Clone(n.parts), i, i+2)
			return
		}
	}
}

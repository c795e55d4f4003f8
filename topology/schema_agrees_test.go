package topology

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ftsim/ftsim/model"
)

// TestSchemaIsUpToDate has the schema be what the decoder asks for. After a change of the decoder, -update writes it.
func TestSchemaIsUpToDate(t *testing.T) {
	upToDate(t, "schema.json", string(schemaNow(t)))
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("topology.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("topology.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var plainNumber = regexp.MustCompile(`^(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// plainValue is a tree as an editor sees it.
func plainValue(n *node) any {
	switch n.kind {
	case nullNode:
		return nil
	case mappingNode:
		out := map[string]any{}
		for k, v := range n.entries() {
			out[k.text] = plainValue(v)
		}
		return out
	case sequenceNode:
		out := []any{}
		for _, it := range n.items() {
			out = append(out, plainValue(it))
		}
		return out
	}
	switch {
	case n.text == "true" || n.text == "false":
		return n.text == "true"
	case plainNumber.MatchString(n.text):
		return json.Number(n.text)
	}
	return n.text
}

// documentsShown are the topologies in the documents.
func documentsShown(t *testing.T) (texts [][]byte) {
	t.Helper()
	block := regexp.MustCompile("(?s)```yaml\n(apiVersion:.*?)```")
	for _, f := range append(files(t, "../docs/*.md"), "../README.md") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range block.FindAllSubmatch(text, -1) {
			texts = append(texts, m[1])
		}
	}
	return texts
}

// goodTexts are all files that are known to be good.
func goodTexts(t *testing.T) (texts [][]byte) {
	t.Helper()
	for _, f := range append(files(t, "testdata/good/*.yaml"), files(t, "../examples/*.yaml")...) {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return append(texts, documentsShown(t)...)
}

// The schema accepts what the decoder accepts.
func TestSchemaAcceptsGoodFiles(t *testing.T) {
	s, looked := compiled(t), 0
	for _, text := range goodTexts(t) {
		if _, err := Load("x.yaml", text); err != nil {
			continue // part of a file with layers
		}
		root, _ := parse("x.yaml", text)
		looked++
		if err := s.Validate(plainValue(root)); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
	if looked < 40 {
		t.Errorf("only %d files were looked at", looked)
	}
}

// expressible are the faults that a schema can see too.
var expressible = regexp.MustCompile(`unknown key|unknown word|must be a (mapping|single value|list)|must be a duration or a law|is not a plain number|must be a whole number|unknown apiVersion`)

var unknownKey = regexp.MustCompile(`unknown key "(.*)"$`)

// sees tells whether the decoder has found a fault that a schema should find too.
func sees(err error) (seen string) {
	var ps model.Problems
	if errors.As(err, &ps) {
		for _, p := range ps.Faults() {
			if !expressible.MatchString(p.What) || strings.Contains(p.What, "law") {
				continue
			}
			// A key that belongs there beside another word, such as redirect.ttl without via: dns, is no matter of a schema.
			if m := unknownKey.FindStringSubmatch(p.What); m == nil || !bytes.Contains(Schema(), []byte(`"`+m[1]+`": {`)) {
				return p.What
			}
		}
	}
	return ""
}

// The schema refuses what the decoder refuses, as far as a schema can.
func TestSchemaRefusesBadFiles(t *testing.T) {
	s, refused := compiled(t), 0
	for _, f := range files(t, "testdata/bad/*.yaml") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		root, ps := parse(f, text)
		if root == nil || len(ps) > 0 {
			continue
		}
		_, err = Load(f, text)
		bad := s.Validate(plainValue(root))
		if what := sees(err); what != "" && bad == nil {
			t.Errorf("%s: the decoder says %s, the schema nothing", f, what)
		}
		if bad != nil {
			refused++
		}
	}
	if refused < 10 {
		t.Errorf("only %d files are refused", refused)
	}
}

var schemaSeed = flag.Uint64("schema.seed", 1, "seed of the changes to good files in TestSchemaAndDecoderAgree")

// Whatever is done to a good file: what the schema refuses, the decoder refuses, and what the decoder refuses for a
// reason that a schema can see, the schema refuses.
func TestSchemaAndDecoderAgree(t *testing.T) {
	seed := *schemaSeed
	r := rand.New(rand.NewPCG(seed, 1))
	s, texts := compiled(t), goodTexts(t)
	words := []string{"x", "0", "1", "1h", "50%", "true", "never", "a b", "99999999999"}
	agreed := 0
	for range 4000 {
		root, _ := parse("x.yaml", texts[r.IntN(len(texts))])
		if root == nil {
			continue
		}
		root = root.copy()
		var all []*node
		root.walk(nil, func(n *node, _ []int) { all = append(all, n) })
		n := all[r.IntN(len(all))]
		switch k := r.IntN(5); {
		case k == 0 && n.kind == mappingNode && len(n.parts) > 0:
			n.parts[2*r.IntN(len(n.parts)/2)].text += "x"
		case k == 1:
			*n = node{kind: mappingNode}
		case k == 2:
			*n = node{kind: sequenceNode, parts: []node{{kind: scalarNode, text: "x"}}}
		case k == 3 && n.kind == mappingNode:
			n.put(words[r.IntN(len(words))], &node{kind: scalarNode, text: "x"})
		default:
			*n = node{kind: scalarNode, text: words[r.IntN(len(words))]}
		}
		err := judged(root.copy())
		bad := s.Validate(plainValue(root))
		switch what := sees(err); {
		case bad != nil && strings.Contains(bad.Error(), "/ignores_ttl"): // the decoder looks into it only where somebody redirects by it
		case bad != nil && err == nil:
			t.Fatalf("seed %d: the decoder takes what the schema refuses: %v\n%s", seed, bad, root.whole())
		case strings.Contains(what, "unknown key") && bad == nil: // of types, the schema knows the union over all contexts
			t.Fatalf("seed %d: the decoder says %s, the schema nothing\n%s", seed, what, root.whole())
		}
		if bad != nil {
			agreed++
		}
	}
	if agreed < 400 {
		t.Errorf("only %d were refused by both", agreed)
	}
}

// judged is what the decoder says of a tree.
func judged(root *node) error {
	l := newLayering()
	root = l.expanded(root, 0)
	if len(l.ps) > 0 {
		return l.ps
	}
	plan := model.DefaultPlan()
	_, err := understand(root, &decoder{}, &plan)
	return err
}

// whole is a tree in one line, uncut.
func (n *node) whole() string { return fmt.Sprint(plainValue(n)) }

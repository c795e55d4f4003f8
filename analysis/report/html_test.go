package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"image/color"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

func pageOf(t *testing.T, d *Document) string {
	t.Helper()
	var b, again bytes.Buffer
	if err := HTML(&b, d); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&again, d); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("two writings differ (%v)", err)
	}
	return b.String()
}

// storied is a document with curves and a story, as --out makes it.
func storied(sys *model.System) *Document {
	plan := shopPlan()
	study := analysis.NewStudy(sys, plan)
	curves := analysis.NewCurves(analysis.Users(sys), analysis.CurveTimes(plan.Horizon))
	r := rand.New(rand.NewPCG(42, 1))
	for i := range 400 {
		o := replication(r, i, 2.5)
		study.Add(o)
		curves.Add(o)
	}
	d := Build(study.Summary(), Provenance{Version: "v0.1.0", Seed: 42, InputName: "shop.yaml", InputHash: "sha256:00", Runs: 400, Planned: 400,
		Horizon: model.Year, Command: "ftsim run shop.yaml", Settings: []Setting{{"a", "5s", "default"}, {"b", "1h", "preset server"}, {"c", "2h", "file"}}})
	d.Curves = curves
	d.Presets = []Preset{{"server", "a server", "a survey", "2026-01"}}
	w := &d.Summary.Worst
	for _, rep := range Told(d.Summary) {
		d.Story = append(d.Story, Chapter{rep, 0, w.Horizon, []Line{{w.Outages[0].Start, "node db-1 fails: crash"}}})
	}
	return d
}

// outline is the structure of a page: headings, tables with their columns, figures, and where links lead.
func outline(page string) string {
	var b strings.Builder
	part := regexp.MustCompile(`<(h[123])[^>]*>(.*?)</h|<(summary)>(.*?)</s|<th (scope="col")[^>]*>(.*?)</th|<(figcaption)><b>(.*?)</b|<(dt)>(.*?)</dt|<(nav|main|footer|header|select|button)\b()`)
	for _, m := range part.FindAllStringSubmatch(page, -1) {
		for i := 1; i < len(m); i += 2 {
			if m[i] != "" {
				fmt.Fprintf(&b, "%s: %s\n", strings.TrimPrefix(m[i], "scope="), html.UnescapeString(m[i+1]))
			}
		}
	}
	return b.String()
}

func TestPageGolden(t *testing.T) {
	golden(t, "page.outline", []byte(outline(pageOf(t, storied(shop())))))
	golden(t, "page-quiet.outline", []byte(outline(pageOf(t, document(400, 0)))))
	golden(t, "page-empty.outline", []byte(outline(pageOf(t, document(0, 0)))))
}

// parts reads a page as a tree of elements and calls see for each; a page whose tags do not nest fails.
func parts(t *testing.T, page string, see func(name string, attr map[string]string, inside []string)) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta"}, xml.HTMLEntity
	var open []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page does not nest: %v", err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			attr := map[string]string{}
			for _, a := range x.Attr {
				attr[a.Name.Local] = a.Value
			}
			see(x.Name.Local, attr, open)
			open = append(open, x.Name.Local)
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != x.Name.Local {
				t.Fatalf("</%s> closes %v", x.Name.Local, open)
			}
			open = open[:len(open)-1]
		}
	}
}

// bare pages have their style and script cut out, which are ours and no XML.
func barePage(page string) string {
	for _, name := range []string{"style", "script"} {
		page = regexp.MustCompile(`(?s)<`+name+`>.*?</`+name+`>`).ReplaceAllString(page, "")
	}
	return strings.Replace(page, "<!DOCTYPE html>", "", 1)
}

func TestPageNeedsNoNetwork(t *testing.T) {
	for name, d := range map[string]*Document{"shop": storied(shop()), "crowded": crowded(), "empty": document(0, 0)} {
		page := pageOf(t, d)
		if !strings.Contains(page, `content="default-src &#39;none&#39;;`) && !strings.Contains(page, `content="default-src 'none';`) {
			t.Errorf("%s: no policy that forbids fetching", name)
		}
		if m := regexp.MustCompile(`(?i)https?:|//[a-z]|url\(|@import|\bfetch\(|XMLHttpRequest|\bimport\b`).FindString(pageStyle + regexp.MustCompile(`(?m)^\s*//.*|;? //.*$`).ReplaceAllString(pageScript, "")); m != "" {
			t.Errorf("%s: style or script has %q", name, m)
		}
		parts(t, barePage(page), func(tag string, attr map[string]string, _ []string) {
			switch tag {
			case "link", "img", "iframe", "object", "embed", "base", "audio", "video", "source", "image", "use", "form", "script":
				t.Errorf("%s: <%s> may fetch", name, tag)
			}
			for k, v := range attr {
				switch {
				case k == "src" || k == "action" || k == "srcset" || k == "background" || strings.HasPrefix(k, "on"),
					k == "href" && !strings.HasPrefix(v, "#"), strings.Contains(v, "url("):
					t.Errorf("%s: <%s %s=%q>", name, tag, k, v)
				}
			}
		})
	}
}

// The policy of the page allows the one script that is in it, byte for byte.
func TestPageScriptIsAllowed(t *testing.T) {
	page := pageOf(t, storied(shop()))
	script := regexp.MustCompile(`(?s)<script>(.*)</script>`).FindStringSubmatch(page)[1]
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="(.*?)"`).FindStringSubmatch(page)[1])
	sum := sha256.Sum256([]byte(script))
	if want := "script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
		t.Errorf("policy %q lacks %s", policy, want)
	}
}

// hostile are names that would leave where they stand, if anything let them.
var hostile = []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style><svg onload=alert(1)>`, `</title></script>`,
	`' onmouseover='alert(1)`, `{{.Title}}`, `a  b]]>`, "javascript:alert(1)", `--></textarea>&lt;b&gt;&amp;`, shortHostile}

// shortHostile is short enough not to be cut in a diagram.
const shortHostile = `<i>x</i>`

func hostileShop() *model.System {
	sys, n := shop(), 0
	name := func() string { n++; return hostile[n%len(hostile)] + fmt.Sprint(n) }
	sys.Name = hostile[0]
	for i := range sys.Components {
		sys.Components[i].Name = name()
	}
	sys.Components[0].Requires = &model.Need{Ref: 2}
	sys.Components[3].Name = shortHostile
	for i := range sys.Causes {
		sys.Causes[i].Name = name()
	}
	for i := range sys.Services {
		sys.Services[i].Name = name()
		sys.Services[i].Members = []model.Member{{Component: int32(i), Host: int32(i)}}
	}
	for i := range sys.Journeys {
		sys.Journeys[i].Name = name()
	}
	sys.Services[0].Name, sys.Journeys[1].Name = shortHostile, shortHostile
	for i := range 3 {
		sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: shortHostile + fmt.Sprint(i), Component: model.None, Within: model.None})
		sys.Network.Links = append(sys.Network.Links, model.Link{Component: 3, From: 0, To: int32(i)})
	}
	return sys
}

func TestPageEscapesNames(t *testing.T) {
	d := storied(hostileShop())
	d.Provenance.InputName, d.Provenance.Command, d.Provenance.Next = hostile[1], hostile[2], hostile[3]
	d.Provenance.Settings = append(d.Provenance.Settings, Setting{hostile[0], hostile[1], hostile[2]})
	d.Presets = append(d.Presets, Preset{hostile[0], hostile[1], hostile[2], hostile[3]})
	d.Warnings = append(d.Warnings, hostile...)
	d.Story[0].Lines = append(d.Story[0].Lines, Line{0, hostile[1]})
	page := pageOf(t, d)
	if strings.Count(page, "<script>") != 1 || strings.Count(page, "<style>") != 1 || strings.Count(page, "</style>") != 1 || strings.Count(page, "</script>") != 1 {
		t.Error("a name has opened or closed a script or style")
	}
	known := regexp.MustCompile(`^(html|head|meta|title|body|a|header|div|p|button|h1|h2|h3|nav|ul|li|main|section|dl|dt|dd|b|span|table|thead|tbody|tr|th|td|figure|figcaption|svg|path|text|rect|g|details|summary|label|select|article|ol|time|footer)$`)
	parts(t, barePage(page), func(tag string, attr map[string]string, _ []string) {
		if !known.MatchString(tag) {
			t.Errorf("a name has made <%s>", tag)
		}
		for k := range attr {
			if strings.HasPrefix(k, "on") || k == "src" {
				t.Errorf("a name has made <%s %s>", tag, k)
			}
		}
	})
	for _, want := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;", "{{.Title}}"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not shown as it was written", want)
		}
	}
}

// Whoever hears the page, or goes through it by keyboard, gets what others see.
func TestPageIsAccessible(t *testing.T) {
	ids, targets, figures, charts := map[string]bool{}, []string{}, 0, 0
	parts(t, barePage(pageOf(t, storied(shop()))), func(tag string, attr map[string]string, inside []string) {
		if id := attr["id"]; id != "" {
			if ids[id] {
				t.Errorf("id %s stands twice", id)
			}
			ids[id] = true
		}
		for _, k := range []string{"aria-labelledby", "for"} {
			if v := attr[k]; v != "" {
				targets = append(targets, v)
			}
		}
		switch tag {
		case "html":
			if attr["lang"] == "" {
				t.Error("no language")
			}
		case "a":
			targets = append(targets, strings.TrimPrefix(attr["href"], "#"))
		case "svg":
			charts++
			if attr["role"] != "img" || len(attr["aria-label"]) < 20 {
				t.Errorf("a chart says only %q", attr["aria-label"])
			}
		case "figure":
			figures++
		case "th":
			if attr["scope"] == "" {
				t.Error("a heading of a table without a scope")
			}
		case "div":
			if strings.Contains(attr["class"], "scroll") && (attr["tabindex"] != "0" || attr["aria-label"] == "") {
				t.Error("an area that scrolls cannot be reached by keyboard")
			}
		}
	})
	for _, v := range targets {
		if !ids[v] {
			t.Errorf("nothing has the id %q", v)
		}
	}
	if figures < 8 || charts < 2*figures-2 {
		t.Errorf("%d figures with %d charts", figures, charts)
	}
}

// A page shows every colour of pictures on dark ground too.
func TestInksAreNamed(t *testing.T) {
	for _, c := range append([]color.NRGBA{ink, mutedInk, faintInk, hairline, vermilion, blue, calm}, append(lineColors, phaseColors[:]...)...) {
		name := inks[c]
		if name == "" {
			t.Errorf("%v has no name", c)
			continue
		}
		if n := strings.Count(pageStyle, "--"+name+":"); n != 4 { // light, dark by choice, dark by system, print
			t.Errorf("--%s is set %d times", name, n)
		}
	}
	if page := pageOf(t, storied(shop())); strings.Contains(page, `style="fill:`) || strings.Contains(page, `style="stroke:`) {
		t.Error("a picture has a colour without a name")
	}
}

// A large system gets a page that opens: a few megabytes, with all that caused downtime.
func TestLargePage(t *testing.T) {
	sys := shop()
	sys.Components = sys.Components[:0]
	for i := range 10_000 {
		c := model.Component{Name: fmt.Sprintf("node-%05d", i), Kind: model.KindNode}
		if i%100 == 0 {
			c.Kind = model.KindRack
		} else {
			c.Requires = &model.Need{Ref: int32(i - i%100)}
		}
		sys.Components = append(sys.Components, c)
	}
	for i := range 3000 {
		sys.Services = append(sys.Services, model.Service{Name: fmt.Sprintf("service-%04d", i), Members: []model.Member{{Component: int32(i), Host: int32(i)}}})
	}
	d := storied(sys)
	for i := range 50_000 {
		d.Provenance.Settings = append(d.Provenance.Settings, Setting{fmt.Sprintf("nodes.n%d.mtbf", i), "1y", "default"})
	}
	page := pageOf(t, d)
	if len(page) > 2<<20 {
		t.Errorf("%d bytes", len(page))
	}
	for _, in := range d.Summary.Blame[0].Initiators {
		if !strings.Contains(page, "<b>"+in.Name+"</b>") {
			t.Errorf("%s caused downtime and is not drawn", in.Name)
		}
	}
	if !strings.Contains(page, "more without a share in the downtime") {
		t.Error("nothing says that components are left out")
	}
}

// Grouped incidents hold every outage of users once, none within the merge gap of the next.
func TestIncidentsHoldAllOutages(t *testing.T) {
	d := document(400, 40)
	sum, seen, want := d.Summary, 0, 0
	for _, rows := range outagesBy(sum) {
		last := model.Seconds(math.Inf(-1))
		for _, in := range incidents(sum, rows[0].Replication, bare(rows)) {
			if in.from-last < sum.Plan.MergeGap {
				t.Fatalf("replication %d: incidents %v apart", in.replication, in.from-last)
			}
			last = in.to
			seen += len(in.users)
		}
		for i := range rows {
			if rows[i].Journey == 0 && (rows[i].Open || rows[i].End-rows[i].Start >= sum.Plan.MinDowntime) {
				want++
			}
		}
	}
	if seen != want || want < 1000 {
		t.Errorf("%d outages in incidents, want %d", seen, want)
	}
}

// Only one journey is ever down, so the incidents of the page are those behind its recovery times, and
// the typical ones lie at the same quantiles.
func TestTypicalIncidentsAreThoseOfTheFigures(t *testing.T) {
	sum := document(400, 2.5).Summary
	m := sum.Get("rto", 0)
	for i, stat := range []string{"p50", "p95", "p99", "max"} {
		if got, want := float64(picks(sum)[i].length()), m.Stat(stat).Value; math.Abs(got-want) > 1e-6*want {
			t.Errorf("%s: the incident lasts %v, recovery times have %v", stat, got, want)
		}
	}
}

// TestWhole keeps the parts of a figure together, however many there are, and nothing else.
func TestWhole(t *testing.T) {
	for text, want := range map[string]string{
		"2 500 EUR":                "2\u00a0500 EUR",
		"1 234 567 of 99.9 % now":  "1\u00a0234\u00a0567 of 99.9\u00a0% now",
		"web 1 and 2 hosts 1 2345": "web 1 and 2 hosts 1 2345",
	} {
		if got := whole(text); got != want {
			t.Errorf("whole(%q) = %q, want %q", text, got, want)
		}
	}
}

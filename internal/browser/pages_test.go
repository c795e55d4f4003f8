//go:build browser

package browser

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const examples = "../../examples/"

// drawn counts the charts that can be seen, and tells of those that are empty or have no size.
const drawn = `(() => {
  const seen = [...document.querySelectorAll("svg")].filter((s) => s.checkVisibility() && !s.closest("details:not([open])"));
  const empty = seen.filter((s) => { const r = s.getBoundingClientRect(); return r.width < 100 || r.height < 40 || s.querySelectorAll("path,rect,text").length < 4; });
  return [seen.length, empty.length];
})()`

// tooWide names what makes the page wider than the window.
const tooWide = `document.documentElement.scrollWidth <= innerWidth ? "" :
  [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).map((e) => e.tagName + "." + e.className).slice(0, 5).join(" ") || "something"`

// Reports and comparisons show their charts, in any light and at any width, and ask for nothing.
func TestPagesShow(t *testing.T) {
	hot, cold := priced(t, "pair-02-hot", 9000), priced(t, "pair-02-cold", 4000)
	for name, c := range map[string]struct {
		address string
		charts  int
	}{
		"report":  {write(t, "report.html", "run", examples+"three-tier.yaml", "--runs", "300"), 5},
		"compare": {write(t, "compare.html", "compare", hot, priced(t, "pair-02-warm", 6500), cold, "--runs", "300"), 3},
	} {
		for _, v := range views {
			t.Run(name+"/"+v.name, func(t *testing.T) {
				b := visit(t, c.address, c.address, v)
				if n := value[[2]int](b, drawn); n[0] < c.charts || n[1] > 0 {
					t.Errorf("%d charts, %d of them empty; want %d", n[0], n[1], c.charts)
				}
				if what := value[string](b, tooWide); what != "" && !v.print {
					t.Errorf("the page is wider than the window: %s", what)
				}
				if light := value[float64](b, `(() => { const c = getComputedStyle(document.body).backgroundColor.match(/\d+/g); return c[0] / 255; })()`); (light < .5) != v.dark {
					t.Errorf("the ground has lightness %v", light)
				}
				b.shoot(name + "-" + v.name)
			})
		}
	}
}

// priced is an example with a cost.
func priced(t *testing.T, example string, cost int) (path string) {
	t.Helper()
	text, err := os.ReadFile(examples + example + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return put(t, example[len("pair-02-"):]+".yaml", string(text)+fmt.Sprintf("\ncost: {currency: EUR, other: %d/y}\n", cost))
}

// What can be picked, pointed at and opened does what it says, by keyboard.
func TestReportByKeyboard(t *testing.T) {
	address := write(t, "keys.html", "run", examples+"three-tier.yaml", "--runs", "300")
	b := visit(t, address, address, views[0])
	b.press(kb.Tab)
	if got := value[string](b, `document.activeElement.className`); got != "skip" {
		t.Errorf("the first stop is %q, not the way past the links", got)
	}
	b.press(kb.Enter)
	b.await(`location.hash === "#main"`)

	b.focus("#pick")
	before := value[string](b, `document.querySelector(".incident:not([hidden])").id`)
	b.press(kb.ArrowDown)
	b.await(fmt.Sprintf(`document.querySelectorAll(".incident:not([hidden])").length === 1 && document.querySelector(".incident:not([hidden])").id !== %q`, before))
	b.focus("#previous")
	b.press(kb.Enter)
	b.await(fmt.Sprintf(`document.querySelector(".incident:not([hidden])").id === %q`, before))

	b.run(`document.querySelector("figure .wide svg[tabindex]").focus()`)
	b.press(kb.ArrowRight, kb.ArrowRight)
	b.await(`!document.getElementById("tip").hidden && document.getElementById("tip").textContent.length > 5`)
	b.press(kb.Escape)
	b.await(`document.getElementById("tip").hidden`)

	b.focus("summary")
	b.press(kb.Enter)
	b.await(`document.activeElement.parentElement.open`)

	b.focus("#theme")
	b.press(kb.Enter)
	b.await(`document.documentElement.dataset.theme === "dark"`)
}

// Whoever goes through a page by Tab comes by everything, in the order of the page, and sees where he is.
func TestTabWalk(t *testing.T) {
	address := write(t, "walk.html", "run", examples+"quickstart.yaml", "--runs", "100")
	b := visit(t, address, address, views[0])
	walk(b)
}

// walk presses Tab until the page is over.
func walk(b *tab) {
	b.Helper()
	want := value[int](b, `(() => {
	  window.stops = [...document.querySelectorAll("a[href],button,input,select,textarea,summary,[tabindex='0']")].filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled);
	  return stops.length;
	})()`)
	if want < 5 {
		b.Fatalf("%d places to go to; this test would prove nothing", want)
	}
	b.run(`stops[0].focus(); window.last = 0`)
	for i := range want - 1 {
		b.press(kb.Tab)
		fault := value[string](b, `(() => {
		  const e = document.activeElement, at = stops.indexOf(e), style = getComputedStyle(e);
		  const name = e.tagName + "." + e.className + " " + (e.id || e.textContent).slice(0, 30);
		  const boxed = e.closest(".file") || e;
		  if (at !== last + 1) return "after stop " + last + " comes " + at + ": " + name;
		  last = at;
		  if (getComputedStyle(boxed).outlineStyle === "none" && style.outlineStyle === "none") return "no mark of focus at " + name;
		  return "";
		})()`)
		if fault != "" {
			b.Fatalf("stop %d: %s", i+1, fault)
		}
	}
}

// On paper there are no controls, all that is assumed stands open, and the ground is white.
func TestPagesPrint(t *testing.T) {
	address := write(t, "paper.html", "run", examples+"three-tier.yaml", "--runs", "300")
	b := visit(t, address, address, views[1])
	pdf := b.paper("report")
	if pages := bytes.Count(pdf, []byte("/Type /Page\n")) + bytes.Count(pdf, []byte("/Type /Page ")) + bytes.Count(pdf, []byte("/Type /Page/")); len(pdf) < 20_000 || pages < 3 {
		t.Errorf("%d bytes, %d pages", len(pdf), pages)
	}
	b.look(views[4])
	if seen := value[int](b, `[...document.querySelectorAll("nav,button,select")].filter((e) => e.checkVisibility()).length`); seen > 0 {
		t.Errorf("%d controls on paper", seen)
	}
}

// Names are text in every page, whatever is in them.
func TestHostileNamesStayText(t *testing.T) {
	bad := `"><img src=http://evil.invalid/x onerror="document.title=1"><script>document.title=1</script>`
	text := fmt.Sprintf("apiVersion: ftsim/v1\nname: '%[1]s'\nnodes:\n  '%[1]s a': {mtbf: 20d, mttr: 2h}\nservices:\n  '%[1]s': {replicas: ['%[1]s a']}\ncost: {currency: EUR, other: 5/y}\n", bad)
	file := put(t, `'"<i>.yaml`, text)
	other := put(t, `<b>&.yaml`, strings.Replace(text, "2h", "1h", 1))
	for name, address := range map[string]string{
		"report":  write(t, "hostile.html", "run", file, "--runs", "50"),
		"compare": write(t, "hostile-compare.html", "compare", file, other, "--runs", "50"),
	} {
		t.Run(name, func(t *testing.T) {
			b := visit(t, address, address, views[0])
			if n := value[int](b, `document.querySelectorAll("img,i,script:not(:last-of-type)").length`); n > 0 {
				t.Errorf("names have made %d elements", n)
			}
			if !strings.Contains(value[string](b, `document.querySelector("h1").textContent`), "<i>") && name == "compare" {
				t.Error("the name is not there as it was written")
			}
			if value[string](b, `document.title`) == "1" {
				t.Error("a name has run")
			}
		})
	}
}

// Ten thousand components make a page that opens in seconds.
func TestLargeReportOpens(t *testing.T) {
	var b strings.Builder
	b.WriteString("apiVersion: ftsim/v1\nname: large\nnodes:\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "  node-%05d: {mtbf: 5y, mttr: 4h}\n", i)
	}
	b.WriteString("services:\n")
	for i := range 500 {
		fmt.Fprintf(&b, "  service-%03d: {replicas: [node-%05d, node-%05d], policy: active-active}\n", i, 20*i, 20*i+1)
	}
	address := write(t, "large.html", "run", put(t, "large.yaml", b.String()), "--runs", "20")
	p := visit(t, address, address, views[0])
	if n := value[[2]int](p, drawn); n[0] < 1 || n[1] > 0 {
		t.Errorf("%d charts, %d of them empty", n[0], n[1])
	}
	if load := value[float64](p, `performance.getEntriesByType("navigation")[0].loadEventEnd`); load <= 0 || load > 10_000 {
		t.Errorf("it took %v ms to open", load)
	}
	p.shoot("large")
}

// The report of the example that everybody opens is small enough to mail.
func TestReportIsSmall(t *testing.T) {
	address := write(t, "small.html", "run", examples+"three-tier.yaml", "--runs", "2000")
	info, err := os.Stat(filepath.Clean(strings.TrimPrefix(address, "file://")))
	if err != nil || info.Size() > 1<<20 {
		t.Errorf("%v, %v", info.Size(), err)
	}
	t.Logf("%d bytes", info.Size())
}

//go:build browser

package browser

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// served starts the page with some files and gives its address.
func served(t *testing.T, files ...string) (address string) {
	t.Helper()
	cmd := exec.Command(ftsim, append([]string{"serve", "--listen", "127.0.0.1:0", "-q"}, files...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("ftsim serve ends with %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(strings.TrimPrefix(line, "ftsim serves on "))[0]
}

// A newcomer makes a mistake, is told where, mends it, and runs what he has.
func TestServeFromMistakeToReport(t *testing.T) {
	address := served(t)
	b := visit(t, address, address, views[0])
	b.await(`document.querySelector(".verdict")?.textContent.startsWith("✓")`)
	b.run(`const a = document.querySelector("textarea"); a.focus(); a.setSelectionRange(a.value.indexOf("mttr: 2h"), a.value.indexOf("mttr: 2h") + 4)`)
	b.press("m", "t", "t", "x")
	b.await(`document.querySelector(".faults b")?.textContent === "5:21"`)
	if got := value[string](b, `document.querySelector(".faults").textContent`); !strings.Contains(got, "mttx") || !strings.Contains(got, "mttr") {
		t.Errorf("it says %q", got)
	}
	if got := value[string](b, `document.querySelector(".marks mark").textContent`); got != "mttx" {
		t.Errorf("marked is %q", got)
	}
	b.shoot("serve-fault")
	b.focus(".faults button")
	b.press(kb.Enter)
	b.await(`document.activeElement.tagName === "TEXTAREA" && document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd) === "mttx"`)
	b.press("m", "t", "t", "r")
	b.await(`document.querySelector(".verdict").textContent.startsWith("✓")`)

	b.focus("#runs")
	b.press("5", "0", "0")
	b.focus("textarea")
	b.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(kb.ModifierCtrl)))
	b.await(`!document.getElementById("view").hidden`)
	b.await(`document.querySelector(".result .words").textContent.includes("500 replications")`)
	loaded := value[string](b, `document.getElementById("report").src`)
	page := visit(t, loaded, address, views[0])
	if got := value[string](page, `document.querySelector("h1").textContent`); got != "orders database" {
		t.Errorf("the report is about %q", got)
	}
	if got := value[string](page, `self.origin`); got != "null" {
		t.Errorf("the report is not shut off: its origin is %q", got)
	}
	if n := value[[2]int](page, drawn); n[0] < 2 || n[1] > 0 {
		t.Errorf("%d charts, %d of them empty", n[0], n[1])
	}
}

// Two designs are compared; a long run is ended; the keyboard reaches everything.
func TestServeSideBySide(t *testing.T) {
	address := served(t, priced(t, "pair-02-hot", 9000), priced(t, "pair-02-cold", 4000))
	b := visit(t, address, address, views[0])
	b.await(`document.querySelectorAll(".verdict").length === 2 && [...document.querySelectorAll(".verdict")].every((v) => v.textContent.startsWith("✓"))`)
	b.focus("#runs")
	b.press("3", "0", "0", kb.Enter)
	b.await(`document.querySelector(".result .words").textContent.includes("cold has")`)
	b.await(`document.getElementById("report").src.endsWith("report.html")`)

	b.run(`document.getElementById("runs").value = "200000"`)
	b.click(".design:nth-child(2) .run")
	b.await(`document.querySelectorAll(".result").length === 2 && document.querySelector(".result progress").value > 0`)
	b.click(".result .end")
	b.await(`document.querySelector(".result .words").textContent.includes(" of 200,000 replications in")`)

	walk(b)
	for _, v := range views {
		b.look(v)
		b.shoot("serve-" + v.name)
		b.run(`document.getElementById("view").scrollIntoView()`)
		b.glance("serve-view-" + v.name)
		if what := value[string](b, tooWide); what != "" && !v.print {
			t.Errorf("%s: the page is wider than the window: %s", v.name, what)
		}
	}
}

// Names of designs and in designs are text.
func TestServeShowsHostileNames(t *testing.T) {
	bad := `"><img src=http://evil.invalid/x onerror="document.title=1">`
	file := put(t, `<i>'".yaml`, "apiVersion: ftsim/v1\nname: '"+bad+"'\nnodez: {}\nnodes:\n  '"+bad+"': {mtbf: 20d, mttr: 2h, "+`"<u>x": 1`+"}\n")
	address := served(t, file)
	b := visit(t, address, address, views[0])
	b.await(`document.querySelector(".verdict")?.textContent.startsWith("✗")`)
	b.click(".run")
	b.await(`document.querySelector(".result .words.bad")?.textContent.includes("nodez")`)
	if n := value[int](b, `document.querySelectorAll("img,u,.faults i i").length`); n > 0 || value[string](b, `document.title`) != "ftsim" {
		t.Errorf("names have made %d elements", n)
	}
}

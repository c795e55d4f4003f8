//go:build browser

package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// shots is where to put pictures of the pages, for people to look at.
var shots = flag.String("shots", "", "`folder` for screenshots")

var (
	ftsim   string          // the program under test
	chrome  context.Context // the browser, in which each test has a tab
	rubbish string          // a folder for what tests write
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := inBrowser(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// inBrowser builds the program and starts Chromium for all tests.
func inBrowser(m *testing.M) (code int, err error) {
	if rubbish, err = os.MkdirTemp("", "ftsim-browser-*"); err != nil {
		return 1, err
	}
	defer os.RemoveAll(rubbish)
	ftsim = filepath.Join(rubbish, "ftsim")
	if out, err := exec.Command("go", "build", "-o", ftsim, "../../cmd/ftsim").CombinedOutput(); err != nil {
		return 1, fmt.Errorf("%w\n%s", err, out)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(time.Minute)) // in a container, root has no sandbox
	allocator, release := chromedp.NewExecAllocator(context.Background(), options...)
	defer release()
	var quit context.CancelFunc
	chrome, quit = chromedp.NewContext(allocator)
	defer quit()
	if err := chromedp.Do(chrome); err != nil {
		return 1, fmt.Errorf("no Chromium: %w", err)
	}
	return m.Run(), nil
}

// tab is a page in the browser, with what it did that pages must not do.
type tab struct {
	*testing.T
	ctx  context.Context
	home string // what it may load begins with this

	mu     sync.Mutex
	faults []string
	loads  []string
}

// view is how a page is looked at.
type view struct {
	name          string
	width, height int64
	dark, print   bool
}

var views = []view{
	{"light", 1280, 900, false, false},
	{"dark", 1280, 900, true, false},
	{"narrow", 390, 844, false, false},
	{"narrow-dark", 390, 844, true, false},
	{"print", 794, 1123, false, true},
}

// visit opens an address and fails the test at its end if the page complained or loaded anything else
// than what begins with home.
func visit(t *testing.T, address, home string, v view) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(chrome)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	b := &tab{T: t, ctx: ctx, home: home}
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, f := range b.faults {
			t.Error(f)
		}
		if len(b.loads) == 0 {
			t.Error("nothing was loaded; this test would prove nothing")
		}
		cancel()
		closeTab()
	})
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	b.look(v)
	b.do(chromedp.Navigate(address))
	return b
}

// look sets the size of the window, the light, and whether it is paper.
func (b *tab) look(v view) {
	b.Helper()
	scheme, media := "light", ""
	if v.dark {
		scheme = "dark"
	}
	if v.print {
		media = "print"
	}
	b.do(chromedp.EmulateViewport(v.width, v.height))
	emulated := emulation.SetEmulatedMediaParams{Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulated); err != nil {
		b.Fatal(err)
	}
}

// hear notes complaints and loads.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fault := func(format string, args ...any) { b.faults = append(b.faults, fmt.Sprintf(format, args...)) }
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault("exception: %s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
	case *runtime.EventConsoleAPICalled:
		fault("the console got %v %+v", e.Type, e.Args)
	case *log.EventEntryAdded:
		fault("the browser says: %s %s", e.Entry.Text, e.Entry.URL)
	case *network.EventRequestWillBeSent:
		b.loads = append(b.loads, e.Request.URL)
		if u := e.Request.URL; !strings.HasPrefix(u, b.home) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:") {
			fault("it loads %s", u)
		}
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// result runs an action that gives something.
func result[T any](b *tab, action chromedp.Action[T]) T {
	b.Helper()
	x, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.Fatal(err)
	}
	return x
}

// value evaluates an expression of JavaScript in the page.
func value[T any](b *tab, expression string) T {
	b.Helper()
	return result(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// run evaluates statements of JavaScript in the page.
func (b *tab) run(statements string) {
	b.Helper()
	value[bool](b, "(() => {"+statements+"; return true})()")
}

func (b *tab) focus(selector string) {
	b.Helper()
	b.do(chromedp.Focus(chromedp.CSS(selector)))
}

func (b *tab) click(selector string) {
	b.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// await waits until an expression is true.
func (b *tab) await(expression string) {
	b.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if value[bool](b, "Boolean("+expression+")") {
			return
		}
	}
	b.Fatalf("it never becomes true: %s", expression)
}

func (b *tab) press(keys ...string) {
	b.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// shoot takes a picture of the whole page, if somebody wants to look at it.
func (b *tab) shoot(name string) {
	if *shots == "" {
		return
	}
	b.do(chromedp.Sleep(300 * time.Millisecond))
	png := result(b, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644); err != nil {
		b.Fatal(err)
	}
}

// glance is shoot for what is in the window; frames in it are drawn there only.
func (b *tab) glance(name string) {
	if *shots == "" {
		return
	}
	b.do(chromedp.Sleep(500 * time.Millisecond))
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), result(b, chromedp.CaptureScreenshot()), 0o644); err != nil {
		b.Fatal(err)
	}
}

// paper prints the page and gives the PDF.
func (b *tab) paper(name string) []byte {
	b.Helper()
	pdf := result(b, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	if *shots != "" {
		if err := os.WriteFile(filepath.Join(*shots, name+".pdf"), pdf, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return pdf
}

// write runs ftsim, which must not fail, and gives the address of the page it wrote.
func write(t *testing.T, name string, args ...string) (address string) {
	t.Helper()
	file := filepath.Join(rubbish, name)
	out, err := exec.Command(ftsim, append(args, "--html", file, "-q")...).CombinedOutput()
	if info, missing := os.Stat(file); missing != nil || info.Size() == 0 {
		t.Fatalf("ftsim %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return "file://" + file
}

// put writes a file for ftsim to read.
func put(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(rubbish, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

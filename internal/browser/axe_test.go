//go:build browser && axe

package browser

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"strings"
	"testing"
)

// axeFile is axe.min.js of axe-core 4.10.3 (Deque, MPL-2.0), from npm pack axe-core@4.10.3. It is not part of
// this repository.
var axeFile = flag.String("axe", "", "axe.min.js of axe-core 4.10.3")

const axeHash = "880970c081707360e64f34cea25ff91892f5bc95675b0776925b9709dd8a68bb"

// TestAxe lets axe-core look at each page in each light and width; nothing serious or critical may be found.
func TestAxe(t *testing.T) {
	axe, err := os.ReadFile(*axeFile)
	if err != nil {
		t.Fatalf("-axe FILE is missing: %v", err)
	}
	if sum := sha256.Sum256(axe); hex.EncodeToString(sum[:]) != axeHash {
		t.Fatalf("%s is not axe-core 4.10.3: %x", *axeFile, sum)
	}
	hot, cold := priced(t, "pair-02-hot", 9000), priced(t, "pair-02-cold", 4000)
	report := write(t, "axe.html", "run", examples+"three-tier.yaml", "--runs", "300")
	compare := write(t, "axe-compare.html", "compare", hot, cold, "--runs", "300")
	serve := served(t, hot, cold)
	for name, address := range map[string]string{"report": report, "compare": compare, "serve": serve} {
		for _, v := range views {
			if name == "serve" && v.print {
				continue // on paper there is nothing to press
			}
			t.Run(name+"/"+v.name, func(t *testing.T) {
				b := visit(t, address, address, v)
				if name == "serve" {
					b.await(`document.querySelectorAll(".verdict").length === 2`)
					b.run(`const a = document.querySelector("textarea"); a.value = a.value.replace("mtbf", "mtbx"); a.dispatchEvent(new Event("input"))`)
					b.await(`document.querySelector(".faults .bad")`)
					b.click(".design:nth-child(2) .run")
					b.await(`document.querySelector(".result .words").textContent.includes("replications in")`)
				}
				b.run(string(axe))
				found := value[[]string](b, `axe.run({iframes: false}).then((r) => [String(r.passes.length), ...r.violations.map((v) => v.impact + " " + v.id + ": " + v.help + " (" + v.nodes.length + "): " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + n.any.map((c) => c.message).join("; ")).join(" | "))])`)
				if len(found) == 0 || len(found[0]) < 2 {
					t.Fatalf("axe has looked at nothing: %v", found)
				}
				for _, f := range found[1:] {
					if strings.HasPrefix(f, "serious") || strings.HasPrefix(f, "critical") {
						t.Error(f)
					} else {
						t.Log(f)
					}
				}
			})
		}
	}
}

package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// fixed is the law of a length that is always the same.
type fixed model.Seconds

func (f fixed) Sample(*rand.Rand) model.Seconds { return model.Seconds(f) }
func (f fixed) Mean() model.Seconds             { return model.Seconds(f) }
func (f fixed) String() string                  { return model.Seconds(f).String() }
func (f fixed) Survival(t model.Seconds) float64 {
	if t < model.Seconds(f) {
		return 1
	}
	return 0
}

// shop is a small system with two user journeys, two services and one store.
func shop() *model.System {
	need := func(s int32) []model.Dependency { return []model.Dependency{{Need: model.Need{Ref: s}}} }
	return &model.System{
		Name: "shop",
		Components: []model.Component{{Name: "db-1", Kind: model.KindNode, Modes: []model.Mode{{Repair: fixed(4 * model.Hour)}}}, {Name: "db-2", Kind: model.KindNode},
			{Name: "rack-a", Kind: model.KindRack}, {Name: "wan", Kind: model.KindLink}},
		Causes:   []model.CommonCause{{Name: "power feed"}},
		Services: []model.Service{{Name: "db", Store: &model.Store{}}, {Name: "web", Needs: need(0)}},
		Journeys: []model.Journey{{Name: "checkout", Needs: need(1), Service: model.None}, {Name: "browse", Needs: need(1), Service: model.None},
			{Name: "db", Needs: need(0), Service: 0}, {Name: "web", Needs: need(1), Service: 1}},
	}
}

func shopPlan() *model.Plan {
	p := model.DefaultPlan()
	p.Runs, p.Seed = 400, 42
	p.Objectives = []model.Objective{{Journey: 0, Availability: 0.9995, RTO: 15 * model.Minute, RPO: 5, RPOSet: true}}
	return &p
}

// replication draws a year; rate is outages of checkout per year.
func replication(r *rand.Rand, i int, rate float64) *model.Outcome {
	o := &model.Outcome{Replication: i, Horizon: model.Year, Weight: 1,
		Unserved: make([]model.Seconds, 4), Exposure: make([]model.Seconds, 2)}
	if rate == 0 {
		return o
	}
	for t := r.ExpFloat64() / rate; t < 1; t += r.ExpFloat64() / rate {
		start := model.Seconds(t) * model.Year
		length := model.Seconds(25 + math.Exp(4.3+.55*r.NormFloat64()))
		a := model.Outage{Journey: 0, Start: start, Initiator: model.Element(r.IntN(5)), Detected: start + 9}
		a.Phases[model.Detection], a.Phases[model.Activation] = 9, length/3
		if r.Float64() < .1 {
			length = model.Seconds(math.Exp(7.6 + .7*r.NormFloat64()))
			a.Phases[model.Activation], a.Phases[model.Repair] = 16, 0
			a.Phases[model.Repair] = max(0, length-25)
		} else {
			a.Phases[model.Redirection] = length - 9 - length/3
		}
		a.End = start + length
		a.Phases[model.Redirection] = max(0, a.Phases[model.Redirection])
		a.Unserved = length
		o.Unserved[0] += length
		o.Outages = append(o.Outages, a)
		a.Journey = 2
		o.Unserved[2] += length
		o.Outages = append(o.Outages, a)
		o.Exposure[0] += 2 * model.Hour
		l := model.Loss{Service: 0, At: a.End, Initiator: a.Initiator}
		if r.Float64() < .4 {
			l.Seconds = model.Seconds(math.Exp(.5 + r.NormFloat64()))
			l.Transactions = 50 * float64(l.Seconds)
		}
		o.Losses = append(o.Losses, l)
		o.Failovers = append(o.Failovers, model.Failover{Service: 0, Start: start + 9, End: a.End, To: 1, Manual: length > 900})
	}
	return o
}

func document(runs int, rate float64) *Document {
	sys, plan := shop(), shopPlan()
	study := analysis.NewStudy(sys, plan)
	r := rand.New(rand.NewPCG(42, 1))
	for i := range runs {
		study.Add(replication(r, i, rate))
	}
	prov := Provenance{Version: "v0.1.0", Commit: "abc", GoVersion: "go1.26", Seed: 42, InputName: "shop.yaml", InputHash: "sha256:00",
		Runs: runs, Planned: 400, Horizon: model.Year, OutDir: "out/", Next: "ftsim trace shop.yaml",
		Interrupted: runs < 400 && runs > 1}
	for _, name := range []string{"mttr", "mtbf", "lag", "timeout"} {
		prov.Settings = append(prov.Settings, Setting{"services.db." + name, "5s", "default 1"}, Setting{"nodes.db-1." + name, "1h", "file"},
			Setting{"services.web." + name, "5s", "default"}, Setting{"journeys.browse." + name, "5s", "default"})
	}
	return Build(study.Summary(), prov)
}

// crowded is what a picture must survive: long names, twelve causes, outages of seconds and of months,
// every phase, a total loss, no objectives, and three decades.
func crowded() *Document {
	sys, plan := shop(), shopPlan()
	plan.Objectives, plan.Horizon = nil, 30*model.Year
	sys.Name = "the whole of the order and fulfilment platform, both sides of the river"
	sys.Components = nil
	for i := range 12 {
		sys.Components = append(sys.Components, model.Component{Name: fmt.Sprintf("payment-gateway-frontend-eu-central-%02d", i)})
	}
	for i := range sys.Journeys {
		sys.Journeys[i].Name = "checkout of a guest with a gift voucher, variant " + sys.Journeys[i].Name
	}
	study := analysis.NewStudy(sys, plan)
	r := rand.New(rand.NewPCG(5, 5))
	for i := range 60 {
		o := &model.Outcome{Replication: i, Horizon: plan.Horizon, Weight: 1, Unserved: make([]model.Seconds, 4), Exposure: make([]model.Seconds, 2)}
		at := model.Seconds(0)
		for at += model.Seconds(r.ExpFloat64()) * model.Year; at < plan.Horizon; at += model.Seconds(r.ExpFloat64()) * model.Year {
			a := model.Outage{Journey: int32(r.IntN(4)), Start: at, Initiator: model.Element(r.IntN(12)), Detected: at}
			length := min(model.Seconds(math.Exp(8+4*r.NormFloat64())), 3*model.Year)
			a.End = at + length
			for ph := model.Detection; ph < model.NumPhases; ph++ {
				a.Phases[ph] = a.Down(o.Horizon) / model.Seconds(model.NumPhases-1)
			}
			o.Unserved[a.Journey] += a.Down(o.Horizon)
			o.Outages = append(o.Outages, a)
			o.Losses = append(o.Losses, model.Loss{Service: 0, At: at, Seconds: length / 100, Transactions: 1e9, Total: r.IntN(20) == 0})
			at = a.End
		}
		study.Add(o)
	}
	return Build(study.Summary(), Provenance{Version: "v0.1.0", Seed: math.MaxUint64, InputName: "platform.yaml", Runs: 60, Planned: 60, Horizon: plan.Horizon})
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s changed (go test -update rewrites it); got:\n%s", name, got)
	}
}

func TestTextGolden(t *testing.T) {
	for name, d := range map[string]*Document{"shop.txt": document(400, 2.5), "quiet.txt": document(400, 0), "single.txt": document(1, 2.5), "empty.txt": document(0, 0)} {
		var b bytes.Buffer
		if err := Text(&b, d, TextStyle{Width: 120}); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

// TestPictures draws every picture of several documents. With PICTURES set to a folder, it keeps them.
func TestPictures(t *testing.T) {
	dir := os.Getenv("PICTURES")
	if dir == "" {
		dir = t.TempDir()
	}
	for name, d := range map[string]*Document{"shop": document(400, 2.5), "quiet": document(400, 0), "single": document(1, 2.5), "rare": document(400, .01), "empty": document(0, 0), "crowded": crowded()} {
		for _, f := range Files(d) {
			var b, again bytes.Buffer
			if err := f.Write(&b); err != nil {
				t.Fatalf("%s %s: %v", name, f.Name, err)
			}
			if err := os.WriteFile(filepath.Join(dir, name+"-"+f.Name), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := f.Write(&again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
				t.Errorf("%s %s: two writings differ (%v)", name, f.Name, err)
			}
		}
	}
}

func write(t *testing.T, d *Document, name string) []byte {
	t.Helper()
	for _, f := range Files(d) {
		if f.Name == name {
			var b bytes.Buffer
			if err := f.Write(&b); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
	}
	t.Fatalf("no file %s", name)
	return nil
}

func TestFilesGolden(t *testing.T) {
	d := document(20, 2.5)
	for _, name := range []string{"summary.json", "metrics.csv", "outages.csv", "losses.csv"} {
		golden(t, name, write(t, d, name))
	}
	golden(t, "quiet.json", write(t, document(20, 0), "summary.json"))
}

func TestJSONIsValid(t *testing.T) {
	for _, d := range []*Document{document(0, 0), document(1, 0), document(1, 3), document(50, 1)} {
		var v struct {
			FormatVersion int `json:"format_version"`
			Metrics       []struct{ Name string }
		}
		if err := json.Unmarshal(write(t, d, "summary.json"), &v); err != nil || v.FormatVersion != FormatVersion {
			t.Errorf("%v, version %d", err, v.FormatVersion)
		}
	}
}

// A table that is not whole says so, in text and in JSON, and where it ends.
func TestTablesTellWhatIsLeftOut(t *testing.T) {
	d := document(20, 2.5)
	d.Summary.Outages.Seen = 1_000_000 + int64(d.Summary.Outages.Len())
	var text bytes.Buffer
	if err := Text(&text, d, TextStyle{}); err != nil {
		t.Fatal(err)
	}
	n := d.Summary.Outages.Len()
	want := fmt.Sprintf("outages.csv has %d of 1 000 0%d rows, those of the first 20 replications; --rows all writes all\n", n, n)
	if !bytes.Contains(text.Bytes(), []byte(want)) || bytes.Contains(text.Bytes(), []byte("losses.csv has")) {
		t.Errorf("want %q alone in:\n%s", want, text.Bytes())
	}
	var v struct {
		Tables []struct {
			File                   string
			Rows, Of, Replications int
		}
	}
	if err := json.Unmarshal(write(t, d, "summary.json"), &v); err != nil || len(v.Tables) != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	if o := v.Tables[0]; o.File != "outages.csv" || o.Rows != n || o.Of != 1_000_000+n || o.Replications != 20 {
		t.Errorf("%+v", o)
	}
}

func TestTimesInTables(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{moment(12345678.123456), "12345678.123"}, {moment(.0004), "0"}, {moment(60), "60"}, {moment(model.Never), ""},
		{length(90.9964423), "90.996"}, {length(.0204567891), "0.020457"}, {length(0), "0"}, {length(1e-9), "0"}, {length(3600), "3600"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Every row of outages.csv must split into phases that sum to its downtime.
func TestOutagesAddUp(t *testing.T) {
	d := document(50, 3)
	records, err := csv.NewReader(bytes.NewReader(write(t, d, "outages.csv"))).ReadAll()
	if err != nil || len(records) != d.Summary.Outages.Len()+1 {
		t.Fatalf("%d records: %v", len(records), err)
	}
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, r := range records[1:] {
		sum := 0.0
		for _, cell := range r[8 : len(r)-6] {
			sum += number(cell)
		}
		if down := number(r[5]); math.Abs(sum-down) > .0005*float64(len(r)) {
			t.Fatalf("phases sum to %v, downtime is %v", sum, down)
		}
	}
}

func TestColour(t *testing.T) {
	var plain, coloured bytes.Buffer
	d := document(30, 2.5)
	if err := errors.Join(Text(&plain, d, TextStyle{}), Text(&coloured, d, TextStyle{Color: true})); err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(coloured.String(), "")
	if bare != plain.String() || coloured.Len() == plain.Len() {
		t.Error("colour changes more than colour")
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{number(0), "0"}, {number(math.NaN()), "–"}, {number(math.Inf(1)), "∞"}, {number(1234567), "1 234 567"},
		{number(2.4839), "2.48"}, {number(.0012345), "0.00123"}, {number(1e-7), "1e-07"}, {number(999.7), "1000"},
		{grouped(-1234), "-1 234"}, {share(1), "100 %"}, {share(.0001), "< 0.1 %"}, {share(.9999), "> 99.9 %"},
		{target(.9995), "99.95 %"}, {target(.9999999), "99.99999 %"},
		{availability(analysis.Estimate{Value: .99981, Low: .99978, High: .99984}), "99.981 % [99.978, 99.984]"},
		{availability(analysis.Estimate{Value: .999784, Low: .999781, High: .999787}), "99.9784 % [99.9781, 99.9787]"},
		{availability(analysis.Estimate{Value: .5, Low: .4, High: .6}), "50.00 % [40.00, 60.00]"},
		{availability(analysis.Estimate{Value: .99999, Low: .99999, High: 1, Bound: true}), "> 99.9990 %"},
		{nines(analysis.Estimate{Value: .999, Low: .999, High: 1, Bound: true}), "> 3.0"},
		{plainPercent(.9999999, 2), "99.99"}, {spoken(0), "0"}, {spoken(90), "1.5 min"}, {spoken(3600), "1 h"},
		{slug("a/b ü"), "a-b--"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Never and always are bounds; what was not tried is unknown.
func TestProportion(t *testing.T) {
	of := func(value, low, high float64, bound bool) *analysis.Measured {
		return &analysis.Measured{Stats: []analysis.Stat{{Name: "mean", Estimate: analysis.Estimate{Value: value, Low: low, High: high, Bound: bound}}}}
	}
	for want, m := range map[string]*analysis.Measured{
		"–": of(math.NaN(), 0, 1, true), "< 0.055 %": of(0, 0, .00055, false), "> 99.945 %": of(1, .99945, 1, false), "12.3 %": of(.123, .1, .15, false),
	} {
		if got := proportion(m); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := proportion(nil); got != dash {
		t.Errorf("a metric that does not apply is %q", got)
	}
}

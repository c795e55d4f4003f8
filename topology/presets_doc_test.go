package topology

import (
	"fmt"
	"strings"
	"testing"
)

// kindsOfPresets says where in a file a preset of each kind goes, in the order of the page.
var kindsOfPresets = []struct{ kind, title, text string }{
	{"failover", "Failovers", "`failover: {preset: NAME}`: detection, fencing, decision and activation, and with them `redirect` and `failback`,\n" +
		"unless the file says otherwise. As `detection: {preset: NAME}` each stands for its detection alone."},
	{"detector", "Detectors", "`detection: {preset: NAME}` of a failover, or `health_check: {preset: NAME}`."},
	{"election", "Elections", "`detection: {preset: NAME}` of a service with `policy: quorum`."},
	{"replication", "Replication", "`data: {replication: {preset: NAME}}`."},
	{"software", "Software", "`software: {preset: NAME}`."},
	{"managed", "Services run by somebody else", "`{managed: true, preset: NAME}`."},
	{"node", "Nodes", "`nodes: {NODE: {preset: NAME}}`."},
	{"disk", "Disks", "`nodes.NODE.disks: {preset: NAME}`."},
	{"parts", "Spare parts", "`operations: {spare_parts: {preset: NAME}}`."},
	{"device", "Devices", "`devices`, and `tor` and `pdu` of a rack."},
	{"link", "Links", "`links`."},
	{"place", "Places", "`regions` and `zones`."},
}

const presetsIntro = `# Presets

<!-- Written by go test ./topology -update, from topology/presets. -->

A preset is a named set of values with a source. Any of its values can be said otherwise beside it. Presets of
products have the parameters of the product, under its own names and with its own defaults: what they mean for a
failover is worked out from them.

` + "```yaml" + `
apiVersion: ftsim/v1
nodes: {a: , b: , etcd-1: , etcd-2: , etcd-3: }
services:
  dcs: {replicas: [etcd-*], policy: quorum, detection: {preset: etcd}}
  db:
    replicas: [a, b]
    policy: hot
    coordinator: dcs
    failover: {preset: patroni, ttl: 20s, loop_wait: 5s, retry_timeout: 5s, promote: {p50: 3s, p95: 10s}}
` + "```" + `

A parameter whose name tells its unit may be a bare number, as in ` + "`electionTimeoutMillis: 5000`" + `; all others have
one. A failover with fencing by a lease needs a ` + "`coordinator`" + `. How the presets fare against what is documented and
measured of the products is in [reality-checks.md](reality-checks.md).

Every preset carries the evidence for its values, and a mark for each value that rests on something else;
` + "`ftsim list presets` and `ftsim explain`" + ` print them.

`

// The page of presets says what the catalogue says.
func TestPresetsAreDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString(presetsIntro + "| Label | |\n|---|---|\n")
	for _, e := range Evidence {
		fmt.Fprintf(&b, "| %s | %s |\n", e.Label, e.Meaning)
	}
	shown := 0
	for _, k := range kindsOfPresets {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", k.title, k.text)
		shown += presetTable(&b, k.kind)
	}
	if shown != len(Presets()) {
		t.Errorf("%d of %d presets are on the page: a kind is missing", shown, len(Presets()))
	}
	upToDate(t, "../docs/presets.md", b.String())
}

func presetTable(b *strings.Builder, kind string) (rows int) {
	b.WriteString("| Preset | Evidence | Parameters | Source |\n|---|---|---|---|\n")
	for _, p := range Presets() {
		if p.Kind != kind {
			continue
		}
		var options []string
		for _, o := range p.Parameters {
			options = append(options, "`"+o.Name+": "+o.Default+"`")
		}
		help := p.Help
		if p.Policy != "" && p.Policy != "hot" {
			help += " (`policy: " + p.Policy + "`)"
		}
		fmt.Fprintf(b, "| `%s`: %s | %s | %s | %s (%s) |\n", p.Name, help, p.Labels(), strings.Join(options, ", "), p.Source, p.Version)
		rows++
	}
	return rows
}

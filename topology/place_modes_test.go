package topology

import (
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// placeText is a file with one zone and one node.
func placeText(zone, node string) string {
	return "apiVersion: ftsim/v1\ntopology: {regions: {eu: {zones: {za: " + zone + "}}}}\nnodes: {a: " + node + "}\nservices:\n  db: {replicas: [a], policy: active-active}\n"
}

// A place has one usual mode, whoever says it, and what a file says of a mode goes before what a preset says of it,
// beside `modes` or in it.
func TestUsualModes(t *testing.T) {
	for _, c := range []struct {
		zone, node string
		at         int // 0 = the zone, 1 = the node
		kind       model.FaultMode
		mean       model.Seconds
	}{
		{"{preset: zone-outage, mtbf: 5y}", "{zone: za, mtbf: never}", 0, model.PowerLoss, 5 * model.Year},
		{"{preset: zone-outage, mode: crash}", "{zone: za, mtbf: never}", 0, model.Crash, 10 * model.Year},
		{"{preset: zone-outage, modes: {power-loss: {mtbf: 7y}}}", "{zone: za, mtbf: never}", 0, model.PowerLoss, 7 * model.Year},
		{"{preset: site-loss, mtbf: 100y}", "{zone: za, mtbf: never}", 0, model.MediaLoss, 100 * model.Year},
		{"{mtbf: 3y}", "{zone: za, mtbf: never}", 0, model.Crash, 3 * model.Year},
		{"{mode: power-loss, mtbf: 3y}", "{zone: za, mtbf: never}", 0, model.PowerLoss, 3 * model.Year},
		{"{mode: media-loss, modes: {media-loss: {mtbf: 3y}}}", "{zone: za, mtbf: never}", 0, model.MediaLoss, 3 * model.Year},
		{"{mtbf: never}", "{zone: za, preset: vm, modes: {os-crash: {mtbf: 5y}}}", 1, model.OSCrash, 5 * model.Year},
		{"{mtbf: never}", "{zone: za, preset: vm, mtbf: 4y}", 1, model.OSCrash, 4 * model.Year},
	} {
		loaded, err := Load("test.yaml", []byte(placeText(c.zone, c.node)))
		if err != nil {
			t.Errorf("%s, %s: %v", c.zone, c.node, err)
			continue
		}
		name := []string{"za", "a"}[c.at]
		for _, x := range loaded.System.Components {
			if x.Name == name && (len(x.Modes) != 1 || x.Modes[0].Kind != c.kind || x.Modes[0].Life.Mean() != c.mean) {
				t.Errorf("%s, %s: modes %+v, want one %v with a mean of %v", c.zone, c.node, x.Modes, c.kind, c.mean)
			}
		}
	}
	for text, want := range map[string]string{
		placeText("{mode: power-loss}", "{zone: za}"):                                  "how often that happens is missing",
		placeText("{mode: hang, mtbf: 1y}", "{zone: za}"):                              "mode",
		placeText("{mtbf: 1y}", "{zone: za, mtbf: 1y, modes: {os-crash: {mtbf: 2y}}}"): "mtbf is that of os-crash already",
	} {
		if _, err := Load("test.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot %v, want something about %q", text, err, want)
		}
	}
}

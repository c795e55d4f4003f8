package topology

import (
	"strings"

	"github.com/ftsim/ftsim/model"
)

// Setting is one value in effect, and where it comes from.
type Setting struct {
	Path   string // services.db.failover.promote
	Value  string
	Source string    // "file", "default" or "preset NAME"
	At     model.Pos // of the value if it is in the file, else of what it belongs to
}

const presetPrefix = "preset "

// set records the value of key; n is where it was read, or nil if it is a default.
func (m *mapping) set(key, value string, n *node) {
	s := Setting{Path: m.path + "." + key, Value: clip(value), Source: "file", At: m.origin.at()}
	if isUncertain(n) {
		if x, err := model.ParseSeconds(value); err == nil {
			s.Value = x.Round()
		}
		s.Value += ", the median of " + n.parts[1].flow()
	}
	switch {
	case n == nil:
		s.Source = "default"
		m.d.witness.defaults(m, key, value)
	case strings.HasPrefix(n.at().File, presetPrefix):
		s.Source = n.at().File
	default:
		s.At = n.at()
	}
	m.d.settings = append(m.d.settings, s)
}

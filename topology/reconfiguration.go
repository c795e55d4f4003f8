package topology

import (
	"slices"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

var meanwhiles = []string{model.AsEver.String(), model.RepairsOnly.String(), model.Frozen.String()}

// meanwhile reads what happens to the replicas while a service changes.
func (s *service) meanwhile(m *mapping) {
	if m.has("meanwhile") {
		s.s.Meanwhile = model.Meanwhile(max(0, slices.Index(meanwhiles, m.word("meanwhile", meanwhiles, ""))))
	}
}

// reconfiguration reads what the replicas of an active-active service do when they have lost one.
func (b *builder) reconfiguration(s *service) {
	m := s.m.sub("reconfiguration", s.m.where+": reconfiguration")
	if m == nil {
		return
	}
	x := &model.Reconfiguration{Takes: failures.Fixed(0)}
	if m.need("takes", "write for example takes: {p50: 20s, p95: 60s}") != nil {
		x.Takes = m.law("takes", steady, x.Takes)
	}
	x.Success = m.share("success", 1)
	if x.Success < 1 {
		x.Otherwise = m.law("otherwise", random, quantiles(5*model.Minute, 20*model.Minute))
	} else if m.own("otherwise") {
		m.law("otherwise", random, nil)
		b.d.fault(m.keyNode("otherwise", m.origin), "write for example success: 95%", "%s: it always succeeds", m.where)
	}
	s.meanwhile(m)
	m.done()
	s.s.Reconfiguration = x
	if len(s.hosts) == 1 && !s.unsure {
		b.d.fault(m.origin, "", "%s: there is nobody left to go on", m.where)
	}
}

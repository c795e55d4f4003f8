package engine

import "github.com/ftsim/ftsim/model"

// This file is what the naive twin knows of active-active stores whose writes must reach several members.

// tooFew tells whether clients at a site (none: who reach everybody) reach fewer members than a write must.
func (t *twin) tooFew(s *twinService, site int32) bool {
	if _, leaderless := s.Policy.(model.Leaderless); s.Store == nil || s.style != model.Shared || leaderless || len(s.members) == 1 {
		return false
	}
	reached, must := 0, 0
	for _, m := range s.members {
		if m.up && t.reaches(site, t.site(m)) {
			reached++
		}
	}
	switch s.Store.Mode {
	case model.Sync:
		must = max(2, s.Store.Acks+1)
	case model.QuorumSync:
		must = len(s.members)/2 + 1
	}
	return reached < must
}

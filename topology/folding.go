package topology

import (
	"regexp"

	"github.com/ftsim/ftsim/model"
)

// folding leaves one of the problems that all the elements which for_each makes of one have in one place.
type folding struct {
	within map[model.Pos]bool // nil if nothing is repeated
	more   map[alike]int      // of those that were left out
}

// alike is what problems have in common that differ in names only.
type alike struct {
	at   model.Pos
	what string
}

var namesIn = regexp.MustCompile(`"[^"]*"`)

// kin is what p has in common with others; false if it stands alone.
func (f *folding) kin(p *model.Problem) (alike, bool) {
	if f == nil || !f.within[p.At] {
		return alike{}, false
	}
	return alike{p.At, namesIn.ReplaceAllString(p.What, "")}, true
}

// again tells whether a problem has been there before, and counts it then.
func (f *folding) again(p *model.Problem) bool {
	kin, ok := f.kin(p)
	if !ok {
		return false
	}
	n, before := f.more[kin]
	if before {
		n++
	}
	f.more[kin] = n
	return before
}

// folded drops what is there twice, and says of the rest how many there are.
func (f *folding) folded(ps model.Problems) model.Problems {
	if f == nil || len(f.within) == 0 {
		return ps
	}
	out := make(model.Problems, 0, len(ps))
	kept := map[alike]bool{}
	for i := range ps {
		p := ps[i]
		kin, ok := f.kin(&p)
		if ok && kept[kin] {
			f.more[kin]++
			continue
		}
		if kept[kin] = true; ok && f.more[kin] == 0 {
			f.more[kin] = 0
		}
		out = append(out, p)
	}
	for i := range out {
		if kin, ok := f.kin(&out[i]); ok && f.more[kin] > 0 {
			out[i].What += " (and " + itoa(f.more[kin]) + " more that for_each makes)"
		}
	}
	return out
}

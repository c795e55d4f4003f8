package analysis

import "github.com/ftsim/ftsim/model"

// maySplit tells whether two sides of a partition may both take writes of a service's data: several members have
// it, none of which needs the consent of a majority for every write.
func maySplit(sys *model.System, s *model.Service) bool {
	return s.Store != nil && len(s.Members) > 1 && len(sys.Network.Sites) > 0 && s.Store.Mode != model.Unreplicated && s.Policy.Style() != model.Majority
}

func eachSplit(o *model.Outcome, service int, f func(*model.Split)) {
	for i := range o.Splits {
		if int(o.Splits[i].Service) == service {
			f(&o.Splits[i])
		}
	}
}

func (v *lens) splitBrains(dst []float64, o *model.Outcome, s int) []float64 {
	n := 0.0
	eachSplit(o, s, func(*model.Split) { n++ })
	return append(dst, n)
}

func (v *lens) splitWrites(dst []float64, o *model.Outcome, s int) []float64 {
	sum := 0.0
	eachSplit(o, s, func(x *model.Split) { sum += x.Other })
	return append(dst, sum*float64(model.Year/o.Horizon))
}

func (v *lens) suspect(dst []float64, o *model.Outcome, s int) []float64 {
	if s >= len(o.Suspect) {
		return dst
	}
	return append(dst, float64(o.Suspect[s]/o.Horizon))
}

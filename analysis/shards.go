package analysis

import "github.com/ftsim/ftsim/model"

// shardsOf is what became of the shards of service s.
func shardsOf(o *model.Outcome, s int) model.ShardUse {
	if s >= len(o.Shards) {
		return model.ShardUse{}
	}
	return o.Shards[s]
}

func (v *lens) someUnwritable(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, float64(shardsOf(o, s).Some[model.Write]/o.Horizon))
}

func (v *lens) someUnreadable(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, float64(shardsOf(o, s).Some[model.Read]/o.Horizon))
}

func (v *lens) shardsUnwritable(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, float64(shardsOf(o, s).Share[model.Write]/o.Horizon))
}

func (v *lens) shardsUnreadable(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, float64(shardsOf(o, s).Share[model.Read]/o.Horizon))
}

func (v *lens) shardLosses(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, float64(shardsOf(o, s).Losses))
}

func (v *lens) noShardLost(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, one(shardsOf(o, s).Losses == 0))
}

func (v *lens) shardsLost(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, float64(shardsOf(o, s).Lost)*float64(model.Year/o.Horizon))
}

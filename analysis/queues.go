package analysis

import "github.com/ftsim/ftsim/model"

// queueOf is what became of the messages of service s.
func queueOf(o *model.Outcome, s int) model.QueueUse {
	if s >= len(o.Queues) {
		return model.QueueUse{}
	}
	return o.Queues[s]
}

func (v *lens) messagesRejected(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, queueOf(o, s).Rejected*float64(model.Year/o.Horizon))
}

func (v *lens) messagesDuplicated(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, queueOf(o, s).Duplicated*float64(model.Year/o.Horizon))
}

func (v *lens) messagesLost(dst []float64, o *model.Outcome, s int) []float64 {
	sum := 0.0
	eachLoss(o, s, func(l *model.Loss) { sum += l.Transactions })
	return append(dst, sum*float64(model.Year/o.Horizon))
}

package analysis

import "github.com/ftsim/ftsim/model"

// eachSalvaged tells of the losses of a service of which something came back.
func eachSalvaged(o *model.Outcome, service int, f func(*model.Loss)) {
	eachLoss(o, service, func(l *model.Loss) {
		if l.Salvaged.Seconds > 0 || l.Salvaged.Transactions > 0 {
			f(l)
		}
	})
}

func (v *lens) salvages(dst []float64, o *model.Outcome, s int) []float64 {
	n := 0.0
	eachSalvaged(o, s, func(*model.Loss) { n++ })
	return append(dst, n)
}

func (v *lens) salvagedShare(dst []float64, o *model.Outcome, s int) []float64 {
	back, lost := 0.0, 0.0
	eachLoss(o, s, func(l *model.Loss) { back, lost = back+l.Salvaged.Transactions, lost+l.Transactions })
	return append(dst, back, lost)
}

func (v *lens) salvagedSeconds(dst []float64, o *model.Outcome, s int) []float64 {
	eachSalvaged(o, s, func(l *model.Loss) { dst = append(dst, float64(l.Salvaged.Seconds)) })
	return dst
}

func (v *lens) salvagedTransactions(dst []float64, o *model.Outcome, s int) []float64 {
	eachSalvaged(o, s, func(l *model.Loss) {
		if isCounted(l) {
			dst = append(dst, l.Salvaged.Transactions)
		}
	})
	return dst
}

func (v *lens) salvageTime(dst []float64, o *model.Outcome, s int) []float64 {
	eachSalvaged(o, s, func(l *model.Loss) { dst = append(dst, float64(l.Salvaged.After)) })
	return dst
}

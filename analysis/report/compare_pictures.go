package report

// figures lists the charts of a comparison that have something to show, the same as on its page: the paired differences,
// the years of each journey, and cost against what it buys.
func (d *Compared) figures() (list []figure) {
	if d.Standing.Replications == 0 {
		return nil
	}
	if len(d.reaches()) > 0 {
		list = append(list, figure{name: "compare-differences", make: d.differencePicture})
	}
	journeys := d.journeysEverywhere()
	for _, t := range journeys {
		name := "compare-downtime"
		if len(journeys) > 1 {
			name += "-" + slug(t.name)
		}
		list = append(list, figure{name: name, make: func() *picture { return d.yearPicture(t) }})
	}
	for _, t := range d.trades() {
		list = append(list, figure{name: "compare-" + slug(t.what), make: func() *picture { return d.tradePicture(t) }})
	}
	return list
}

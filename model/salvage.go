package model

// Salvage is what people may get back later of a branch of the history that was given up: what an old primary had
// when another went on without it (R30). What was lost is lost all the same.
type Salvage struct {
	Probability float64      // that something comes back of a branch, 0 to 1
	Share       float64      // of what its holder had kept, 0 to 1
	Takes       Distribution // from when its holder is back in touch with the primary; nil = no time
}

// Salvaged is what came back of a loss within the horizon. The zero Salvaged is nothing.
type Salvaged struct {
	Seconds      Seconds // of the writes lost
	Transactions float64
	After        Seconds // from the loss until then
}

// salvage checks what may come back.
func (c *checker) salvage(x *Service, where string) {
	k := x.Store.Salvage
	switch {
	case k == nil:
	case x.Policy != nil && x.Policy.Style() != Primary || len(x.Members) < 2 || x.Store.Mode == Unreplicated:
		c.fault(x.At, "%s: only where copies stand by for one primary is there an old one with writes that can be salvaged", where)
	case !isShare(k.Probability) || !isShare(k.Share):
		c.fault(x.At, "%s: the probability and the share of what is salvaged must be from 0 to 1", where)
	case k.Takes != nil && !isLength(k.Takes.Mean()):
		c.fault(x.At, "%s: salvage must take a finite time on average", where)
	}
}

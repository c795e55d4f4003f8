package model

// Stress is that some components bear the work of those of them that are down, and age faster meanwhile: the disks of
// a set while it is rebuilt, machines that share a load.
type Stress struct {
	Of     []int32 // components; each in one Stress at most
	Factor float64 // how many times as fast the others age while one or more are down by themselves, 1 to 10⁶
}

// stresses checks who bears what.
func (c *checker) stresses() {
	c.fresh()
	for i := range c.sys.Stresses {
		x := &c.sys.Stresses[i]
		if !(x.Factor >= 1 && x.Factor <= 1e6) {
			c.fault(Pos{}, "stress makes components age %v times as fast; it must be 1 to 1e6", x.Factor)
		}
		for _, k := range x.Of {
			if !c.hasComponent(k) || c.mark(k) {
				c.fault(Pos{}, "component %d, which shares a stress, does not exist or shares two", k)
			}
		}
	}
}

package analysis

// Cluster makes a study take replications for groups whose members resemble each other, as those do that
// share one draw of uncertain parameters. The groups, not the replications, are then what intervals count.
// It must be called before the first Add; EndCluster ends each group.
func (s *Study) Cluster() {
	s.held = make([][][]float64, len(s.cells))
	for i := range s.cells {
		s.held[i] = make([][]float64, len(s.cells[i]))
	}
}

// EndCluster takes in the replications since the last one as a group.
func (s *Study) EndCluster() {
	if s.open == 0 {
		return
	}
	s.open = 0
	s.closeData()
	for i := range s.metrics {
		method := s.metrics[i].Method
		for t, a := range s.cells[i] {
			if a != nil {
				a.take(method, together(method, s.held[i][t]))
				s.held[i][t] = s.held[i][t][:0]
			}
		}
	}
}

// together turns the observations of some replications into those of one: means are averaged, counts and
// the parts of ratios added; single observations stay single. It reuses values.
func together(m Method, values []float64) []float64 {
	if len(values) == 0 {
		return values
	}
	switch m {
	case Mean, Rate:
		sum := 0.0
		for _, x := range values {
			sum += x
		}
		if m == Mean {
			sum /= float64(len(values))
		}
		return append(values[:0], sum)
	case Ratio, Quotient:
		over, under := 0.0, 0.0
		for i := 0; i+1 < len(values); i += 2 {
			over, under = over+values[i], under+values[i+1]
		}
		return append(values[:0], over, under)
	}
	return values
}

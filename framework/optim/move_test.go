package optim

// move makes a step at a rate.
func (a *Adam) move(theta, grad []float64, rate float64) {
	a.Schedule = Constant(rate)
	a.StepPart(theta, along(grad), 1, 0, len(theta))
}

func (s *SGD) move(theta, grad []float64, rate float64) {
	s.Schedule = Constant(rate)
	s.StepPart(theta, along(grad), 1, 0, len(theta))
}

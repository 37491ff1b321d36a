//go:build !cgo || purego

package lanes

func logDet(logAbs, sign []float64, n int, a []float64) { plain[float64](nil, logAbs, sign, n, a) }

func invert(inverse, logAbs, sign []float64, n int, a []float64) {
	plain[float64](inverse, logAbs, sign, n, a)
}

func logDetComplex(logAbs, phase []float64, n int, a []float64) {
	plain[complex128](nil, logAbs, phase, n, a)
}

func invertComplex(inverse, logAbs, phase []float64, n int, a []float64) {
	plain[complex128](inverse, logAbs, phase, n, a)
}

func (s *Slater) waves(k, z []float64) { s.plainWaves(k, z) }

func (s *Slater) gradient(gradient, trace, k, jac []float64) {
	s.plainGradient(gradient, trace, k, jac)
}

func logDetSeries(first, second []float64, n int, inverse, series, work []float64) {
	plainSeries(first, second, n, inverse, series)
}

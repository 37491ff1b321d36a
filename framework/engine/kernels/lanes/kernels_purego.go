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

func waves(phi []float64, n, m, d int, k, z, _ []float64) { plainWaves(phi, n, m, d, k, z) }

func (s *Slater) gradient(logAbs, phase, gradient, trace, k, metric []float64) {
	s.plainGradient(logAbs, phase, gradient, trace, k, metric)
}

func metricOf(metric []float64, n int, jac []float64) { plainMetric(metric, n, jac) }

func quadratic(sum []float64, n int, g, b, metric []float64) { plainQuadratic(sum, n, g, b, metric) }

func logDetSeries(first, second []float64, n int, inverse, series, work []float64) {
	plainSeries(first, second, n, inverse, series)
}

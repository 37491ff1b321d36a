package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// magnetization is that per site, of spins or of a field,
//
//	< m >,   m(x) = 1/N sum_i x_i.
//
// It is zero where x -> -x is a symmetry of the energy.
func magnetization() core.Part {
	const long = "magnetization per site"
	m := manifest("magnetization", long+" <m>", van, onSites...)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			e := newOfConfiguration(m, s, long, false, perSite)
			e.reference = oddVanishes(s)
			return e, nil
		},
	}
}

// onSites are the spaces that have one number per site.
var onSites = []core.SpaceKind{core.Spins, core.Field}

// perSite is m(x).
func perSite(x []float64) float64 { return sum(x) / float64(len(x)) }

// sum adds up x, in an order that makes no difference to spins; four at a time,
// because an addition waits for the one before it.
func sum(x []float64) float64 {
	var a, b, c, d float64
	for len(x) >= 4 {
		a += x[0]
		b += x[1]
		c += x[2]
		d += x[3]
		x = x[4:]
	}
	for _, v := range x {
		a += v
	}
	return a + b + c + d
}

// squares adds up x^2.
func squares(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return sum
}

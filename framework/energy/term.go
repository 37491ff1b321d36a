package energy

// Term is one term of a potential, a function of each configuration by itself. Add is
// called from several goroutines at once.
type Term interface {
	// Add adds the term at the len(e) configurations in x to e, and its derivative by
	// x to slope, as long as x, unless slope is nil. Configuration i of size numbers,
	// size = len(x)/len(e), is x[i*size : (i+1)*size]. +Inf is a forbidden
	// configuration, whose slope does not matter.
	Add(e, slope, x []float64)
}

// Sum is the function sum_k terms_k(x) for [NewSmooth], added in the order given.
func Sum(terms ...Term) func(e, slope, x []float64) {
	return func(e, slope, x []float64) {
		clear(e)
		clear(slope)
		for _, t := range terms {
			t.Add(e, slope, x)
		}
	}
}

// Each calls f with one configuration after the other, and adds the value that it
// returns to the configuration's element of e: the loop of a [Term] that looks at one
// configuration at a time. f adds its derivative to slope unless that is nil.
func Each(e, slope, x []float64, f func(slope, x []float64) float64) {
	size := len(x) / len(e)
	for i := range e {
		var s []float64
		if slope != nil {
			s = slope[i*size : (i+1)*size]
		}
		e[i] += f(s, x[i*size:(i+1)*size])
	}
}

// Harmonic is a trap at the origin,
//
//	E(x) = k/2 sum_j x_j^2,   dE/dx_j = k x_j.
type Harmonic struct {
	Stiffness float64 // k, in the energy's units over the square of the unit of x
}

// Add is Term's Add.
func (h Harmonic) Add(e, slope, x []float64) {
	for j := range slope {
		slope[j] += h.Stiffness * x[j]
	}
	Each(e, nil, x, func(_, x []float64) float64 {
		sum := 0.0
		for _, v := range x {
			sum += h.Stiffness / 2 * v * v
		}
		return sum
	})
}

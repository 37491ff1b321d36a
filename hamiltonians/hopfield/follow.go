package hopfield

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
)

// overlaps follow a configuration by o_mu = xi_mu . s. With d = to - s_i, o_mu changes by
// xi_mu,i d, and the energy by
//
//	-1/(2N) sum_mu (2 o_mu xi_mu,i d + d^2).
type overlaps struct {
	xi patterns
	x  []float64
	o  []float64
}

func (xi patterns) follow() core.Follower { return &overlaps{xi: xi, o: make([]float64, len(xi))} }

// Start implements core.Follower.
func (f *overlaps) Start(x []float64) {
	f.x = x
	for mu, pattern := range f.xi {
		f.o[mu] = energy.Dot(pattern, x)
	}
}

// Change implements core.Follower.
func (f *overlaps) Change(i int, to float64) float64 {
	d, sum := to-f.x[i], 0.0
	for mu, pattern := range f.xi {
		sum += 2*f.o[mu]*pattern[i] + d
	}
	return -d * sum / float64(2*len(f.x))
}

// Set implements core.Follower.
func (f *overlaps) Set(i int, to float64) {
	d := to - f.x[i]
	for mu, pattern := range f.xi {
		f.o[mu] += pattern[i] * d
	}
	f.x[i] = to
}

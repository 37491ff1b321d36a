package ising

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// solver chooses the exact solution of l, nil if none is within about two
// seconds. Enumeration comes first because it also knows the magnetisation.
func (l lattice) solver() exact.Solver {
	switch {
	case l.lx*l.ly <= exact.MaxSites:
		return l.enumerate
	case l.j == 0:
		return l.free
	case l.solvedByKaufman():
		return l.kaufman
	case newTransfer(l).affordable():
		return newTransfer(l).solve
	}
	return nil
}

// solvedByKaufman tells whether l is the ferromagnet on a torus without field
// or equal to it: turning over one of two sublattices changes the sign of J,
// and there are two when both lengths are even.
func (l lattice) solvedByKaufman() bool {
	return l.periodic && !l.triangular && l.field == 0 && (l.j > 0 || l.j < 0 && l.lx%2 == 0 && l.ly%2 == 0)
}

// free spins in a field: Z exp(-beta N |h|) = [1 + exp(-2 beta |h|)]^N, and
// <s> = tanh(beta h).
func (l lattice) free(beta float64) (core.Exact, error) {
	n, h := float64(l.lx*l.ly), math.Abs(l.field)
	x := 0.0
	if h > 0 {
		x = beta * h
	}
	down := 1 / (1 + math.Exp(2*x)) // of a spin, against the field
	// Var E = 4 h^2 p (1-p) of each spin, where x^2 p may be Inf 0.
	spread := 2 * math.Sqrt(down*(1-down))
	if spread > 0 {
		spread *= x
	}
	sum := exact.Partition{
		Lowest:       -n * h,
		LogW:         n * math.Log1p(math.Exp(-2*x)),
		Excess:       n * 2 * h * down,
		HeatCapacity: n * spread * spread,
	}
	return sum.Discrete(beta, "free spins"), nil
}

// kaufman also takes beta = +Inf.
func (l lattice) kaufman(beta float64) (core.Exact, error) {
	j := math.Abs(l.j)
	lnW := kaufman(beta*j, l.lx, l.ly)
	// ln W is a function of K = beta J: <E> - E_0 = -J d ln W/dK and
	// Var E = J^2 d^2 ln W/dK^2, which is 0 long before K^2 overflows.
	spread := math.Sqrt(max(0, lnW.dd))
	if spread > 0 {
		spread *= beta * j
	}
	sum := exact.Partition{Lowest: -2 * j * float64(l.lx*l.ly), LogW: lnW.v, Excess: -j * lnW.d, HeatCapacity: spread * spread}
	return sum.Discrete(beta, "Kaufman 1949, finite periodic lattice"), nil
}

func (l lattice) enumerate(beta float64) (core.Exact, error) {
	n := l.lx * l.ly
	p := exact.Pairs{N: n, J: make([]float64, n*n), H: make([]float64, n)}
	l.eachBond(func(i, j int) {
		if i == j {
			p.Offset -= l.j
			return
		}
		p.J[i*n+j] += l.j
		p.J[j*n+i] += l.j
	})
	for i := range p.H {
		p.H[i] = l.field
	}
	return exact.Enumerate(beta, p), nil
}

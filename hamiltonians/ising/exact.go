package ising

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/exact"
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

// free spins in a field: ln Z = N ln 2 cosh(beta h), <s> = tanh(beta h).
func (l lattice) free(beta float64) (core.Exact, error) {
	n, x := float64(l.lx*l.ly), beta*l.field
	lnZ := math.Abs(x) + math.Log1p(math.Exp(-2*math.Abs(x)))
	spread := l.field / math.Cosh(x) // standard deviation of one spin's energy
	return exact.Values(beta, n*lnZ, -n*l.field*math.Tanh(x), n*spread*spread, "free spins"), nil
}

func (l lattice) kaufman(beta float64) (core.Exact, error) {
	j := math.Abs(l.j)
	lnZ := kaufman(beta*j, l.lx, l.ly)
	// ln Z is a function of K = beta J: <E> = -J d ln Z/dK, Var E = J^2 d^2 ln Z/dK^2.
	return exact.Values(beta, lnZ.v, -j*lnZ.d, j*j*lnZ.dd, "Kaufman 1949, finite periodic lattice"), nil
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

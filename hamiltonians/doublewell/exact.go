package doublewell

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/exact"
)

// The potential V along x is stationary at the roots of x^3 + p x + q,
// p = b/(2a), q = c/(4a), of which there are three where 4 p^3 + 27 q^2 < 0
// (F. Viete, 1591):
//
//	x_k = 2 sqrt(-p/3) cos[ (t - 2 pi k)/3 ],   cos t = 3q/(2p) sqrt(-3/p),   k = 0, 1, 2.
//
// x_0 is the right minimum, x_1 the maximum between the wells and x_2 the left
// minimum.

// well is the stretch of x that one minimum holds.
type well struct{ left, minimum, right float64 }

// wells lists them from left to right.
func (c Config) wells() []well {
	p, q := c.B/(2*c.A), c.C/(4*c.A)
	if 4*p*p*p+27*q*q >= 0 {
		return []well{{math.Inf(-1), single(p, q), math.Inf(1)}}
	}
	angle := math.Acos(max(-1, min(1, 3*q/(2*p)*math.Sqrt(-3/p))))
	root := func(k float64) float64 { return 2 * math.Sqrt(-p/3) * math.Cos((angle-2*math.Pi*k)/3) }
	return []well{{math.Inf(-1), root(2), root(1)}, {root(1), root(0), math.Inf(1)}}
}

// single is the root of x^3 + p x + q where there is one (G. Cardano, 1545):
// x = u - p/(3u), u^3 = -q/2 -+ sqrt(q^2/4 + p^3/27). Where p > 0 is large it
// loses digits, which a place to integrate from can spare.
func single(p, q float64) float64 {
	root := math.Sqrt(max(0, q*q/4+p*p*p/27))
	u := math.Cbrt(-q/2 - math.Copysign(root, q))
	if u == 0 {
		return 0
	}
	return u - p/(3*u)
}

// half is the integrals over x < 0 and over x > 0.
type half struct{ left, right exact.Accumulator }

// integrate adds that over the interval between two points.
func (h *half) integrate(from, to float64, at func(x float64) (lnw, e float64)) {
	switch {
	case from < 0 && to > 0:
		h.left.Integrate(from, 0, at)
		h.right.Integrate(0, to, at)
	case from < 0:
		h.left.Integrate(from, to, at)
	default:
		h.right.Integrate(from, to, at)
	}
}

// solve integrates over each well outwards from its minimum; the y are free
// modes. With two wells one minimum is left of x = 0 and one right, because the
// roots add up to 0, and the free energies of both sides differ by
// F(right) - F(left) = -T ln(Z_right/Z_left).
func (c Config) solve(beta float64) (core.Exact, error) {
	scaled := func(x float64) float64 { return beta * c.along(x) }
	at := func(x float64) (lnw, e float64) { return -scaled(x), c.along(x) }
	var h half
	wells := c.wells()
	for _, w := range wells {
		h.integrate(exact.Reach(scaled, w.minimum, w.left), w.minimum, at)
		h.integrate(w.minimum, exact.Reach(scaled, w.minimum, w.right), at)
	}
	difference := (h.left.LogSum() - h.right.LogSum()) / beta
	h.left.Merge(h.right)
	var all exact.Classical
	all.Add(&h.left)
	all.AddModes(c.Dimension-1, c.K, beta)
	x := all.Values(beta, "quadrature along x")
	if len(wells) == 2 {
		x.Values["well_free_energy_difference"] = difference
	}
	return x, nil
}

package doublewell

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
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
		return []well{{math.Inf(-1), c.polish(single(p, q)), math.Inf(1)}}
	}
	angle := math.Acos(max(-1, min(1, 3*q/(2*p)*math.Sqrt(-3/p))))
	root := func(k float64) float64 { return 2 * math.Sqrt(-p/3) * math.Cos((angle-2*math.Pi*k)/3) }
	return []well{{math.Inf(-1), c.polish(root(2)), root(1)}, {root(1), c.polish(root(0)), math.Inf(1)}}
}

// polish improves a minimum of V by Newton's method, to all its digits.
func (c Config) polish(x float64) float64 {
	for range 3 {
		if curvature := 12*c.A*x*x + 2*c.B; curvature > 0 {
			x -= (c.C + x*(2*c.B+4*c.A*x*x)) / curvature
		}
	}
	return x
}

// single is the root of x^3 + p x + q where there is one (G. Cardano, 1545):
// x = u - p/(3u), u^3 = -q/2 -+ sqrt(q^2/4 + p^3/27). Where p > 0 is large it
// loses digits.
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

// integrate adds that over the interval between two points, x = 0 at zero.
func (h *half) integrate(from, to, zero float64, at func(x float64) (lnw, e float64)) {
	switch {
	case from < zero && to > zero:
		h.left.Integrate(from, zero, at)
		h.right.Integrate(zero, to, at)
	case from < zero:
		h.left.Integrate(from, to, at)
	default:
		h.right.Integrate(from, to, at)
	}
}

// solve integrates over each well outwards from its minimum x_k; the y are free
// modes. In u = x - x_k, where V'(x_k) = 0,
//
//	V(x) - V(x_k) = u^2 [6 a x_k^2 + b + 4 a x_k u + a u^2]
//
// has no cancellation, however close to the minimum the density is. With two wells
// one minimum is left of x = 0 and one right, because the roots add up to 0, and
// the free energies of both sides differ by F(right) - F(left) = -T ln(Z_right/Z_left).
func (c Config) solve(beta float64) (core.Exact, error) {
	wells := c.wells()
	var levels exact.Range
	for _, w := range wells {
		levels.Include(c.along(w.minimum))
	}
	var h half
	for _, w := range wells {
		m := w.minimum
		rise := func(u float64) float64 { return beta * (u * u * (6*c.A*m*m + c.B + u*(4*c.A*m+c.A*u))) }
		above := beta * levels.Above(c.along(m))
		at := func(u float64) (lnw, e float64) {
			e = above + rise(u)
			return -e, e
		}
		h.integrate(exact.Reach(rise, 0, w.left-m), 0, -m, at)
		h.integrate(0, exact.Reach(rise, 0, w.right-m), -m, at)
	}
	difference := (h.left.LogSum() - h.right.LogSum()) / beta
	h.left.Merge(h.right)
	all := exact.Partition{Lowest: levels.Lowest}
	all.Add(&h.left, beta)
	all.AddModes(c.Dimension-1, c.K, beta)
	x := all.Values(beta, "quadrature along x")
	if len(wells) == 2 {
		x.Values["well_free_energy_difference"] = difference
	}
	return x, nil
}

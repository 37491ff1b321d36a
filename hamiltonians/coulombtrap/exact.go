package coulombtrap

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// solution is known of free particles, and of two of them.
func (c Config) solution() (known exact.Solution) {
	switch {
	case c.Strength == 0 || c.N == 1:
		known.Solve = c.free
	case c.N == 2:
		known.Solve = c.two
	}
	return known
}

func (c Config) free(beta float64) (core.Exact, error) {
	var all exact.Partition
	all.AddModes(c.N*c.D, 2, beta)
	return c.values(all, beta, "free particles"), nil
}

// two separates the centre u = (x_1 + x_2)/sqrt 2 from v = (x_1 - x_2)/sqrt 2:
//
//	E = |u|^2 + U(|v|),   U(v) = v^2 + g/(sqrt 2 v),
//	Z = (pi/beta)^(d/2) int S_d v^(d-1) exp(-beta U(v)) dv,   S_d = 2 pi^(d/2)/Gamma(d/2).
//
// The integral is taken over t = ln(v/v_0), in which the core at beta g and the
// width of the trap are resolved alike. U is least at v_0 = (g/sqrt 8)^(1/3), and
// U - U(v_0) = v_0^2 (exp(t) - 1)^2 (1 + 2 exp(-t)) has no cancellation, however
// close to the minimum the density is.
func (c Config) two(beta float64) (core.Exact, error) {
	d := float64(c.D)
	v0 := math.Cbrt(c.Strength / math.Sqrt(8))
	reduced := func(t float64) float64 {
		rise := math.Expm1(t)
		return beta * v0 * v0 * (rise * rise) * (1 + 2*math.Exp(-t))
	}
	gamma, _ := math.Lgamma(d / 2)
	area := math.Ln2 + d/2*math.Log(math.Pi) - gamma + d*math.Log(v0)
	at := func(t float64) (lnw, e float64) {
		e = reduced(t)
		return area + d*t - e, e
	}
	var relative exact.Accumulator
	relative.Integrate(exact.Reach(reduced, 0, math.Inf(-1)), 0, at)
	relative.Integrate(0, exact.Reach(reduced, 0, math.Inf(1)), at)
	all := exact.Partition{Lowest: 3 * v0 * v0}
	all.AddModes(c.D, 2, beta)
	all.Add(&relative, beta)
	return c.values(all, beta, "quadrature over the distance"), nil
}

// values adds < sum_i |x_i|^2 > = (< E > + n d/beta)/3 to the thermodynamics:
// the virial theorem with < E > = < sum_i |x_i|^2 > + < V >. Without V it is
// < E > as well.
func (c Config) values(all exact.Partition, beta float64, source string) core.Exact {
	x := all.Values(beta, source)
	x.Values["mean_square_radius"] = (x.Values["energy"] + float64(c.N*c.D)/beta) / 3
	return x
}

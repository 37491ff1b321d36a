package ising

import "math"

// The square lattice of n columns and m rows on a torus, without field
// (B. Kaufman, Phys. Rev. 76, 1232 (1949)). With K = beta J and s = sinh 2K,
//
//	Z = 1/2 (2s)^(mn/2) [ prod_r 2 cosh(m g_2r+1 / 2) + prod_r 2 sinh(m g_2r+1 / 2)
//	                    + prod_r 2 cosh(m g_2r / 2)   + prod_r 2 sinh(m g_2r / 2) ],  r = 0..n-1,
//	cosh g_k = s + 1/s - cos(pi k/n),  g_k > 0 for k > 0,  g_0 = 2K + ln tanh K.
//
// g_0, and with it the fourth product, is negative above the critical
// temperature s = 1.
//
// So that nothing overflows or cancels, each factor 2 cosh(m g/2) is written
// exp(m g/2) (1 + exp(-m g)), each 2 sinh with a minus sign, and the first
// exponential is joined with (2s)^(m/2). The g_k are unchanged by the duality
// s -> 1/s, so with u = min(s, 1/s)
//
//	(2s)^(m/2) exp(m g/2) = max(1,s)^m exp(m D/2),   D = g + ln 2u = ln 2(p + q),
//	p = 1 + u^2 - u cos(pi k/n),   q^2 = p^2 - u^2 = [(1-u)^2 + u w] [1 + u^2 + u w],   w = 1 - cos(pi k/n).

// The result is ln W = ln( Z exp(-2 n m K) ), relative to the energy -2 n m J of
// the ordered states, so that the limit K -> inf, ln 2, does not cancel. Then
// ln max(1,s) - 2K = ln [(1 - exp(-4K))/2] below the critical temperature.

// kaufman returns ln W and its first two derivatives in K > 0, which may be +Inf.
func kaufman(k float64, n, m int) jet {
	c := couplingAt(k)
	var odd, even products
	for r := range n {
		odd.include(c, math.Pi*float64(2*r+1)/float64(n), m)
		if r > 0 {
			even.include(c, math.Pi*float64(2*r)/float64(n), m)
		}
	}
	d0, decay0 := c.zeroMode(m)
	even.log = even.log.plus(d0.times(float64(m) / 2))
	cosh := even.cosh.plus(decay0.log1p()).exp()
	sinh := even.sinh.exp().product(jet{v: 1}.minus(decay0)) // linear, not in logs: it is 0 at s = 1
	if !c.ordered {
		sinh = sinh.times(-1)
	}
	pairs := even.log.minus(odd.log).exp().product(cosh.plus(sinh))
	pairs = pairs.plus(odd.cosh.exp()).plus(odd.sinh.exp())
	return c.lnTop.times(float64(n * m)).plus(odd.log).plus(pairs.log()).shifted(-math.Ln2)
}

// products holds the logarithms of prod_r exp(m D/2), prod_r (1 + exp(-m g))
// and prod_r (1 - exp(-m g)).
type products struct{ log, cosh, sinh jet }

// include multiplies with the factors of the mode with angle pi k/n.
func (p *products) include(c coupling, angle float64, m int) {
	d := c.mode(angle)
	decay := c.decay(d, m)
	p.log = p.log.plus(d.times(float64(m) / 2))
	p.cosh = p.cosh.plus(decay.log1p())
	p.sinh = p.sinh.plus(decay.times(-1).log1p())
}

// coupling is what the modes need of K, with derivatives in K.
type coupling struct {
	k       float64
	ordered bool // s >= 1: at or below the critical temperature
	u       jet  // min(s, 1/s)
	lnTop   jet  // ln max(1, s) - 2K
}

func couplingAt(k float64) coupling {
	if s := math.Sinh(2 * k); s < 1 {
		cosh := math.Sqrt(1 + s*s)
		return coupling{k: k, u: jet{s, 2 * cosh, 4 * s}, lnTop: jet{-2 * k, -2, 0}}
	}
	t := math.Exp(-4 * k)
	u := 2 * math.Exp(-2*k) / (1 - t)
	coth := math.Sqrt(1 + u*u)
	return coupling{
		k: k, ordered: true,
		u:     jet{u, -2 * u * coth, 4 * u * (1 + 2*u*u)},
		lnTop: jet{math.Log1p(-t) - math.Ln2, 2 * u * u / (1 + coth), -4 * u * u},
	}
}

// decay is exp(-m g) = (2u exp(-D))^m.
func (c coupling) decay(d jet, m int) jet {
	return c.u.product(d.times(-1).exp()).times(2).power(m)
}

// mode returns D at an angle other than 0.
func (c coupling) mode(angle float64) jet {
	half := math.Sin(angle / 2)
	w := 2 * half * half
	u, uu := c.u, c.u.product(c.u)
	p := uu.plus(u.times(w - 1)).shifted(1)
	minus := jet{v: 1}.minus(u)
	q := minus.product(minus).plus(u.times(w)).product(uu.plus(u.times(w)).shifted(1)).sqrt()
	return p.plus(q).log().shifted(math.Ln2)
}

// zeroMode returns D and exp(-m |g_0|) at angle 0, where q has a kink at
// s = 1 that mode does not resolve: D = |2K + ln tanh K| + ln 2u is
// 2 ln(1 + exp(-2K)) above the critical temperature, ln 4 minus that below.
func (c coupling) zeroMode(m int) (d, decay jet) {
	t := math.Exp(-2 * c.k)
	f := t / (1 + t)
	d = jet{math.Log1p(t), -2 * f, 4 * f * (1 - f)}.times(2)
	if c.ordered {
		d = d.times(-1).shifted(2 * math.Ln2)
	}
	return d, c.decay(d, m)
}

package thermo

import "math"

// At constant N, volumes V = l^d V' and energies E = e E' may be in units l and e that change from point to
// point, as r_s Bohr radii and Ry/r_s^2 of the electron gas do. With u = ln V, epsilon = d ln e/du and
// lambda = d ln T/du, T = e T', the pressure in the units of a point, P' = P l^d/e, follows from
// dF = -S dT - P dV along the points as
//
//	P' V' = - [ dF'/du + epsilon F' + lambda T' S ].
//
// F' is smooth in u, and for units that are powers of a length epsilon is constant, as lambda is at
// constant T' or constant T. Without such units and at constant T it is P V = -dF/du.

// Line is points along volumes: ln V and ln e in absolute units, and V' and T' in those of the point.
type Line struct{ LogVolume, LogUnit, Volume, Temperature []float64 }

// slope of a smooth function of u that is known exactly.
func (l Line) slope(of func(i int) float64) []float64 {
	exact, d := make([]Value, len(l.Volume)), make([]float64, len(l.Volume))
	for i := range exact {
		exact[i] = Value{Mean: of(i)}
	}
	for i, v := range Derivative(l.LogVolume, exact) {
		d[i] = v.Mean
	}
	return d
}

func (l Line) epsilon() []float64 { return l.slope(func(i int) float64 { return l.LogUnit[i] }) }

// heating is lambda T' = (1/e) dT/du, 0 where T is constant.
func (l Line) heating() []float64 {
	h := l.slope(func(i int) float64 { return l.LogUnit[i] + math.Log(l.Temperature[i]) })
	for i, t := range l.Temperature {
		if h[i] *= t; t == 0 || math.Abs(h[i]) < isothermal*t {
			h[i] = 0
		}
	}
	return h
}

// isothermal is the largest d ln T/d ln V that is taken for rounding.
const isothermal = 1e-8

// Isothermal tells whether the absolute temperature of all points is the same, to rounding.
func (l Line) Isothermal() bool {
	for _, h := range l.heating() {
		if h != 0 {
			return false
		}
	}
	return true
}

// Pressure is P', from F' and S. The errors of the two are taken for independent.
func (l Line) Pressure(f, s []Value) []Value {
	epsilon, heating := l.epsilon(), l.heating()
	lead, factor := make([]float64, len(f)), make([]float64, len(f))
	for i, v := range l.Volume {
		lead[i], factor[i] = -epsilon[i]/v, -1/v
	}
	p := Slopes(l.LogVolume, f, lead, factor)
	for i, v := range l.Volume {
		p[i] = plus(p[i], -heating[i]/v, s[i])
	}
	return p
}

// BulkModulus is K' = -V dP/dV in the units of each point. As P = P' exp(ln e + ln V' - u),
//
//	K' = - [ dP'/du + (epsilon + d ln V'/du - 1) P' ].
//
// It is that at constant T where Isothermal.
func (l Line) BulkModulus(p []Value) []Value {
	epsilon, volume := l.epsilon(), l.slope(func(i int) float64 { return math.Log(l.Volume[i]) })
	lead := make([]float64, len(p))
	for i := range p {
		lead[i] = -(epsilon[i] + volume[i] - 1)
	}
	return Slopes(l.LogVolume, p, lead, all(len(p), -1))
}

// EntropyByDensity is (ds/dn)_T of the densities s = S/V and n = N/V, which by Maxwell is -(dmu/dT)_n,
//
//	(ds/dn)_T = [ S - (dS/du)_T ]/N = [ S - dS/du + lambda T' (dS/dT')_V ]/N,
//
// from S and its derivative byT by the temperature of each point at its volume.
func (l Line) EntropyByDensity(n float64, s, byT []Value) []Value {
	heating := l.heating()
	found := Slopes(l.LogVolume, s, all(len(s), 1/n), all(len(s), -1/n))
	for i := range found {
		found[i] = plus(found[i], heating[i]/n, byT[i])
	}
	return found
}

// GibbsPerParticle is mu = (F + P V)/N of a homogeneous system, with independent errors.
func GibbsPerParticle(n, volume float64, f, p Value) Value {
	return plus(Value{f.Mean / n, f.sigma() / n}, volume/n, p)
}

// plus is a + by b of independent errors; b does not matter where by is 0.
func plus(a Value, by float64, b Value) Value {
	switch {
	case by == 0:
		return a
	case !a.Known() || !b.Known() || by-by != 0:
		return Unknown()
	}
	return Value{a.Mean + by*b.Mean, math.Hypot(a.sigma(), by*b.sigma())}
}

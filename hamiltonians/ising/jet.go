package ising

import "math"

// jet is a function of one variable at a point: its value and its first two
// derivatives, carried through every operation by the chain rule.
type jet struct{ v, d, dd float64 }

func (a jet) plus(b jet) jet        { return jet{a.v + b.v, a.d + b.d, a.dd + b.dd} }
func (a jet) minus(b jet) jet       { return jet{a.v - b.v, a.d - b.d, a.dd - b.dd} }
func (a jet) times(c float64) jet   { return jet{c * a.v, c * a.d, c * a.dd} }
func (a jet) shifted(c float64) jet { return jet{a.v + c, a.d, a.dd} }
func (a jet) product(b jet) jet {
	return jet{a.v * b.v, a.d*b.v + a.v*b.d, a.dd*b.v + 2*a.d*b.d + a.v*b.dd}
}

// through is f(a), given f and its derivatives at a.v.
func (a jet) through(f, d, dd float64) jet { return jet{f, d * a.d, dd*a.d*a.d + d*a.dd} }

func (a jet) exp() jet {
	f := math.Exp(a.v)
	if f == 0 {
		return jet{} // whatever the slopes: they lose against the exponential
	}
	return a.through(f, f, f)
}

func (a jet) log() jet { return a.through(math.Log(a.v), 1/a.v, -1/(a.v*a.v)) }

// power is a^n, n >= 1 and a.v >= 0.
func (a jet) power(n int) jet {
	x := float64(n)
	f, d, dd := math.Pow(a.v, x), x*math.Pow(a.v, x-1), 0.0
	if n > 1 {
		dd = x * (x - 1) * math.Pow(a.v, x-2)
	}
	return a.through(f, d, dd)
}

// log1p is ln(1 + a).
func (a jet) log1p() jet {
	r := 1 / (1 + a.v)
	return a.through(math.Log1p(a.v), r, -r*r)
}

func (a jet) sqrt() jet {
	f := math.Sqrt(a.v)
	return a.through(f, 1/(2*f), -1/(4*a.v*f))
}

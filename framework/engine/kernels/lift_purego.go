//go:build !cgo || purego

package kernels

func liftAdd(s Lift, rates, l, state []float64, pairs []Pair, jet *[5][]float64, n int) {
	for k, pair := range pairs {
		for j := range n {
			m := k*n + j
			one := liftOne{Lift: s, a: int(pair.A) * s.Dim, b: int(pair.B) * s.Dim, rates: rates, state: state, n: n, j: j}
			l[j] += one.add(jet[0][m], jet[1][m], jet[2][m], jet[3][m], jet[4][m])
		}
	}
}

// liftOne is a displacement of configuration j.
type liftOne struct {
	Lift
	a, b         int // their first coordinates; b < 0 if there is none
	rates, state []float64
	n, j         int
}

// get is a difference of two rows of the state, put its reverse.
func (o liftOne) get(a, b int) float64 {
	x := o.state[a*o.n+o.j]
	if o.b >= 0 {
		x -= o.state[b*o.n+o.j]
	}
	return x
}

func (o liftOne) put(a, b int, rate float64) {
	o.rates[a*o.n+o.j] += rate
	if o.b >= 0 {
		o.rates[b*o.n+o.j] -= rate
	}
}

func (o liftOne) add(rho, f, df, d2f, d3f float64) (l float64) {
	d, weight := float64(o.Dim), 1.0
	if o.b >= 0 {
		weight = 2
	}
	var D, LD, JD, MD [3]float64
	var q, s, yy float64
	for c := range o.Dim {
		D[c], LD[c] = o.get(o.a+c, o.b+c), o.get(o.LRow(o.a+c), o.LRow(o.b+c))
		q += D[c] * D[c]
		s += D[c] * LD[c]
	}
	f1 := df / rho
	f2 := (d2f - f1) / (rho * rho)
	f3 := (d3f/rho - 3*f2) / (rho * rho)
	c1, c2 := weight*((d+2)*f1+f2*q), weight*((d+4)*f2+f3*q)
	for p := range o.Size {
		y := 0.0
		for c := range o.Dim {
			JD[c] = o.get(o.JRow(o.a+c, p), o.JRow(o.b+c, p))
			y += D[c] * JD[c]
		}
		for c := range o.Dim {
			s += JD[c] * JD[c]
			MD[c] += JD[c] * y
			o.put(o.JRow(o.a+c, p), o.JRow(o.b+c, p), f*JD[c]+f1*y*D[c])
		}
		yy += y * y
		o.rates[o.GRow(p)*o.n+o.j] += c1 * y
	}
	for c := range o.Dim {
		o.put(o.a+c, o.b+c, f*D[c])
		if o.First {
			continue
		}
		o.put(o.LRow(o.a+c), o.LRow(o.b+c), f*LD[c]+(f1*s+f2*yy)*D[c]+2*f1*MD[c])
	}
	if !o.First {
		o.rates[o.HRow()*o.n+o.j] += c1*s + c2*yy
	}
	return weight * (d*f + f1*q)
}

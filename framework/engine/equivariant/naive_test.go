package equivariant

import "math"

// jet is a number with derivatives j[e][k], e <= 1 times in one direction and k
// <= 2 times in another: a slow and plain way to all derivatives of the map.
type jet [2][3]float64

func (a jet) plus(w float64, b jet) jet {
	for e := range 2 {
		for k := range 3 {
			a[e][k] += w * b[e][k]
		}
	}
	return a
}

func (a jet) times(b jet) (r jet) {
	binomial := [3][3]float64{{1}, {1, 1}, {1, 2, 1}}
	for e := range 2 {
		for e1 := range e + 1 {
			for k := range 3 {
				for k1 := range k + 1 {
					r[e][k] += binomial[k][k1] * a[e1][k1] * b[e-e1][k-k1]
				}
			}
		}
	}
	return r
}

// of is F(a) from the derivatives F, F', F”, F”' at a[0][0]: Taylor's series,
// which ends because a less its value is nilpotent.
func (a jet) of(f ...float64) (r jet) {
	small := a
	small[0][0] = 0
	power := jet{{1}}
	for n, c := range f {
		r = r.plus(c/math.Gamma(float64(n+1)), power)
		power = power.times(small)
	}
	return r
}

func (a jet) softplus() jet {
	x := a[0][0]
	t := 1 / (1 + math.Exp(-x))
	return a.of(math.Log(1+math.Exp(x)), t, t*(1-t), t*(1-t)*(1-2*t))
}

// naive is z of the package's equations, as they stand.
func naive(m *Map, theta []float64, x []jet) []jet {
	p, n, d := m.weights(theta), m.Particles, m.Dim
	f, classes := 2*d+1, 1
	if m.First > 0 {
		classes = 2
	}
	of := func(i, j int) int { // the class of a pair
		if m.First > 0 && (i < m.First) != (j < m.First) {
			return 1
		}
		return 0
	}
	feature := func(i, j int) []jet {
		r := make([]jet, f)
		for a := range d {
			k := 2 * math.Pi / m.Box[a]
			angle := jet{}.plus(k, x[i*d+a]).plus(-k, x[j*d+a])
			s, c := math.Sincos(angle[0][0])
			r[a], r[d+a] = angle.of(c, -s, -c, s), angle.of(s, c, -s, -c)
			half := jet{}.plus(0.5, angle)
			s, c = math.Sincos(half[0][0])
			sine := half.of(s, c, -s, -c)
			r[2*d] = r[2*d].plus(1, sine.times(sine))
		}
		q := r[2*d][0][0]
		r[2*d] = r[2*d].of(math.Sqrt(q), 0.5/math.Sqrt(q), -0.25*math.Pow(q, -1.5), 0.375*math.Pow(q, -2.5))
		return r
	}
	dense := func(w, b []float64, x []jet) []jet {
		y := make([]jet, len(w)/len(x))
		for u := range y {
			if b != nil {
				y[u][0][0] = b[u]
			}
			for k, v := range x {
				y[u] = y[u].plus(w[u*len(x)+k], v)
			}
		}
		return y
	}
	soft := func(x []jet) []jet {
		for u := range x {
			x[u] = x[u].softplus()
		}
		return x
	}
	addTo := func(y []jet, w float64, x []jet) {
		for u := range y {
			y[u] = y[u].plus(w, x[u])
		}
	}
	h, g, mean := make([][]jet, n), make([][]jet, n), make([]jet, m.Width)
	for i := range n {
		features := make([]jet, classes*f)
		g[i] = make([]jet, classes*m.PairWidth)
		for j := range n {
			if i == j {
				continue
			}
			fij, c, w := feature(i, j), of(i, j), m.PairWidth
			addTo(features[c*f:(c+1)*f], 1/float64(n), fij)
			addTo(g[i][c*w:(c+1)*w], 1/float64(n), soft(dense(p.v[c*w*f:(c+1)*w*f], p.c[c*w:(c+1)*w], fij)))
		}
		h[i] = soft(dense(p.w, p.b, features))
		addTo(mean, 1/float64(n), h[i])
	}
	z := make([]jet, len(x))
	for i := range n {
		a := dense(p.w1, p.e, h[i])
		addTo(a, 1, dense(p.w2, nil, mean))
		addTo(a, 1, dense(p.w3, nil, g[i]))
		addTo(h[i], 1, soft(a))
		copy(z[i*d:], x[i*d:(i+1)*d])
		addTo(z[i*d:(i+1)*d], m.Length(), dense(p.o, nil, h[i]))
	}
	return z
}

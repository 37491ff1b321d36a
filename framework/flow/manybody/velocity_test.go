package manybody

import (
	"math"
	"math/rand/v2"
	"testing"
)

// velocity is the package's equation for one configuration, in loops over
// particles.
func (v *Velocity) velocity(x []float64, t float64) (dx []float64, div float64) {
	n, d := len(x)/v.dim, v.dim
	dx = make([]float64, len(x))
	for i := range n {
		for j := -1; j < n; j++ { // -1 stands for the origin
			if j == i {
				continue
			}
			s, square, delta := v.sums[0], 0.0, make([]float64, d)
			if j < 0 {
				s = v.sums[1]
			}
			for a := range d {
				if delta[a] = x[i*d+a]; j >= 0 {
					delta[a] -= x[j*d+a]
				}
				square += delta[a] * delta[a]
			}
			rho := math.Sqrt(square + v.square)
			w, units := s.param.Val, s.f.Units
			f, df := w[0], 0.0
			for h := range units {
				u := w[1+units+h] * (rho - w[1+2*units+h])
				if s.f.Timed {
					u += w[1+3*units+h] * t
				}
				f += w[1+h] * math.Tanh(u)
				df += w[1+h] * w[1+units+h] * math.Pow(math.Cosh(u), -2)
			}
			for a := range d {
				dx[i*d+a] += f * delta[a]
			}
			div += df*square/rho + float64(d)*f
		}
	}
	return dx, div
}

// variants are velocities in 1 to 3 dimensions, with their number of particles.
var variants = map[string]struct {
	particles, dim int
	timed          bool
}{"line": {3, 1, false}, "plane": {3, 2, false}, "timed": {2, 3, true}, "alone": {1, 2, false}}

// random is the velocity of a variant with parameters drawn with deviation sigma,
// and its number of coordinates.
func random(name string, sigma float64) (v *Velocity, size int) {
	c := variants[name]
	v = NewVelocity(c.particles, c.dim, 4, 1, c.timed)
	r := rand.New(rand.NewPCG(3, 4))
	for _, p := range v.Params() {
		for i := range p.Val {
			p.Val[i] = sigma * r.NormFloat64()
		}
	}
	return v, c.particles * c.dim
}

func TestVelocity(t *testing.T) {
	const n = 5
	r := rand.New(rand.NewPCG(1, 2))
	for name := range variants {
		t.Run(name, func(t *testing.T) {
			field, dim := random(name, 1)
			x, v, div, times := make([]float64, dim*n), make([]float64, dim*n), make([]float64, n), make([]float64, n)
			for i := range x {
				x[i] = r.NormFloat64()
			}
			for j := range times {
				times[j] = r.Float64()
			}
			on := field.On(n, 3)
			on.Begin()
			on.Eval(2, v, div, times, x)
			one := make([]float64, dim)
			for j := range n {
				for i := range one {
					one[i] = x[i*n+j]
				}
				want, wantDiv := field.velocity(one, times[j])
				for i := range one {
					if math.Abs(v[i*n+j]-want[i]) > 1e-13*(1+math.Abs(want[i])) {
						t.Errorf("v_%d of configuration %d is %v, want %v", i, j, v[i*n+j], want[i])
					}
				}
				if math.Abs(div[j]-wantDiv) > 1e-12*(1+math.Abs(wantDiv)) {
					t.Errorf("div of configuration %d is %v, want %v", j, div[j], wantDiv)
				}
			}
		})
	}
}

package backflow

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

func particles(n, d int) core.Space { return core.Space{Kind: core.Particles, Shape: []int{n, d}} }

// variants are all that settings can ask for, in 1 to 3 dimensions.
var variants = map[string]struct {
	s     core.Settings
	space core.Space
}{
	"line":      {core.Settings{}, particles(3, 1)},
	"plane":     {core.Settings{"width": 0.7}, particles(3, 2)},
	"timed":     {core.Settings{"time_dependent": true}, particles(2, 3)},
	"tolerance": {core.Settings{"integrator": "dopri5", "tolerance": 1e-9, "time_dependent": true}, particles(3, 2)},
	"alone":     {core.Settings{}, particles(1, 2)},
}

// complete adds the defaults, with few hidden units and soft distances.
func complete(tb testing.TB, s core.Settings) core.Settings {
	tb.Helper()
	return coretest.Settings(tb, Part, core.Settings{"hidden": int64(4), "softening": 1.0}, s)
}

func bijection(tb testing.TB, s core.Settings, space core.Space) *flow.Continuous {
	tb.Helper()
	var c config
	core.Decode(complete(tb, s), &c)
	return c.flow(space)
}

// 20 steps of rk4 invert the flow, and give its determinant, up to 1e-5.
func TestBattery(t *testing.T) {
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			flowtest.Battery(t, bijection(t, v.s, v.space), flowtest.Options{Dim: v.space.Size(), Inverse: 1e-5, LogDet: 1e-5})
		})
	}
}

func TestConformance(t *testing.T) {
	for _, name := range []string{"plane", "tolerance"} {
		t.Run(name, func(t *testing.T) {
			v := variants[name]
			// step sizes that meet a tolerance vary with theta, and the derivatives leave that out
			coretest.ModelPart(t, Part, complete(t, v.s), v.space, coretest.ModelOptions{Tolerance: 1e-7, Inverse: 1e-5, LogDet: 1e-5, Samples: 2000, Large: 100})
		})
	}
}

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

func TestVelocity(t *testing.T) {
	const n = 5
	r := rand.New(rand.NewPCG(1, 2))
	for name, c := range variants {
		t.Run(name, func(t *testing.T) {
			b := bijection(t, c.s, c.space)
			field, dim := b.Field.(*Velocity), b.Dim
			for _, p := range field.Params() {
				for i := range p.Val {
					p.Val[i] = r.NormFloat64()
				}
			}
			x, v, div, times := make([]float64, dim*n), make([]float64, dim*n), make([]float64, n), make([]float64, n)
			for i := range x {
				x[i] = r.NormFloat64()
			}
			for j := range times {
				times[j] = r.Float64()
			}
			on := field.On(n, b.Slots())
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

// With eta and xi constant the flow is linear: relative vectors grow by
// exp(n eta + xi), the centre of mass by exp(xi), and l = d [(n-1)(n eta + xi) + xi].
func TestLinear(t *testing.T) {
	const n, d, eta, xi, width = 3, 2, 0.2, -0.3, 1.7
	b := bijection(t, core.Settings{"width": width}, particles(n, d))
	v := b.Field.(*Velocity)
	v.sums[0].param.Val[0], v.sums[1].param.Val[0] = eta, xi
	z, x, l := []float64{0.3, -1, 0.5, 2, -0.7, 0.1}, make([]float64, n*d), make([]float64, 1)
	if err := b.On(1).Forward(x, l, z); err != nil {
		t.Fatal(err)
	}
	const tolerance = 1e-8 // 20 (rate/20)^5 / 120
	for a := range d {
		centre := (z[a] + z[d+a] + z[2*d+a]) / n
		for i := range n {
			want := width * (centre*math.Exp(xi) + (z[i*d+a]-centre)*math.Exp(n*eta+xi))
			if math.Abs(x[i*d+a]-want) > tolerance {
				t.Errorf("particle %d is at %v, want %v", i, x[i*d+a], want)
			}
		}
	}
	if want := d*((n-1)*(n*eta+xi)+xi) + n*d*math.Log(width); math.Abs(l[0]-want) > tolerance {
		t.Errorf("l = %v, want %v", l[0], want)
	}
}

// Particles on top of each other, or at the origin, have finite derivatives.
func TestCoincidence(t *testing.T) {
	b := bijection(t, core.Settings{}, particles(3, 2))
	for _, p := range b.Params() {
		for i := range p.Val {
			p.Val[i] = math.Sin(float64(i + 1))
		}
	}
	w := b.On(1)
	x, l, bar, one := make([]float64, 6), make([]float64, 1), make([]float64, 6), []float64{1, 1, 1, 1, 1, 1}
	if err := w.Forward(x, l, []float64{0, 0, 1, 2, 1, 2}); err != nil {
		t.Fatal(err)
	}
	w.PullForward(bar, one, one[:1], true)
	for _, v := range slices.Concat(x, l, bar) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("x %v, l %v, pulled %v", x, l, bar)
		}
	}
}

func TestStartsAtTheIdentity(t *testing.T) {
	m := train(t, core.Settings{"width": 2.0, "time_dependent": true}, particles(3, 2), 0)
	z, x, l := []float64{0.3, -1, 0.5, 2, -0.7, 0.1}, make([]float64, 6), make([]float64, 1)
	if err := m.Map(x, l, z); err != nil {
		t.Fatal(err)
	}
	for i := range z {
		if x[i] != 2*z[i] || l[0] != 6*math.Ln2 {
			t.Fatalf("x = %v, l = %v", x, l)
		}
	}
}

func train(tb testing.TB, s core.Settings, space core.Space, noise float64) *flowtest.Training {
	tb.Helper()
	return flowtest.Train(tb, Part, complete(tb, s), space, noise)
}

func TestStep(t *testing.T) {
	for _, name := range []string{"timed", "tolerance"} {
		t.Run(name, func(t *testing.T) { train(t, variants[name].s, variants[name].space, 0.1).Test(t, 150) })
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	field := core.Space{Kind: core.Field, Shape: []int{4, 4}}
	if _, err := Part.NewModel(complete(t, nil), field); core.KindOf(err) != core.Mismatch || !strings.Contains(fmt.Sprint(err), "backflow: needs particles") {
		t.Errorf("error %v", err)
	}
}

package perceptron

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// slopes are a model of the velocity with some configurations, times and directions.
type slopes struct {
	*flow.Model[float64]
	d, n        int
	x, e, times []float64
	theta       []float64
}

// open is a model whose lengths and times are stretched; parameters are random numbers.
func openSlopes(t *testing.T, name string, n int) *slopes {
	t.Helper()
	o := ode.Options{Method: ode.RK4, Steps: 2, Keep: 1}
	f := field(t, name, o.Slots())
	s := &slopes{d: f.d, n: n, times: make([]float64, n)}
	s.Model = flow.New(&flow.Continuous[float64]{Field: f, Dim: f.d, Time: 1.3, Scale: 0.7, Options: o}, core.Space{Kind: core.Field, Shape: []int{f.d}}, flow.Options{Subject: "velocity"})
	r := rand.New(rand.NewPCG(7, 8))
	normal := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = r.NormFloat64()
		}
		return v
	}
	s.x, s.e, s.theta = normal(n*s.d), normal(n*s.d), normal(s.Spec().Parameters)
	for i := range s.theta {
		s.theta[i] /= 2
	}
	for i := range s.times {
		s.times[i] = r.Float64()
	}
	s.load(t, s.theta)
	return s
}

func (s *slopes) load(t *testing.T, theta []float64) {
	t.Helper()
	if err := s.Load(theta); err != nil {
		t.Fatal(err)
	}
}

// of are velocities and divergences, or slopes along e.
func (s *slopes) of(t *testing.T, along bool) (v, slope []float64) {
	t.Helper()
	v, slope = make([]float64, len(s.x)), make([]float64, s.n)
	err := s.VelocityDivergence(v, slope, s.x, s.times)
	if along {
		err = s.VelocityAlong(v, slope, s.x, s.times, s.e)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v, slope
}

// The divergence, and the slope along a direction, against central differences of the
// velocity: with steps of 1e-5 they are good to 1e-9 or so.
func TestSlopes(t *testing.T) {
	const step = 1e-5
	for name := range variants {
		s := openSlopes(t, name, 7)
		if s.d > 100 {
			continue // differences of as many components take long
		}
		plain := make([]float64, len(s.x))
		if err := s.Velocity(plain, s.x, s.times); err != nil {
			t.Fatal(err)
		}
		// shifted is the velocity where x is moved by a direction times h.
		shifted := func(e []float64, h float64) []float64 {
			x, v := slices.Clone(s.x), make([]float64, len(s.x))
			for k := range x {
				x[k] += h * e[k]
			}
			if err := s.Velocity(v, x, s.times); err != nil {
				t.Fatal(err)
			}
			return v
		}
		want := func(e []float64, into []float64) {
			up, down := shifted(e, step), shifted(e, -step)
			for k := range e {
				into[k/s.d] += e[k] * (up[k] - down[k]) / (2 * step)
			}
		}
		along, div := make([]float64, s.n), make([]float64, s.n)
		want(s.e, along)
		for i := range s.d {
			unit := make([]float64, len(s.x))
			for j := range s.n {
				unit[j*s.d+i] = 1
			}
			want(unit, div)
		}
		for is, exact := range map[bool][]float64{true: along, false: div} {
			v, got := s.of(t, is)
			for j := range got {
				if math.Abs(got[j]-exact[j]) > 1e-7*(1+math.Abs(exact[j])) || got[j] == 0 {
					t.Errorf("%s, along a direction %v: %v, by differences %v", name, is, got[j], exact[j])
				}
			}
			for k := range v {
				if math.Abs(v[k]-plain[k]) > 1e-12*(1+math.Abs(plain[k])) {
					t.Fatalf("%s: the velocity beside the slope is %v, and %v alone", name, v[k], plain[k])
				}
			}
		}
	}
}

// Their pull-backs against central differences in theta, along a random direction.
func TestSlopePulls(t *testing.T) {
	const step = 1e-5
	for name := range variants {
		for _, along := range []bool{false, true} {
			s := openSlopes(t, name, 70) // more than a chunk
			if s.d > 100 {
				continue
			}
			r := rand.New(rand.NewPCG(9, 1))
			vbar, bar, toward := make([]float64, len(s.x)), make([]float64, s.n), make([]float64, len(s.theta))
			for _, v := range [][]float64{vbar, bar, toward} {
				for i := range v {
					v[i] = r.NormFloat64()
				}
			}
			b := &core.Batch{N: s.n, X: s.x}
			core.Time.Put(b, s.times)
			grad := make([]float64, len(s.theta))
			err := s.VelocityDivergencePull(grad, b, vbar, bar)
			if along {
				err = s.VelocityAlongPull(grad, b, s.e, vbar, bar)
			}
			if err != nil {
				t.Fatal(err)
			}
			value := func(h float64) (sum float64) {
				theta := slices.Clone(s.theta)
				for i := range theta {
					theta[i] += h * toward[i]
				}
				s.load(t, theta)
				v, slope := s.of(t, along)
				for k := range v {
					sum += vbar[k] * v[k]
				}
				for j := range slope {
					sum += bar[j] * slope[j]
				}
				return sum
			}
			got, want := 0.0, (value(step)-value(-step))/(2*step)
			for i, g := range grad {
				got += g * toward[i]
			}
			if math.Abs(got-want) > 1e-6*math.Abs(want) || want == 0 {
				t.Errorf("%s, along a direction %v: the gradient has %v, by differences %v", name, along, got, want)
			}
		}
	}
}

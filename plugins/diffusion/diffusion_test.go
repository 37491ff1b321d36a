package diffusion

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func space(shape ...int) core.Space { return core.Space{Kind: core.Field, Shape: shape} }

// variants are all that settings can ask for.
var variants = map[string]struct {
	s     core.Settings
	space core.Space
}{
	"ve":        {core.Settings{"depth": int64(2), "scale": 0.7, "sigma_max": 4.0, "sigma_min": 0.1}, space(2)},
	"vp":        {core.Settings{"depth": int64(1), "schedule": "vp", "beta_max": 5.0, "cut": 0.02}, space(2)},
	"particles": {core.Settings{"depth": int64(1), "activation": "tanh", "scale": 2.0, "sigma_min": 0.5}, core.Space{Kind: core.Particles, Shape: []int{2, 2}}},
}

// complete adds the defaults, with few hidden units and one frequency.
func complete(tb testing.TB, s core.Settings) core.Settings {
	tb.Helper()
	return coretest.Settings(tb, Part, core.Settings{"width": int64(6), "frequencies": int64(1), "steps": int64(20)}, s)
}

func build(tb testing.TB, s core.Settings, space core.Space) *model[float64] {
	tb.Helper()
	m, err := Part.NewModel(complete(tb, s), space)
	if err != nil {
		tb.Fatal(err)
	}
	return m.(*model[float64])
}

// 20 steps of rk4 invert the flow, and give its determinant, up to 1e-4. What is not of the
// schedule is tested with one of them, in all worlds.
func TestConformance(t *testing.T) {
	o := coretest.ModelOptions{Tolerance: 1e-10, Inverse: 1e-4, LogDet: 1e-4, Samples: 500, Large: 100}
	v := variants["ve"]
	coretest.ModelPart(t, Part, complete(t, v.s), v.space, o)
	t.Run("vp", func(t *testing.T) {
		v := variants["vp"]
		coretest.Model(t, func(t *testing.T) core.Model { return build(t, v.s, v.space) }, o)
	})
}

// shaken loads parameters near the start.
func shaken(tb testing.TB, m *model[float64], by float64) {
	tb.Helper()
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 1); err != nil {
		tb.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range theta {
		theta[i] += by * r.NormFloat64()
	}
	if err := m.Load(theta); err != nil {
		tb.Fatal(err)
	}
}

// The velocity of y = x/c, which the density integrates, against that of x by the score,
//
//	c dy/dt + dc/dt y = -f x + g^2 s/2,
//
// the derivative of c by differences with steps of 1e-5, good to 1e-9 of it.
func TestProbabilityFlow(t *testing.T) {
	const n, step = 7, 1e-5
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			m := build(t, v.s, v.space)
			shaken(t, m, 0.3)
			r := rand.New(rand.NewPCG(1, 2))
			x, s, times := make([]float64, m.d*n), make([]float64, m.d*n), make([]float64, n)
			y, along := make([]float64, m.d*n), make([]float64, m.d*n)
			for j := range times {
				times[j] = 0.05 + 0.9*r.Float64()
			}
			for k := range x {
				x[k] = 3 * r.NormFloat64()
			}
			if err := m.Score(s, x, times); err != nil {
				t.Fatal(err)
			}
			for j, at := range times {
				c, _, _ := m.angle.at(at)
				for i := range m.d {
					y[i*n+j] = x[j*m.d+i] / c
				}
			}
			on := m.path.Field.On(n, 1)
			on.Begin()
			on.Eval(0, along, nil, times, y)
			for j, at := range times {
				c, _, _ := m.angle.at(at)
				late, _, _ := m.angle.at(at + step)
				early, _, _ := m.angle.at(at - step)
				f, g2 := m.Rates(at)
				for i := range m.d {
					k := j*m.d + i
					got, want := c*along[i*n+j]+(late-early)/(2*step)*y[i*n+j], -f*x[k]+g2*s[k]/2
					if math.Abs(got-want) > 1e-7*(1+math.Abs(want)) || along[i*n+j] == 0 {
						t.Errorf("dx/dt = %v of the flow at t = %v, and %v by the score", got, at, want)
					}
				}
			}
		})
	}
}

// The model starts as data of the normal density N(0, scale^2), exactly: the score is that
// under noise, and the density has the variance of data with the least noise.
func TestStartsAsANormalDensity(t *testing.T) {
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			m := build(t, v.s, v.space)
			shaken(t, m, 0)
			x, s, logP := make([]float64, m.d), make([]float64, m.d), make([]float64, 1)
			for i := range x {
				x[i] = float64(i) - 0.7
			}
			a, sigma := m.At(0.3)
			variance := a*a*m.width*m.width + sigma*sigma
			if err := m.Score(s, x, []float64{0.3}); err != nil {
				t.Fatal(err)
			}
			for i := range s {
				if want := -x[i] / variance; math.Abs(s[i]-want) > 1e-14*math.Abs(want) {
					t.Errorf("s_%d = %v, want %v", i, s[i], want)
				}
			}
			if err := m.LogProb(logP, x); err != nil {
				t.Fatal(err)
			}
			a, sigma = m.At(1)
			variance = a*a*m.width*m.width + sigma*sigma
			want := -float64(m.d) / 2 * math.Log(2*math.Pi*variance)
			for _, v := range x {
				want -= v * v / (2 * variance)
			}
			if math.Abs(logP[0]-want) > 1e-12 {
				t.Errorf("ln p = %v, want %v", logP[0], want)
			}
		})
	}
}

// A step of training by the score allocates nothing that stays.
func TestScoresAllocateNothing(t *testing.T) {
	const n = 300
	m := build(t, variants["ve"].s, variants["ve"].space)
	shaken(t, m, 0.1)
	x, s, times, grad := make([]float64, m.d*n), make([]float64, m.d*n), make([]float64, n), make([]float64, m.spec.Parameters)
	b := &core.Batch{N: n, X: x}
	core.Time.Put(b, times)
	step := func() {
		err := m.Score(s, x, times)
		if err == nil {
			err = m.ScorePull(grad, b, s)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if a := testing.AllocsPerRun(10, step); a >= 1 {
		t.Errorf("%v allocations", a)
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	box := core.Space{Kind: core.Particles, Shape: []int{2, 2}, Box: []float64{1, 1}}
	for want, c := range map[string]struct {
		s     core.Settings
		space core.Space
	}{
		"diffusion: needs a field, or particles without a box": {nil, box},
		"64 layers of 65536 units":                             {core.Settings{"width": int64(65536), "depth": int64(64)}, space(2)},
		"sigma_min must be less than sigma_max = 20, got 30":   {core.Settings{"sigma_min": 30.0}, space(2)},
		"beta_min must be less than beta_max = 0.05, got 0.1":  {core.Settings{"schedule": "vp", "beta_max": 0.05}, space(2)},
	} {
		if _, err := Part.NewModel(complete(t, c.s), c.space); err == nil || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

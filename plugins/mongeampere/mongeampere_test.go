package mongeampere

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

func lattice(shape ...int) core.Space {
	return core.Space{Kind: core.Field, Shape: shape, Lattice: "square", Periodic: true}
}

// variants are the kinds of potential that settings can ask for, on 2 x 3 sites
// or, with reflections, on 3 x 3.
var variants = map[string]struct {
	s     core.Settings
	space core.Space
}{
	"log_cosh":     {core.Settings{"hidden": int64(7)}, lattice(2, 3)},
	"softplus":     {core.Settings{"hidden": int64(7), "activation": "softplus"}, lattice(2, 3)},
	"quadratic":    {core.Settings{"hidden": int64(3), "activation": "quadratic", "base_covariance": []any{0.5}}, lattice(2, 3)},
	"softplus z2":  {core.Settings{"hidden": int64(8), "activation": "softplus", "z2": true}, lattice(2, 3)},
	"local":        {core.Settings{"hidden": int64(7), "activation": "softplus", "local": int64(2)}, lattice(2, 3)},
	"local even":   {core.Settings{"hidden": int64(7), "local": int64(3)}, lattice(2, 3)},
	"translation":  {core.Settings{"hidden": int64(12), "translation": true}, lattice(2, 3)},
	"shuffle":      {core.Settings{"hidden": int64(7), "shuffle": true}, lattice(2, 3)},
	"all":          {core.Settings{"hidden": int64(144), "activation": "softplus", "z2": true, "translation": true, "reflection": true}, lattice(3, 3)},
	"log_cosh all": {core.Settings{"hidden": int64(72), "translation": true, "reflection": true}, lattice(3, 3)},
}

// complete adds the defaults, with a flow of 20 steps to time 2.
func complete(tb testing.TB, s core.Settings) core.Settings {
	tb.Helper()
	return coretest.Settings(tb, Part, core.Settings{"time": 2.0, "steps": int64(20)}, s)
}

func bijection(tb testing.TB, s core.Settings, space core.Space) *flow.Continuous[float64] {
	tb.Helper()
	var c config
	core.Decode(complete(tb, s), &c)
	b, _, err := newFlow[float64](c, space)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// A flow of moving lattices is another one than that of the same potential at
// rest.
func TestShuffle(t *testing.T) {
	var drawn [2]core.Batch
	for k, shuffle := range []bool{false, true} {
		m := train(t, core.Settings{"hidden": int64(5), "shuffle": shuffle}, lattice(4, 4), 0.1)
		if err := m.Sample(&drawn[k], 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	if drawn[0].LogP[0] == drawn[1].LogP[0] {
		t.Error("shuffle changes nothing")
	}
}

// The moves against the list of the whole group.
func TestMoves(t *testing.T) {
	for _, shape := range [][]int{{5}, {4, 4}, {3, 4}, {3, 3, 3}} {
		group := flow.Images(shape, core.Translation, core.Reflection)
		moves, err := config{Shuffle: true, Steps: 30}.moves(lattice(shape...))
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 0))
		for k, move := range moves {
			if want := group[r.IntN(len(group))].Perm; !slices.Equal(move, want) {
				t.Fatalf("%v: move %d is %v, want %v", shape, k, move, want)
			}
		}
	}
}

// Steps of 1/10 invert the flow, and give its determinant, up to 1e-6.
func TestBattery(t *testing.T) {
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			flowtest.Battery(t, bijection(t, v.s, v.space), flowtest.Options{Dim: v.space.Size(), Inverse: 1e-6, LogDet: 1e-6})
		})
	}
}

func TestConformance(t *testing.T) {
	for _, name := range []string{"log_cosh", "all"} {
		t.Run(name, func(t *testing.T) {
			v := variants[name]
			coretest.ModelPart(t, Part, complete(t, v.s), v.space, coretest.ModelOptions{Inverse: 1e-6, LogDet: 1e-6, Samples: 1000, Large: 100})
		})
	}
}

// loops is grad phi and lap phi of one configuration, by the formulas and
// loops over all orbits.
func loops(p *potential[float64], x []float64) (v []float64, lap float64) {
	v = make([]float64, p.d)
	for f := range p.filters {
		for _, g := range group(p) {
			u := 0.0
			if p.biases != nil {
				u = p.biases.Val[f]
			}
			for i, from := range g.Perm {
				u += p.weights.Val[f*p.d+i] * g.Sign * x[from]
			}
			f1, f2 := derivatives(p.f, u)
			a := p.amplitudes.Val[f]
			for i, from := range g.Perm {
				w := p.weights.Val[f*p.d+i]
				v[from] += a * f1 * g.Sign * w
				lap += a * f2 * w * w
			}
		}
	}
	if p.local != nil {
		for i, xi := range x {
			for k := range p.local.each {
				w, a, b := p.local.weights.Val[i*p.local.each+k], p.local.amplitudes.Val[i*p.local.each+k], 0.0
				if p.local.biases != nil {
					b = p.local.biases.Val[i*p.local.each+k]
				}
				f1, f2 := derivatives(p.f, w*xi+b)
				v[i] += a * f1 * w
				lap += a * f2 * w * w
			}
		}
	}
	return v, lap
}

// derivatives are f' and f”.
func derivatives(f kernels.Ridge, u float64) (f1, f2 float64) {
	switch f {
	case kernels.SoftplusSum:
		return 1 / (1 + math.Exp(-u)), math.Pow(2*math.Cosh(u/2), -2)
	case kernels.Quadratic:
		return u, 1
	}
	return math.Tanh(u), math.Pow(math.Cosh(u), -2)
}

// group has all images of a filter, with the translations.
func group(p *potential[float64]) []flow.Image {
	var all []flow.Image
	moves := flow.Images([]int{p.d})
	if p.shape != nil {
		moves = flow.Images(p.shape, core.Translation)
	}
	for _, g := range p.images {
		for _, m := range moves {
			gm := flow.Image{Perm: make([]int, p.d), Sign: g.Sign}
			for i, at := range g.Perm {
				gm.Perm[i] = m.Perm[at]
			}
			all = append(all, gm)
		}
	}
	return all
}

func TestVelocity(t *testing.T) {
	const n = 5
	r := rand.New(rand.NewPCG(1, 2))
	for name, c := range variants {
		t.Run(name, func(t *testing.T) {
			b := bijection(t, c.s, c.space)
			p := b.Field.(*potential[float64])
			for _, param := range p.Params() {
				for i := range param.Val {
					param.Val[i] = r.NormFloat64()
				}
			}
			x, v, div := make([]float64, p.d*n), make([]float64, p.d*n), make([]float64, n)
			for i := range x {
				x[i] = r.NormFloat64()
			}
			on := p.On(n, b.Slots())
			on.Begin()
			on.Eval(2, v, div, make([]float64, n), x)
			one := make([]float64, p.d)
			for j := range n {
				for i := range one {
					one[i] = x[i*n+j]
				}
				want, lap := loops(p, one)
				for i := range one {
					if math.Abs(v[i*n+j]-want[i]) > 1e-12*float64(p.hidden()) {
						t.Errorf("v_%d of configuration %d is %v, want %v", i, j, v[i*n+j], want[i])
					}
				}
				if math.Abs(div[j]-lap) > 1e-12*float64(p.hidden()*p.d) {
					t.Errorf("lap phi of configuration %d is %v, want %v", j, div[j], lap)
				}
			}
		})
	}
}

// For small w, a ln cosh(w . x) is a (w . x)^2 / 2 and the flow is linear: with
// w along axis i, x_i = z_i exp(a w^2 t), and l is the sum of the exponents.
func TestFreeTheory(t *testing.T) {
	const d, w, time = 3, 1e-4, 2.0
	b := bijection(t, core.Settings{"hidden": int64(d)}, lattice(d))
	p := b.Field.(*potential[float64])
	rates := []float64{0.3, -0.5, 0.1}
	for i, rate := range rates {
		p.weights.Val[i*d+i], p.amplitudes.Val[i] = w, rate/(w*w)
	}
	z, x, l := []float64{0.7, -1.2, 0.4}, make([]float64, d), make([]float64, 1)
	if err := b.On(1).Forward(x, l, z); err != nil {
		t.Fatal(err)
	}
	// (0.5 h)^5/120 in each of 20 steps of h = 0.1, and (w z)^2/3 for ln cosh
	const tolerance = 1e-7
	sum := 0.0
	for i, rate := range rates {
		if want := z[i] * math.Exp(rate*time); math.Abs(x[i]-want) > tolerance {
			t.Errorf("x_%d = %v, want %v", i, x[i], want)
		}
		sum += rate * time
	}
	if math.Abs(l[0]-sum) > tolerance {
		t.Errorf("l = %v, want %v", l[0], sum)
	}
}

// Without amplitudes nothing moves but, with shuffle, the sites.
func TestIdentity(t *testing.T) {
	for name, v := range variants {
		m := train(t, v.s, v.space, 0)
		if err := m.Load(make([]float64, m.Spec().Parameters)); err != nil {
			t.Fatal(err)
		}
		z, x, l := make([]float64, v.space.Size()), make([]float64, v.space.Size()), make([]float64, 1)
		for i := range z {
			z[i] = float64(i) - 2
		}
		if err := m.Map(x, l, z); err != nil {
			t.Fatal(err)
		}
		if v.s["shuffle"] == true {
			slices.Sort(x)
		}
		if !slices.Equal(x, z) || l[0] != 0 {
			t.Errorf("%s: x = %v, l = %v", name, x, l)
		}
	}
}

// start returns the filters and the amplitudes that a run of 400 ridge functions
// on 3 x 3 sites starts with.
func start(t *testing.T, more core.Settings) (filters, amplitudes []float64) {
	s := core.Settings{"hidden": int64(400)}
	maps.Copy(s, more)
	m := train(t, s, lattice(3, 3), 0)
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 1); err != nil {
		t.Fatal(err)
	}
	return theta[:400*9], theta[400*9:]
}

// within takes 400 numbers or more that are uniform within a bound: the largest is
// below 0.97 of it in 5 cases of a million.
func within(t *testing.T, values []float64, bound float64) {
	t.Helper()
	if most := max(slices.Max(values), -slices.Min(values)); most > bound || most < 0.97*bound {
		t.Errorf("largest of %d numbers: %v, bound %v", len(values), most, bound)
	}
}

func TestStart(t *testing.T) {
	filters, amplitudes := start(t, nil)
	within(t, filters, 1./3)
	within(t, amplitudes, 1./20)
}

// On 3 x 3 sites, four are at distance 1 from a site and four at sqrt 2. Filters take the
// sites in turns, but for those that stand for all.
func TestStartWithinRange(t *testing.T) {
	const r = 0.8
	fall := math.Exp(-1 / (2 * r * r))
	norm := math.Sqrt(1 + 4*fall*fall + 4*math.Pow(fall, 4))
	distance := func(i, j int) int { // squared
		if i == j {
			return 0
		}
		if i/3 == j/3 || i%3 == j%3 {
			return 1
		}
		return 2
	}
	filters, amplitudes := start(t, core.Settings{"range": r})
	within(t, amplitudes, 1./20)
	shared, _ := start(t, core.Settings{"range": r, "translation": true, "hidden": int64(400 * 9)})
	var at [3][]float64
	for f := range 400 {
		for i := range 9 {
			at[distance(i, f%9)] = append(at[distance(i, f%9)], filters[9*f+i])
			at[distance(i, 0)] = append(at[distance(i, 0)], shared[9*f+i])
		}
	}
	for r2, values := range at {
		within(t, values, math.Pow(fall, float64(r2))/norm)
	}
}

func train(tb testing.TB, s core.Settings, space core.Space, noise float64) *flowtest.Training {
	tb.Helper()
	return flowtest.Train(tb, Part, complete(tb, s), space, noise)
}

func TestStep(t *testing.T) {
	for _, name := range []string{"log_cosh all", "shuffle"} {
		t.Run(name, func(t *testing.T) { train(t, variants[name].s, variants[name].space, 0.1).Test(t, 150) })
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	open := lattice(3, 3)
	open.Periodic = false
	for _, c := range []struct {
		s     core.Settings
		space core.Space
		kind  core.Kind
		want  string
	}{
		{nil, core.Space{Kind: core.Spins, Shape: []int{4}}, core.Mismatch, "needs a field or particles"},
		{core.Settings{"translation": true}, core.Space{Kind: core.Particles, Shape: []int{3, 2}}, core.Mismatch, "translation needs a field on a periodic lattice"},
		{core.Settings{"translation": true}, open, core.Mismatch, "translation needs a field on a periodic lattice"},
		{core.Settings{"translation": true, "hidden": int64(20)}, lattice(3, 3), core.Invalid, "hidden 20 is not a multiple of 9, the number of images of a filter (hidden = 27 is the next one)"},
		{core.Settings{"range": 1.0}, core.Space{Kind: core.Particles, Shape: []int{3, 2}}, core.Mismatch, "range needs a field"},
		{core.Settings{"local": int64(2), "hidden": int64(9), "translation": true}, lattice(3, 3), core.Invalid, "local has ridge functions of each number by itself"},
		{core.Settings{"shuffle": true}, open, core.Mismatch, "shuffle needs a field on a periodic lattice"},
		{core.Settings{"shuffle": true, "reflection": true}, lattice(3, 3), core.Invalid, "reflection is no symmetry of a lattice that shuffle moves"},
		{core.Settings{"hidden": int64(1_000_000)}, lattice(32, 32), core.Invalid, "are more than 268435456 weights"},
	} {
		if _, err := Part.NewModel(complete(t, c.s), c.space); core.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

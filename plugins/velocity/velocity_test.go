package velocity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

func space(shape ...int) core.Space { return core.Space{Kind: core.Field, Shape: shape} }

// variants are all that settings can ask for.
var variants = map[string]struct {
	s     core.Settings
	space core.Space
}{
	"silu":        {core.Settings{"depth": int64(2), "scale": 0.7}, space(3)},
	"tanh":        {core.Settings{"depth": int64(3), "activation": "tanh", "frequencies": int64(0)}, space(2, 2)},
	"shallow":     {core.Settings{"depth": int64(1)}, space(1)},
	"particles":   {core.Settings{"depth": int64(2), "activation": "tanh"}, core.Space{Kind: core.Particles, Shape: []int{2, 2}}},
	"tolerance":   {core.Settings{"integrator": "dopri5", "tolerance": 1e-9}, space(2)},
	"many fields": {core.Settings{"depth": int64(2), "width": int64(3)}, space(300)}, // chunks of one
}

// complete adds the defaults, with few hidden units and one frequency.
func complete(tb testing.TB, s core.Settings) core.Settings {
	tb.Helper()
	return coretest.Settings(tb, Part, core.Settings{"width": int64(6), "frequencies": int64(1), "steps": int64(20)}, s)
}

func bijection(tb testing.TB, s core.Settings, space core.Space) *flow.Continuous {
	tb.Helper()
	var c config
	core.Decode(complete(tb, s), &c)
	b, err := c.flow(space)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// 20 steps of rk4 invert the flow, and give its determinant, up to 1e-5: with time the
// velocity turns as fast as the frequency, 2 pi.
func TestBattery(t *testing.T) {
	for name, v := range variants {
		if v.space.Size() > 100 {
			continue // its determinants take long
		}
		t.Run(name, func(t *testing.T) {
			flowtest.Battery(t, bijection(t, v.s, v.space), flowtest.Options{Dim: v.space.Size(), Spread: 0.3, Inverse: 1e-5, LogDet: 1e-5})
		})
	}
}

func TestConformance(t *testing.T) {
	v := variants["silu"]
	coretest.ModelPart(t, Part, complete(t, v.s), v.space, coretest.ModelOptions{Tolerance: 1e-10, Inverse: 1e-5, LogDet: 1e-5, Samples: 2000, Large: 200})
}

// plain is the velocity of one configuration by the equations of field.go.
func (f *field) plain(x []float64, t float64) []float64 {
	h := append([]float64{}, x...)
	h = append(h, t)
	for k := range f.frequencies {
		h = append(h, math.Cos(2*math.Pi*float64(k+1)*t), math.Sin(2*math.Pi*float64(k+1)*t))
	}
	for l, y := range f.layers {
		next := make([]float64, y.out)
		for i := range next {
			u := y.b.Val[i]
			for k, v := range h {
				u += y.w.Val[i*y.ld+k] * v
			}
			switch {
			case l == f.depth():
				next[i] = u
			case f.f == kernels.SmoothTanh:
				next[i] = math.Tanh(u)
			default:
				next[i] = u / (1 + math.Exp(-u))
			}
		}
		h = next
	}
	return h
}

// The velocity against the equations in plain loops, and its divergence against
// central differences of these: with steps of 1e-5 they are good to 1e-10 or so.
func TestVelocity(t *testing.T) {
	const n, step = 5, 1e-5
	r := rand.New(rand.NewPCG(1, 2))
	for name, c := range variants {
		t.Run(name, func(t *testing.T) {
			f := bijection(t, c.s, c.space).Field.(*field)
			for _, p := range f.Params() {
				for i := range p.Val {
					p.Val[i] = 0.5 * r.NormFloat64()
				}
			}
			d := f.d
			x, v, div, times := make([]float64, d*n), make([]float64, d*n), make([]float64, n), make([]float64, n)
			for i := range x {
				x[i] = r.NormFloat64()
			}
			for j := range times {
				times[j] = r.Float64()
			}
			on := f.On(n, 3)
			on.Begin()
			on.Eval(2, v, div, times, x)
			one := make([]float64, d)
			for j := range n {
				for i := range one {
					one[i] = x[i*n+j]
				}
				want, wantDiv := f.plain(one, times[j]), 0.0
				for i := range one {
					if math.Abs(v[i*n+j]-want[i]) > 1e-13*(1+math.Abs(want[i])) {
						t.Errorf("v_%d of configuration %d is %v, want %v", i, j, v[i*n+j], want[i])
					}
					at := one[i]
					one[i] = at + step
					up := f.plain(one, times[j])[i]
					one[i] = at - step
					wantDiv += (up - f.plain(one, times[j])[i]) / (2 * step)
					one[i] = at
				}
				if math.Abs(div[j]-wantDiv) > 1e-8*(1+math.Abs(wantDiv)) || wantDiv == 0 {
					t.Errorf("div of configuration %d is %v, by differences %v", j, div[j], wantDiv)
				}
			}
		})
	}
}

func train(tb testing.TB, s core.Settings, space core.Space, noise float64) *flowtest.Training {
	tb.Helper()
	return flowtest.Train(tb, Part, complete(tb, s), space, noise)
}

// 5000 configurations are more than chunks keep at a time, of each of 16 shares they hold
// all; the sums of shares add up to the whole, bit for bit. Shares of 312 or 313 begin
// anywhere in a chunk.
func TestVelocityPullOfManySlabs(t *testing.T) {
	const n, d = 5000, 3
	m := train(t, core.Settings{"width": int64(70)}, space(d), 0.1).Model // two tiles in a layer
	r := rand.New(rand.NewPCG(5, 6))
	x, vbar, times := make([]float64, d*n), make([]float64, d*n), make([]float64, n)
	for i := range x {
		x[i], vbar[i] = r.NormFloat64(), r.NormFloat64()
	}
	for j := range times {
		times[j] = r.Float64()
	}
	pull := func(b *core.Batch) []float64 {
		grad, from, to := make([]float64, m.Spec().Parameters), b.From, b.From+b.N
		b.X = x[from*d : to*d]
		core.Time.Put(b, times[from:to])
		if err := m.VelocityPull(grad, b, vbar[from*d:to*d]); err != nil {
			t.Fatal(err)
		}
		return grad
	}
	want := pull(&core.Batch{N: n, Total: n})
	var nodes []core.Node
	var sums [][]float64
	for k := range core.DefaultShares {
		node := core.Nodes(n, core.DefaultShares, k, k+1)[0]
		nodes, sums = append(nodes, node), append(sums, pull(&core.Batch{N: node.N, From: node.From, Total: n}))
	}
	if got := core.SumNodes(nodes, sums); !slices.Equal(got, want) || slices.Max(want) < 1 {
		t.Error("the shares do not add up to the whole")
	}
}

func TestStartsAtTheIdentity(t *testing.T) {
	m := train(t, core.Settings{"scale": 2.0}, space(3), 0)
	z, x, l := []float64{0.3, -1, 0.5}, make([]float64, 3), make([]float64, 1)
	if err := m.Map(x, l, z); err != nil {
		t.Fatal(err)
	}
	for i := range z {
		if x[i] != 2*z[i] || l[0] != 3*math.Ln2 {
			t.Fatalf("x = %v, l = %v", x, l)
		}
	}
}

func TestStep(t *testing.T) {
	for _, name := range []string{"tanh", "tolerance"} {
		t.Run(name, func(t *testing.T) { train(t, variants[name].s, variants[name].space, 0.1).Test(t, 150) })
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	box := core.Space{Kind: core.Particles, Shape: []int{2, 2}, Box: []float64{1, 1}}
	if _, err := Part.NewModel(complete(t, nil), box); core.KindOf(err) != core.Mismatch || !strings.Contains(fmt.Sprint(err), "velocity: needs a field, or particles without a box") {
		t.Errorf("error %v", err)
	}
	if _, err := Part.NewModel(complete(t, core.Settings{"width": int64(65536), "depth": int64(64)}), space(2)); err == nil || !strings.Contains(fmt.Sprint(err), "64 layers of 65536 units") {
		t.Errorf("error %v", err)
	}
}

// The slots that a workspace has are those that its estimate of memory counts: four stages of
// rk4, seven of dopri5; each layer's h with two derivatives, and the Jacobians, which depth + 2 are.
func TestScratch(t *testing.T) {
	const d, width, depth = 3, 6, 2
	for integrator, slots := range map[string]float64{"rk4": 4, "dopri5": 7} {
		s := complete(t, core.Settings{"depth": int64(depth), "integrator": integrator})
		var c config
		core.Decode(s, &c)
		b := bijection(t, s, space(d))
		if got := len(b.Field.On(1, b.Slots()).(*fieldOn).slots); float64(got) != slots {
			t.Errorf("%s: %d slots, want %v", integrator, got, slots)
		}
		if got, want := c.scratch(d), 8*width*(3*depth*slots+(depth+2)*d); got != want {
			t.Errorf("%s: an estimate of %v bytes for a configuration, want %v", integrator, got, want)
		}
	}
}

// counted counts how often a workspace is asked for its gradients.
type counted struct {
	*field
	asked *atomic.Int64
}

type countedOn struct {
	*fieldOn
	asked *atomic.Int64
}

func (c counted) On(n, slots int) flow.FieldOn {
	return countedOn{c.field.On(n, slots).(*fieldOn), c.asked}
}

func (on countedOn) Grads() []*grad.Param {
	on.asked.Add(1)
	return on.fieldOn.Grads()
}

// Velocities and their pull-back leave no workspace with a gradient.
func TestVelocitiesMakeNoGradients(t *testing.T) {
	const n = 300
	s := variants["silu"]
	b := bijection(t, s.s, s.space)
	c := counted{b.Field.(*field), new(atomic.Int64)}
	b.Field = c
	m := flow.New(b, s.space, flow.Options{Subject: "velocity"})
	x, v, times := make([]float64, 3*n), make([]float64, 3*n), make([]float64, n)
	batch := &core.Batch{N: n, X: x}
	core.Time.Put(batch, times)
	before := c.asked.Load()
	if err := m.Velocity(v, x, times); err != nil {
		t.Fatal(err)
	}
	g := make([]float64, m.Spec().Parameters)
	if err := m.VelocityPull(g, batch, slices.Repeat([]float64{1}, 3*n)); err != nil {
		t.Fatal(err)
	}
	if asked := c.asked.Load() - before; asked > 0 {
		t.Errorf("%d workspaces made gradients", asked)
	}
	if slices.Max(g) == 0 {
		t.Error("no gradient")
	}
	on := c.field.On(2, 1).(*fieldOn)
	if on.grads != nil {
		t.Error("a workspace begins with gradients")
	}
}

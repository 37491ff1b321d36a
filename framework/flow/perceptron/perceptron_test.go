package perceptron

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// variants are all that settings can ask for.
var variants = map[string]struct {
	c Config
	d int
}{
	"silu":        {Config{Width: 6, Depth: 2, Activation: "silu", Frequencies: 1}, 3},
	"tanh":        {Config{Width: 6, Depth: 3, Activation: "tanh"}, 4},
	"shallow":     {Config{Width: 6, Depth: 1, Activation: "silu", Frequencies: 1}, 1},
	"many fields": {Config{Width: 3, Depth: 2, Activation: "silu", Frequencies: 1}, 300}, // chunks of one
}

func field(tb testing.TB, name string, slots int) *Field[float64] {
	tb.Helper()
	f, err := New[float64](variants[name].d, slots, variants[name].c, "velocity")
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// plain is the velocity of one configuration by the equations of field.go.
func plain(f *Field[float64], x []float64, t float64) []float64 {
	h := append([]float64{}, x...)
	h = append(h, t)
	for k := range f.frequencies {
		h = append(h, math.Cos(2*math.Pi*float64(k+1)*t), math.Sin(2*math.Pi*float64(k+1)*t))
	}
	for l, y := range f.layers {
		next := make([]float64, y.Out)
		for i := range next {
			u := y.B.Val[i]
			for k, v := range h {
				u += y.W.Val[i*y.Stride+k] * v
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
	for name := range variants {
		t.Run(name, func(t *testing.T) {
			f := field(t, name, 3)
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
				want, wantDiv := plain(f, one, times[j]), 0.0
				for i := range one {
					if math.Abs(v[i*n+j]-want[i]) > 1e-13*(1+math.Abs(want[i])) {
						t.Errorf("v_%d of configuration %d is %v, want %v", i, j, v[i*n+j], want[i])
					}
					at := one[i]
					one[i] = at + step
					up := plain(f, one, times[j])[i]
					one[i] = at - step
					wantDiv += (up - plain(f, one, times[j])[i]) / (2 * step)
					one[i] = at
				}
				if math.Abs(div[j]-wantDiv) > 1e-8*(1+math.Abs(wantDiv)) || wantDiv == 0 {
					t.Errorf("div of configuration %d is %v, by differences %v", j, div[j], wantDiv)
				}
			}
		})
	}
}

// The slots of a workspace are those that its estimate of memory counts: each layer's h
// with two derivatives, and the Jacobians, which depth + 2 are.
func TestScratch(t *testing.T) {
	const slots = 4
	f, v := field(t, "silu", slots), variants["silu"]
	if got := len(f.On(1, slots).(*workspace[float64]).slots); got != slots {
		t.Errorf("%d slots, want %d", got, slots)
	}
	width, depth := float64(v.c.Width), float64(v.c.Depth)
	if got, want := Scratch[float64](v.c, v.d, slots), 8*width*(3*depth*slots+(depth+2)*float64(v.d)); got != want {
		t.Errorf("an estimate of %v bytes for a configuration, want %v", got, want)
	}
}

func TestWhatIsTooLarge(t *testing.T) {
	if _, err := New[float64](2, 4, Config{Width: 65536, Depth: 64, Activation: "silu"}, "velocity"); err == nil || !strings.Contains(fmt.Sprint(err), "64 layers of 65536 units") {
		t.Errorf("error %v", err)
	}
}

// counted counts how often a workspace is asked for its gradients.
type counted struct {
	*Field[float64]
	asked *atomic.Int64
}

type countedOn struct {
	*workspace[float64]
	asked *atomic.Int64
}

func (c counted) On(n, slots int) flow.FieldOn[float64] {
	return countedOn{c.Field.On(n, slots).(*workspace[float64]), c.asked}
}

func (on countedOn) Grads() []*grad.Param[float64] {
	on.asked.Add(1)
	return on.workspace.Grads()
}

// Velocities and their pull-back leave no workspace with a gradient.
func TestVelocitiesMakeNoGradients(t *testing.T) {
	const n = 300
	o := ode.Options{Method: ode.RK4, Steps: 20, Keep: 1}
	c := counted{field(t, "silu", o.Slots()), new(atomic.Int64)}
	m := flow.New(&flow.Continuous[float64]{Field: c, Dim: 3, Time: 1, Scale: 1, Options: o}, core.Space{Kind: core.Field, Shape: []int{3}}, flow.Options{Subject: "velocity"})
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
	on := c.Field.On(2, 1).(*workspace[float64])
	if on.grads != nil {
		t.Error("a workspace begins with gradients")
	}
}

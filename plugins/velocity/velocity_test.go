package velocity

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
	"base":        {core.Settings{"base_mean": []any{0.3, -1.0}, "base_covariance": []any{2.0, 0.6, 0.6, 1.0}}, space(2)},
	"tolerance":   {core.Settings{"integrator": "dopri5", "tolerance": 1e-9}, space(2)},
	"many fields": {core.Settings{"depth": int64(2), "width": int64(3)}, space(300)}, // chunks of one
}

// complete adds the defaults, with few hidden units and one frequency.
func complete(tb testing.TB, s core.Settings) core.Settings {
	tb.Helper()
	return coretest.Settings(tb, Part, core.Settings{"width": int64(6), "frequencies": int64(1), "steps": int64(20)}, s)
}

func bijection(tb testing.TB, s core.Settings, space core.Space) *flow.Continuous[float64] {
	tb.Helper()
	var c config
	core.Decode(complete(tb, s), &c)
	b, err := newFlow[float64](c, space)
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
	for name, samples := range map[string]int{"silu": 2000, "base": 500} {
		t.Run(name, func(t *testing.T) {
			v := variants[name]
			coretest.ModelPart(t, Part, complete(t, v.s), v.space, coretest.ModelOptions{Tolerance: 1e-10, Inverse: 1e-5, LogDet: 1e-5, Samples: samples, Large: 200})
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
	m := train(t, core.Settings{"width": int64(70)}, space(d), 0.1) // two tiles in a layer
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

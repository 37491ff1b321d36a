package flow_test

import (
	"slices"
	"sync/atomic"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// evaluations counts the velocities that a field makes.
type evaluations struct {
	swirl
	n atomic.Int64
}

func (f *evaluations) On(n, slots int) flow.FieldOn[float64] {
	return &evaluationsOn{f.swirl.On(n, slots), f}
}

type evaluationsOn struct {
	flow.FieldOn[float64]
	f *evaluations
}

func (w *evaluationsOn) Eval(slot int, v, div, t, x []float64) {
	w.f.n.Add(1)
	w.FieldOn.Eval(slot, v, div, t, x)
}

const dim = 3

// carried is the model of a swirl, of time 1.3 and scale 0.7, with parameters loaded.
func carried(t *testing.T) (*flow.Model[float64], *evaluations, []float64) {
	t.Helper()
	f := &evaluations{swirl: newSwirl(dim)}
	m := flow.New(&flow.Continuous[float64]{Field: f, Dim: dim, Time: 1.3, Scale: 0.7, Options: ode.Options{Method: ode.RK4, Steps: 100}},
		core.Space{Kind: core.Field, Shape: []int{dim}}, flow.Options{Subject: "test"})
	theta := make([]float64, m.Spec().Parameters)
	must(t, m.Init(theta, 5))
	must(t, m.Load(theta))
	return m, f, theta
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// moments are n configurations with times from 0 to 1, the last included.
func moments(t *testing.T, seed uint64, n int) (b *core.Batch, times []float64) {
	t.Helper()
	times = make([]float64, n)
	for i := range times {
		times[i] = float64(i+1) / float64(n)
	}
	b = &core.Batch{N: n, X: normal(seed, n*dim)}
	core.Time.Put(b, times)
	return b, times
}

// The path of the velocity by 200 steps of RK4, whose errors of fourth order are below
// those of the 100 steps of the map, some 3e-8, ends where the map leads; its divergence, by central differences, adds up to
// ln|det dx/dz|.
func TestVelocityFollowsTheMap(t *testing.T) {
	const n, steps, h, step = 5, 200, 1. / 200, 1e-4
	m, _, _ := carried(t)
	z, now := normal(1, n*dim), make([]float64, n)
	velocity := func(x []float64, time float64) []float64 {
		for j := range now {
			now[j] = time
		}
		v := make([]float64, n*dim)
		must(t, m.Velocity(v, x, now))
		return v
	}
	rate := func(x []float64, time float64) (v, div []float64) {
		div = make([]float64, n)
		for i := range dim {
			up, down := slices.Clone(x), slices.Clone(x)
			for j := range n {
				up[j*dim+i] += step
				down[j*dim+i] -= step
			}
			a, b := velocity(up, time), velocity(down, time)
			for j := range n {
				div[j] += (a[j*dim+i] - b[j*dim+i]) / (2 * step)
			}
		}
		return velocity(x, time), div
	}
	x, l := slices.Clone(z), make([]float64, n)
	add := func(to, along []float64, by float64) []float64 {
		to = slices.Clone(to)
		for i, v := range along {
			to[i] += by * v
		}
		return to
	}
	for k := range steps {
		at := float64(k) * h
		k1, d1 := rate(x, at)
		k2, d2 := rate(add(x, k1, h/2), at+h/2)
		k3, d3 := rate(add(x, k2, h/2), at+h/2)
		k4, d4 := rate(add(x, k3, h), at+h)
		for i, w := range []float64{1. / 6, 1. / 3, 1. / 3, 1. / 6} {
			x = add(x, [][]float64{k1, k2, k3, k4}[i], w*h)
			l = add(l, [][]float64{d1, d2, d3, d4}[i], w*h)
		}
	}
	want, lnDet := make([]float64, n*dim), make([]float64, n)
	must(t, m.Map(want, lnDet, z))
	if d := maxDiff(x, want); d > 1e-7 || maxDiff(want, z) < 0.1 {
		t.Errorf("the velocity leads %.2g away from the map, which moves by %.2g", d, maxDiff(want, z))
	}
	if d := maxDiff(l, lnDet); d > 1e-6 || maxDiff(lnDet, make([]float64, n)) < 0.1 {
		t.Errorf("its divergence is %.2g away from ln|det dx/dz| = %v", d, lnDet)
	}
}

func pull(t *testing.T, m *flow.Model[float64], b *core.Batch, vbar []float64) []float64 {
	t.Helper()
	grad := make([]float64, m.Spec().Parameters)
	must(t, m.VelocityPull(grad, b, vbar))
	return grad
}

// A batch of 300 has four shares of 75, a chunk each. The pull-back evaluates the field
// where the call before has not done so with the same numbers.
func TestVelocityIsKeptForItsPull(t *testing.T) {
	const n, chunks = 300, 4
	m, f, theta := carried(t)
	b, times := moments(t, 2, n)
	vbar, v := normal(3, n*dim), make([]float64, n*dim)
	want := pull(t, m, b, vbar)
	for name, c := range map[string]struct {
		between func()
		again   int64
	}{
		"nothing between": {func() {}, 0},
		"a map":           {func() { must(t, m.Map(make([]float64, dim), make([]float64, 1), make([]float64, dim))) }, 0},
		"Load":            {func() { must(t, m.Load(theta)) }, chunks},
		"another x": {func() {
			x := slices.Clone(b.X)
			x[80*dim] += 1
			must(t, m.Velocity(v, x, times))
		}, 1},
		"another time": {func() {
			other := slices.Clone(times)
			other[0], other[299] = 0.1, 0.2
			must(t, m.Velocity(v, b.X, other))
		}, 2},
	} {
		must(t, m.Velocity(v, b.X, times))
		c.between()
		before := f.n.Load()
		got := pull(t, m, b, vbar)
		if again := f.n.Load() - before; name != "a map" && again != c.again {
			t.Errorf("%s: %d chunks are evaluated again, want %d", name, again, c.again)
		}
		if !slices.Equal(got, want) || maxDiff(got, make([]float64, len(got))) < 1 {
			t.Errorf("%s: another gradient", name)
		}
	}
	must(t, m.Velocity(v, b.X, times))
	if a := testing.AllocsPerRun(5, func() { must(t, m.Velocity(v, b.X, times)); must(t, m.VelocityPull(want, b, vbar)) }); a >= 1 {
		t.Errorf("%v allocations", a)
	}
}

// The gradients of the nodes of a batch, as ranks make them, add up to that of the
// whole, bit for bit; 5000 configurations are more than the chunks hold.
func TestVelocityPullOfNodes(t *testing.T) {
	for _, n := range []int{300, 5000} {
		m, _, _ := carried(t)
		b, _ := moments(t, 4, n)
		vbar := normal(5, n*dim)
		want := pull(t, m, b, vbar)
		_, _, total, shares := b.Place()
		var nodes []core.Node
		var sums [][]float64
		for k := range shares { // a rank for each share
			for _, node := range core.Nodes(total, shares, k, k+1) {
				part := &core.Batch{N: node.N, From: node.From, Total: total, Shares: shares, X: b.X[node.From*dim : (node.From+node.N)*dim]}
				core.Time.Put(part, core.Time.Of(b)[node.From:node.From+node.N])
				nodes, sums = append(nodes, node), append(sums, pull(t, m, part, vbar[node.From*dim:(node.From+node.N)*dim]))
			}
		}
		if got := core.SumNodes(nodes, sums); !slices.Equal(got, want) {
			t.Errorf("%d configurations: %v in nodes, %v as a whole", n, got, want)
		}
	}
}

func TestWithoutVelocity(t *testing.T) {
	relabelled := ode.Options{Method: ode.RK4, Steps: 1, Relabel: [][]int{{1, 2, 0}}}
	m := flow.New(&flow.Continuous[float64]{Field: newSwirl(dim), Dim: dim, Time: 1, Scale: 1, Options: relabelled},
		core.Space{Kind: core.Field, Shape: []int{dim}}, flow.Options{Subject: "test"})
	for name, err := range map[string]error{
		"velocity": m.Velocity(nil, nil, nil), "pull": m.VelocityPull(make([]float64, m.Spec().Parameters), &core.Batch{}, nil),
	} {
		if core.KindOf(err) != core.Unsupported || slices.Contains(m.Spec().Powers, core.PowerVelocity) {
			t.Errorf("%s: %v, powers %v", name, err, m.Spec().Powers)
		}
	}
}

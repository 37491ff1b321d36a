package flowtest

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Training is a model whose training steps are tested and timed. Its target is
// E = |x|^2/2 + (ln p)^2/2 of each configuration: cotangents x and ln p, which
// are at hand.
type Training struct {
	flowModel
	theta, grad []float64
	batch       core.Batch
}

// flowModel is a flow.Model in either precision.
type flowModel interface {
	core.Model
	core.PathPuller
	core.ModelSloper
	core.Mapper
	core.VelocityField
}

// Train returns a part's model with its starting parameters, to which normal
// noise of the given size is added.
func Train(tb testing.TB, part core.Part, s core.Settings, space core.Space, noise float64) *Training {
	tb.Helper()
	m, err := part.NewModel(s, space)
	if err != nil {
		tb.Fatal(err)
	}
	size := m.Spec().Parameters
	t := &Training{flowModel: m.(flowModel), theta: make([]float64, size), grad: make([]float64, size)}
	if err := m.Init(t.theta, 1); err != nil {
		tb.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range t.theta {
		t.theta[i] += noise * r.NormFloat64()
	}
	if err := m.Load(t.theta); err != nil {
		tb.Fatal(err)
	}
	return t
}

// Step loads the parameters, draws n configurations and differentiates through
// them.
func (t *Training) Step(tb testing.TB, n int) {
	tb.Helper()
	if err := t.Load(t.theta); err != nil {
		tb.Fatal(err)
	}
	if err := t.Sample(&t.batch, 1, n); err != nil {
		tb.Fatal(err)
	}
	if err := t.PathPull(t.grad, &t.batch, t.batch.X, t.batch.LogP); err != nil {
		tb.Fatal(err)
	}
}

// Test tests that a step of n configurations has the same bits on any number of
// threads, and that it does not allocate.
func (t *Training) Test(tt *testing.T, n int) {
	tt.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want []float64
	for _, procs := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(procs)
		t.Step(tt, n)
		if got := slices.Concat(t.batch.X, t.batch.LogP, t.grad); want == nil {
			want = got
		} else if !slices.Equal(got, want) {
			tt.Errorf("%d threads: another result", procs)
		}
	}
	if largest(t.grad) == 0 {
		tt.Error("no gradient")
	}
	if a := testing.AllocsPerRun(5, func() { t.Step(tt, n) }); a >= 1 {
		tt.Errorf("%v allocations", a)
	}
}

// Bench times steps of n configurations on threads as a run has them, and holds them against
// the work of one step, by count: see [rates.Meter.Report].
func (t *Training) Bench(b *testing.B, n int, w rates.Work) (cpu float64) {
	defer par.Spare()()
	t.Step(b, n)
	r := rates.Start(b)
	for range b.N {
		t.Step(b, n)
	}
	return r.Report(w)
}

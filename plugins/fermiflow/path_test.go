package fermiflow

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// numbers are all that a model computes of a batch: ln Psi, the Laplacian and the gradient.
func numbers(t *testing.T, m *Model, b *core.Batch) []float64 {
	t.Helper()
	lnPsi, logP := make([]complex128, b.N), make([]float64, b.N)
	grad, v := make([]float64, m.spec.Parameters), make([]complex128, b.N)
	for i := range v {
		v[i] = complex(math.Sin(float64(i)), 0)
	}
	all := logP
	for _, lap := range coretest.Laplacian(t, m, b) {
		all = append(all, real(lap))
	}
	if err := m.LogPsi(lnPsi, logP, b); err != nil {
		t.Fatal(err)
	}
	if err := m.StatePull(grad, b, logP, v); err != nil {
		t.Fatal(err)
	}
	for _, l := range lnPsi {
		all = append(all, real(l), imag(l))
	}
	return append(all, grad...)
}

// twin is another model of the same kind, with parameters of its own.
func twin(t *testing.T, theta []float64) *Model {
	t.Helper()
	m, _ := model(t, core.Settings{"steps": int64(5)}, particles(3, 2), 0)
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	return m
}

// The numbers are the same, bit for bit, whether a path is at hand, is made again from the z
// that was drawn, or from the z that is found for x.
func TestWhatIsRememberedChangesNothing(t *testing.T) {
	m, theta := model(t, core.Settings{"steps": int64(5)}, particles(3, 2), 0.1)
	const n = 2500 // of 64 in each of the 32 workspaces that there are at least
	b := coretest.Draw(t, m, 5, n)
	want := numbers(t, m, b)
	for _, bytes := range []int{1, 3 * leastSlab * m.kept * 4 * m.velocity.SlotBytes() * m.width / 5} {
		little := twin(t, theta)
		little.keep(bytes)
		again := coretest.Draw(t, little, 5, n)
		if little.kept >= 5 || little.paths.Slab*little.width >= n {
			t.Fatalf("keeps %d steps of %d configurations", little.kept, little.paths.Slab*little.width)
		}
		if !slices.Equal(again.X, b.X) || !slices.Equal(numbers(t, little, again), want) {
			t.Errorf("keeping %d of 5 steps: other numbers", little.kept)
		}
	}
	if !slices.Equal(numbers(t, twin(t, theta), b), want) {
		t.Error("of a model that did not draw: other numbers")
	}
	coretest.Draw(t, m, 6, 10)
	if !slices.Equal(numbers(t, m, b), want) {
		t.Error("after another draw: other numbers")
	}
}

// The path of the draw is not evaluated again: with weights that are not numbers, behind the
// model's back, Psi and its Laplacian are what they were. With memory for one step, they are not.
func TestPathIsNotMadeAgain(t *testing.T) {
	m, _ := model(t, core.Settings{"steps": int64(5)}, particles(3, 2), 0.1)
	b := coretest.Draw(t, m, 5, 100)
	want := coretest.Laplacian(t, twin(t, slices.Concat(m.logits, m.params.Flat())), b)
	spoil := func(m *Model) {
		for _, p := range m.params.Blocks() {
			for i := range p.Val {
				p.Val[i] = math.NaN()
			}
		}
	}
	little := twin(t, slices.Concat(m.logits, m.params.Flat()))
	little.keep(1)
	coretest.Draw(t, little, 5, 100)
	spoil(m)
	spoil(little)
	if got := coretest.Laplacian(t, m, b); !slices.Equal(got, want) {
		t.Error("other numbers")
	}
	if err := little.Laplacian(make([]complex128, b.N), b); core.KindOf(err) != core.Numeric {
		t.Errorf("with memory for one step: error %v", err)
	}
}

// New parameters, and other configurations under the same ID, are not taken for what was drawn.
func TestWhatChangedIsNotRemembered(t *testing.T) {
	m, theta := model(t, core.Settings{"steps": int64(5)}, particles(3, 2), 0.1)
	b := coretest.Draw(t, m, 5, 100)
	before := numbers(t, m, b)
	other := slices.Clone(theta)
	for i := range other {
		other[i] += 0.01 * math.Cos(float64(i))
	}
	if err := m.Load(other); err != nil {
		t.Fatal(err)
	}
	after := numbers(t, m, b)
	if slices.Equal(after, before) || !slices.Equal(after, numbers(t, twin(t, other), b)) {
		t.Error("the parameters changed, and not the numbers with them")
	}
	coretest.Draw(t, m, 5, 100)
	b.X[77] += 1e-9
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	again := coretest.Draw(t, m, 5, 100)
	again.X[77] += 1e-9
	moved := numbers(t, m, again)
	if slices.Equal(moved, before) || !slices.Equal(moved, numbers(t, twin(t, theta), again)) {
		t.Error("a configuration moved, and not its numbers with it")
	}
}

// Workspaces keep what they may: all stages where there is room, and one step at least.
func TestKeepsWithinItsMemory(t *testing.T) {
	for _, c := range []struct {
		n, steps int
		all      bool
	}{{2, 20, true}, {6, 20, true}, {10, 20, true}, {6, 10000, false}} {
		m, _ := model(t, core.Settings{"excitation": int64(0), "state": int64(0), "steps": int64(c.steps)}, particles(c.n, 2), 0)
		if all := m.kept == c.steps; all != c.all || m.kept < 1 {
			t.Errorf("%v: keeps %d steps", c, m.kept)
		}
		if stages := 4 * m.kept * m.velocity.SlotBytes() * m.width * m.paths.Slab; stages > keepBytes {
			t.Errorf("%v: keeps %d bytes", c, stages)
		}
	}
}

// f(z) = x to rounding for any x, also where an integration back is off by 1e-3.
func TestInverse(t *testing.T) {
	m, _ := model(t, core.Settings{"steps": int64(2)}, particles(3, 2), 0.1)
	b := coretest.Draw(t, m, 5, 100)
	for i := range b.X {
		b.X[i] += 0.1 * math.Sin(float64(i))
	}
	numbers(t, m, b)
	for k, chunk := range m.paths.Layout().Chunks {
		for j := range chunk.N {
			if off := m.paths.Work(k).missing(j); off > 1e-14 || math.IsNaN(off) {
				t.Errorf("configuration %d: x is off by %v", chunk.From+j, off)
			}
		}
	}
}

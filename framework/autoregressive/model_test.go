package autoregressive

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// masked is a network of two masked layers with a PReLU between them, small enough for
// enumeration.
type masked[T tensor.Real] struct {
	sites, logits int
	first, last   *nn.MaskedDense[T]
	phi           *nn.PReLU[T]
	whole         bool // gradients are of whole chunks
}

const hidden = 3 // channels

func newMasked[T tensor.Real](space core.Space) *masked[T] {
	sites, logits := space.Size(), Logits(space)
	m := &masked[T]{sites: sites, logits: logits, first: nn.NewMaskedDense[T]("first", sites, 1, hidden, true, true), last: nn.NewMaskedDense[T]("last", sites, hidden, logits, false, true), phi: nn.NewPReLU[T]("phi", hidden)}
	for _, p := range m.Params() {
		p.Start = func(w []float64, r *rand.Rand) {
			for i := range w {
				w[i] = 0.5 * r.NormFloat64()
			}
		}
	}
	return m
}

// newWhole is a network that cannot tell the segments of a chunk apart.
func newWhole[T tensor.Real](space core.Space) *masked[T] {
	m := newMasked[T](space)
	m.whole = true
	return m
}

func (m *masked[T]) Params() []*grad.Param[T] {
	return []*grad.Param[T]{m.first.W, m.first.B, m.phi.Slope, m.last.W, m.last.B}
}
func (m *masked[T]) Block() int         { return 2 }
func (m *masked[T]) Chunk() (int, bool) { return 24, !m.whole }

func (m *masked[T]) Pass(head *grad.Tape[T], n int, twin *Pass[T]) *Pass[T] {
	p := &Pass[T]{Head: head, X: grad.NewData[T](m.sites, n)}
	x := nn.Map[T]{Var: p.X, Sites: m.sites, Channels: 1, Width: 1, N: n}
	h := x.Like(head, hidden)
	p.AddFirst(m.first, x, h, twin, false)
	y, a := h.Like(&p.Tape, hidden), h.Like(&p.Tape, m.logits)
	p.Add(m.phi.On(h, y))
	p.Add(m.last.On(y, a))
	p.A = a.Var
	return p
}

// options of the models of the tests, each in a space of its own.
func options[T tensor.Real]() map[string]Options[T] {
	all := make(map[string]Options[T])
	for name, o := range map[string]Options[T]{
		"spins":      {Space: core.Space{Kind: core.Spins, Shape: []int{2, 3}}},
		"spins z2":   {Space: core.Space{Kind: core.Spins, Shape: []int{5}}, Z2: true},
		"bits":       {Space: core.Space{Kind: core.Levels, Levels: 2, Shape: []int{6}}},
		"categories": {Space: core.Space{Kind: core.Levels, Levels: 4, Shape: []int{2, 2}}},
	} {
		o.Name, o.Network = "masked", newMasked[T](o.Space)
		all[name] = o
	}
	return all
}

// start makes a model with its starting parameters.
func start[T tensor.Real](t *testing.T, o Options[T]) (*Model[T], []float64) {
	t.Helper()
	m := New(o)
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 3); err != nil {
		t.Fatal(err)
	}
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	return m, theta
}

func draw(t *testing.T, m core.Model, n int) *core.Batch {
	t.Helper()
	var b core.Batch
	if err := m.Sample(&b, 8, n); err != nil {
		t.Fatal(err)
	}
	return &b
}

func pull(t *testing.T, m core.Model, b *core.Batch) []float64 {
	t.Helper()
	g, w := make([]float64, m.Spec().Parameters), make([]float64, b.N)
	for i := range w {
		w[i] = math.Sin(float64(3*i + 1))
	}
	if err := m.Pull(g, b, w); err != nil {
		t.Fatal(err)
	}
	return g
}

// The contract of core.Model, for spins and for levels.
func TestConformance(t *testing.T) {
	t.Run("float64", func(t *testing.T) { testConformance[float64](t, coretest.ModelOptions{}) })
	t.Run("float32", func(t *testing.T) { testConformance[float32](t, coretest.InFloat32) })
}

func testConformance[T tensor.Real](t *testing.T, suite coretest.ModelOptions) {
	for name, o := range options[T]() {
		t.Run(name, func(t *testing.T) {
			coretest.Model(t, func(t *testing.T) core.Model {
				return New(Options[T]{Name: o.Name, Network: newMasked[T](o.Space), Space: o.Space, Z2: o.Z2})
			}, suite)
		})
	}
}

// In float32 ln p sums to 1 as in float64, and the gradient is that of the twin in float64
// with the same parameters to rounding: some 100 terms, of 6e-8 each.
func TestFloat32(t *testing.T) {
	double := options[float64]()
	for name, o := range options[float32]() {
		t.Run(name, func(t *testing.T) {
			m, theta := start(t, o)
			twin, _ := start(t, double[name])
			for i, v := range theta {
				theta[i] = float64(float32(v))
			}
			for _, of := range []core.Model{m, twin} {
				if err := of.Load(theta); err != nil {
					t.Fatal(err)
				}
			}
			x := states(o.Space)
			lp, sum := make([]float64, len(x)/o.Space.Size()), 0.0
			if err := m.LogProb(lp, x); err != nil {
				t.Fatal(err)
			}
			for _, l := range lp {
				sum += math.Exp(l)
			}
			if math.Abs(sum-1) > 1e-13 {
				t.Errorf("sum p - 1 = %g", sum-1)
			}
			b := draw(t, m, 200)
			again := make([]float64, b.N)
			if err := m.LogProb(again, b.X); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(again, b.LogP) {
				t.Error("what was drawn has another ln p")
			}
			b.ID = 0
			want := pull(t, twin, b)
			size := max(slices.Max(want), -slices.Min(want))
			for i, g := range pull(t, m, b) {
				if math.Abs(g-want[i]) > 100*6e-8*size {
					t.Errorf("gradient %d is %v, in float64 %v", i, g, want[i])
				}
			}
		})
	}
}

// states are all configurations of a space.
func states(space core.Space) (x []float64) {
	values, d := space.Values()[0], space.Size()
	for k := range int(math.Pow(float64(len(values)), float64(d))) {
		for range d {
			x = append(x, values[k%len(values)])
			k /= len(values)
		}
	}
	return x
}

// Scores grad ln q(x_j) from tapes of one sample, added up with the weights, are
// the pull-back of the batch. A score of q_Z2 is a mean of two of these.
func TestScores(t *testing.T) {
	for name, o := range options[float64]() {
		if o.Z2 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			const n = 9
			m, theta := start(t, o)
			b, d := draw(t, m, n), o.Space.Size()
			want, sum, score := pull(t, m, b), make([]float64, len(theta)), make([]float64, len(theta))
			one := newChunk(o, 1)
			for j := range n {
				if err := one.load(b.X[d*j:], j); err != nil {
					t.Fatal(err)
				}
				one.pass[0].forward()
				one.backward(0, []float64{1}, 0)
				one.head.Backward()
				for _, tape := range []*grad.Tape[float64]{&one.head, &one.pass[0].Tape} {
					tape.Gradient(score, m.params.Blocks())
					for i, v := range score {
						sum[i] += math.Sin(float64(3*j+1)) * v
					}
				}
			}
			for i := range sum {
				if math.Abs(sum[i]-want[i]) > 1e-12 {
					t.Errorf("component %d of the weighted scores is %v, of the pull-back %v", i, sum[i], want[i])
				}
			}
			if slices.Max(want) == 0 {
				t.Error("no gradient")
			}
		})
	}
}

// Hidden states are kept where they fit into the budget, of a batch that was drawn and of
// one that was scored: the pull-back of it has the same bits as one from configurations.
// Of a network without segments chunks are those of shares, two of 250 configurations by
// default.
func TestHeld(t *testing.T) {
	all := options[float64]()
	spins := all["spins"].Space
	all["whole chunks"] = Options[float64]{Name: "masked", Network: newWhole[float64](spins), Space: spins}
	for name, o := range all {
		_, segments := o.Network.Chunk()
		t.Run(name, func(t *testing.T) {
			const n = 250
			m, _ := start(t, o)
			o.Budget = 1
			small, _ := start(t, o)
			b := draw(t, m, n)
			if m.held.id != b.ID || m.chunks.Slabs() != 1 {
				t.Error("what was drawn is not held")
			}
			if draw(t, small, n); small.held.id != 0 || small.chunks.Slab != 1 {
				t.Error("held without room")
			}
			b.ID = 0
			want := pull(t, small, b)
			counts := []int{0, 1, 4}
			if !segments {
				counts = counts[:1]
			}
			for _, shares := range counts {
				b.Total, b.Shares = n, shares
				logP := make([]float64, n)
				if err := m.LogProb(logP, b.X); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(pull(t, m, b), pull(t, small, b)) {
					t.Errorf("%d shares: another pull-back", shares)
				}
				if m.held.N != n {
					t.Errorf("%d shares: a pull-back of what was scored made a forward pass", shares)
				}
			}
			states := o.Space.Values()[0]
			if other := states[0]; b.X[0] != other {
				b.X[0] = other
			} else {
				b.X[0] = states[1]
			}
			b.Total, b.Shares = 0, 0
			if slices.Equal(pull(t, m, b), want) || m.held.N == n {
				t.Error("a pull-back used the hidden states of other configurations")
			}
		})
	}
}

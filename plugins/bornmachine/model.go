package bornmachine

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/qubits"
)

// Model is the circuit as a density.
type Model struct {
	circuit
	spec   core.ModelSpec
	params *grad.Params[float64]
	angles *grad.Param[float64]
	states []float64 // numbers that stand for 0 and 1

	// Of the parameters that are loaded; empty until they are asked for.
	psi  qubits.State
	sums []float64 // of p over the bit strings up to each, and with it

	layout par.Layout
	rows   []float64 // gradients of the segments of a batch
}

func newModel(spread float64, space core.Space, c circuit, memory float64) *Model {
	m := &Model{circuit: c, states: space.Values()[0]}
	m.angles = grad.NewParam[float64]("angles", len(c.rotations()))
	m.angles.Start = func(values []float64, r *rand.Rand) {
		for i := range values {
			values[i] = spread * r.NormFloat64()
		}
	}
	m.params = grad.NewParams(m.angles)
	m.spec = core.ModelSpec{Space: space, Parameters: m.params.Size(), Blocks: []core.Block{{Name: m.angles.Name, Shape: m.angles.Shape}},
		Memory: core.Memory{Fixed: memory + 8*float64(m.params.Size()*(core.DefaultShares+2)), PerConfiguration: 8}}
	return m
}

// Spec implements core.Model.
func (m *Model) Spec() core.ModelSpec { return m.spec }

// Init implements core.Model.
func (m *Model) Init(theta []float64, seed uint64) error {
	m.params.Start(theta, core.Streams(seed))
	return nil
}

// Load implements core.Model.
func (m *Model) Load(theta []float64) error {
	m.params.Load(theta)
	m.psi, m.sums = nil, nil
	return nil
}

// run makes the wave function, unless it is there.
func (m *Model) run() error {
	if m.psi != nil {
		return nil
	}
	for k, t := range m.angles.Val {
		if math.IsNaN(t) || math.IsInf(t, 0) {
			return core.Errorf(core.Numeric, "run the circuit", name, "angle %d is %v", k, t)
		}
	}
	m.psi = m.circuit.run(m.angles.Val)
	return nil
}

func density(a complex128) float64 { return real(a)*real(a) + imag(a)*imag(a) }

// Sample implements core.Density. Configuration i is the first bit string x with sum_{y <= x}
// p(y) > u, by the one number u of its stream.
func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.n)
	if err := m.run(); err != nil {
		return err
	}
	if m.sums == nil {
		m.sums = make([]float64, len(m.psi))
		sum := 0.0
		for x, a := range m.psi {
			sum += density(a)
			m.sums[x] = sum
		}
	}
	var stream rand.PCG
	last := len(m.sums) - 1
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		u := rand.New(&stream).Float64() * m.sums[last]
		x := sort.Search(last, func(x int) bool { return m.sums[x] > u })
		for q := range m.n {
			dst.X[i*m.n+q] = m.states[x/m.bit(q)&1]
		}
		dst.LogP[i] = math.Log(density(m.psi[x]))
	}
	dst.ID = rand.Uint64() | 1
	return nil
}

// LogProb implements core.Density.
func (m *Model) LogProb(dst, x []float64) error {
	if err := m.run(); err != nil {
		return err
	}
	for i := range dst {
		k, err := m.number(x[i*m.n:(i+1)*m.n], i)
		if err != nil {
			return err
		}
		dst[i] = math.Log(density(m.psi[k]))
	}
	return nil
}

// number is that of a bit string, configuration i of a batch.
func (m *Model) number(x []float64, i int) (k int, err error) {
	for q, v := range x {
		switch bit := slices.Index(m.states, v); bit {
		case -1:
			return 0, core.Errorf(core.Invalid, "evaluate ln p", name, "site %d of configuration %d is %v, which is no state", q, i, v)
		default:
			k = 2*k + bit
		}
	}
	return k, nil
}

// Pull implements core.Model: one way back through the circuit for each share of the batch,
// whatever its size.
func (m *Model) Pull(dst []float64, b *core.Batch, w []float64) error {
	if err := m.run(); err != nil {
		return err
	}
	numbers := make([]int, b.N)
	for i := range numbers {
		var err error
		if numbers[i], err = m.number(b.X[i*m.n:(i+1)*m.n], i); err != nil {
			return err
		}
	}
	par.CutBy(par.RowsOf(b.Place()), math.MaxInt32).Lay(&m.layout)
	segments := m.layout.Segments
	m.rows = core.Resize(m.rows, len(segments)*len(dst))
	clear(m.rows)
	par.For(len(segments), func(s int) {
		from := m.layout.Chunks[segments[s].Chunk].From + segments[s].From
		m.pullShare(m.rows[s*len(dst):(s+1)*len(dst)], numbers[from:][:segments[s].N], w[from:])
	})
	m.params.SumRows(dst, m.rows, segments)
	return nil
}

// pullShare writes the gradient of some configurations. Where p is 0 there is none.
func (m *Model) pullShare(grad []float64, numbers []int, w []float64) {
	psi, lambda := slices.Clone(m.psi), make(qubits.State, len(m.psi))
	for i, x := range numbers {
		if p := density(psi[x]); p > 0 {
			lambda[x] += complex(w[i]/p, 0) * psi[x]
		}
	}
	m.circuit.gradient(grad, m.angles.Val, psi, lambda)
}

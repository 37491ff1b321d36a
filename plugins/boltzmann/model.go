package boltzmann

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Model is the machine as a density.
type Model struct {
	spec   core.ModelSpec
	n      int
	fields int // n, or 0
	theta  []float64
	h, k   []float64 // the fields, and the couplings as a symmetric matrix
	states *states
	made   bool // whether they are of the parameters that are loaded
}

func newModel(c config, space core.Space, bytes float64) *Model {
	n := space.Size()
	m := &Model{n: n, h: make([]float64, n), k: make([]float64, n*n), states: newStates(n)}
	couplings := core.Block{Name: "couplings", Shape: []int{n * (n - 1) / 2}}
	m.spec = core.ModelSpec{Space: space, Blocks: []core.Block{couplings}, Memory: core.Memory{Fixed: bytes, PerConfiguration: 8 * float64(2*n)}}
	if c.Fields {
		m.fields = n
		m.spec.Blocks = []core.Block{{Name: "fields", Shape: []int{n}}, couplings}
	} else {
		m.spec.Symmetries = []core.Symmetry{core.Z2}
	}
	m.spec.Parameters = m.fields + couplings.Size()
	return m
}

// Spec implements core.Model.
func (m *Model) Spec() core.ModelSpec { return m.spec }

// Init implements core.Model: free spins.
func (m *Model) Init(theta []float64, _ uint64) error {
	clear(theta)
	return nil
}

// Load implements core.Model.
func (m *Model) Load(theta []float64) error {
	if slices.Equal(m.theta, theta) {
		return nil
	}
	m.theta, m.made = append(m.theta[:0], theta...), false
	copy(m.h, theta[:m.fields])
	at := m.fields
	for i := range m.n {
		for j := i + 1; j < m.n; j++ {
			m.k[i*m.n+j], m.k[j*m.n+i] = theta[at], theta[at]
			at++
		}
	}
	return nil
}

// prepare makes the sums over all states.
func (m *Model) prepare() error {
	if !m.made {
		m.states.of(m.h, m.k)
		if z := m.states.logZ; z-z != 0 {
			return &core.Error{Kind: core.Numeric, Op: "sum over states", Subject: name, Err: fmt.Errorf("ln Z = %v", z), Hint: "a parameter ran away: try a smaller learning rate"}
		}
		m.made = true
	}
	return nil
}

// Sample implements core.Density.
func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	if err := m.prepare(); err != nil {
		return err
	}
	dst.Reset(n, m.n)
	dst.ID = rand.Uint64() | 1
	var stream rand.PCG
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		random := rand.New(&stream)
		m.states.draw(dst.X[i*m.n:(i+1)*m.n], random.Float64(), random.Float64())
	}
	return m.LogProb(dst.LogP, dst.X)
}

// LogProb implements core.Density.
func (m *Model) LogProb(dst, x []float64) error {
	if err := m.prepare(); err != nil {
		return err
	}
	fields := make([]float64, len(x))
	tensor.Gemm(false, false, len(dst), m.n, m.n, 0.5, x, m.n, m.k, m.n, 0, fields, m.n)
	for i := range dst {
		dst[i] = -m.states.logZ
		for j := i * m.n; j < (i+1)*m.n; j++ {
			dst[i] += x[j] * (m.h[j-i*m.n] + fields[j])
		}
	}
	return nil
}

// Pull implements core.Model: sum_i w_i of s_i and of s_i s_j, less their means.
func (m *Model) Pull(grad []float64, b *core.Batch, w []float64) error {
	if err := m.prepare(); err != nil {
		return err
	}
	weighted, products := make([]float64, len(b.X)), make([]float64, m.n*m.n)
	for i, v := range w {
		for j := i * m.n; j < (i+1)*m.n; j++ {
			weighted[j] = v * b.X[j]
		}
	}
	b.Sum(grad, func(sum []float64, from, to int) {
		total := 0.0
		for i := from; i < to; i++ {
			total += w[i]
			for j := range m.fields {
				sum[j] += weighted[i*m.n+j]
			}
		}
		tensor.Gemm(true, false, m.n, m.n, to-from, 1, weighted[from*m.n:], m.n, b.X[from*m.n:], m.n, 0, products, m.n)
		for j, v := range m.states.means[:m.fields] {
			sum[j] -= total * v
		}
		at := m.fields
		for i := range m.n {
			for j := i + 1; j < m.n; j++ {
				sum[at] += products[i*m.n+j] - total*m.states.products[i*m.n+j]
				at++
			}
		}
	})
	return nil
}

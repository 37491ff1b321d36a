package fermiflow

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/flow/manybody"
)

// Model is the density matrix of the package's equations. Its parameters are the
// logits, where there is more than one state, and those of the flow.
type Model struct {
	spec        core.ModelSpec
	n, d        int // particles; coordinates of all of them
	initialBeta float64
	steps       int

	orbitals *orbitals
	states   *states
	lines    []*line
	logits   []float64 // in units of unit; nil with one state
	unit     float64   // see natural.go
	logP     []float64 // ln p(K)
	sum      []float64 // of p(K) up to and including each

	velocity *manybody.Velocity
	params   *grad.Params[float64] // of the flow, which follow the logits in theta

	natural  natural
	products products
	notices  []core.Notice

	theta      int // number of the parameters, which every Load raises
	drawn      drawn
	paths      par.Pool[*chunk]
	width      int // configurations of a workspace,
	kept       int // the steps whose stages it keeps
	chunkBytes float64
	grads      [][]*grad.Param[float64] // memory of shares
	layout     par.Layout               // of pullStates, with
	stack      grad.Stack[float64]
	job        job // in progress
	task       par.Task[*chunk]

	call   call
	twice  []complex128
	number []int // of the state of each configuration of the call, from its K
}

// call has the slices of the caller while it lasts; those that a method does not
// have are nil.
type call struct {
	seed   uint64
	first  int // number of the batch's first draw
	k      []int32
	x      []float64
	logP   []float64
	logPsi []complex128
	lap    []complex128
	slope  []complex128 // d numbers for each configuration
	u      []float64    // uniform numbers, d for each configuration
	v      []complex128
}

var (
	_ core.Model             = (*Model)(nil)
	_ core.DensityMatrix     = (*Model)(nil)
	_ core.StateLister       = (*Model)(nil)
	_ core.StateDrawer       = (*Model)(nil)
	_ core.NaturalPuller     = (*Model)(nil)
	_ core.NaturalSharer     = (*Model)(nil)
	_ core.NaturalMultiplier = (*Model)(nil)
	_ core.Noticer           = (*Model)(nil)
)

func newModel(c config, space core.Space, o *orbitals, all *states) *Model {
	n, dim := space.Shape[0], space.Shape[1]
	if c.State >= 0 {
		all.only(c.State)
	}
	m := &Model{n: n, d: n * dim, initialBeta: c.InitialBeta, steps: c.Steps, orbitals: o, states: all}
	for q := range o.top + 1 {
		m.lines = append(m.lines, newLine(q))
	}
	m.velocity = manybody.NewVelocity(n, dim, c.Hidden, c.Softening, false).Jets()
	m.params = grad.NewParams(m.velocity.Params()...)
	m.spec = core.ModelSpec{Space: space, Symmetries: []core.Symmetry{core.Permutation, core.Z2},
		Powers: powers}
	for _, q := range o.quanta {
		numbers := make([]float64, dim)
		for i, x := range q {
			numbers[i] = float64(x)
		}
		m.spec.Orbitals = append(m.spec.Orbitals, numbers)
	}
	if c.State < 0 {
		m.spec.Basis = &core.Basis{Key: "excitation", Quanta: o.shell, Edge: o.lowest(n) + c.Excitation}
	}
	if all.count() > 1 {
		m.logits = make([]float64, all.count())
		m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: "logits", Shape: []int{all.count()}})
	}
	m.products.flow.Set(m.params.Size()+1, fisher.Piece{Cols: m.params.Size(), Centred: true})
	m.spec.Parameters, m.spec.Scores = len(m.logits)+m.params.Size(), m.params.Size()
	if m.logits != nil {
		m.spec.Factors = []int{len(m.logits), m.params.Size()}
	}
	for _, p := range m.params.Blocks() {
		m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: p.Name, Shape: p.Shape})
	}
	m.logP, m.sum = make([]float64, all.count()), make([]float64, all.count())
	m.unit = math.Sqrt(float64(all.count()))
	m.width, m.task = liftWidth(m.d), m.runTask
	m.keep(keepBytes)
	m.spec.Memory = core.Memory{Fixed: 16 * float64(m.spec.Parameters),
		PerConfiguration: m.chunkBytes/float64(m.width) + 16*float64(m.d), Most: m.chunkBytes * float64(m.paths.Slab)}
	return m
}

// openShell notes that the ground state of free fermions is not one state.
func (m *Model) openShell() {
	m.notices = []core.Notice{{Count: 1, Text: fmt.Sprintf(
		"open shell: %s of free fermions have the lowest energy, and the flow is the same for all; for a ground state choose one with the key state: %s",
		plural(m.states.count(), "state"), m.states.list(m.orbitals))}}
}

// Spec implements core.Model.
func (m *Model) Spec() core.ModelSpec { return m.spec }

// Init implements core.Model: the flow starts as the identity, the p(K) as those
// of free fermions.
func (m *Model) Init(theta []float64, seed uint64) error {
	mustLen("theta", len(theta), m.spec.Parameters)
	for k := range m.logits {
		theta[k] = -m.initialBeta * float64(m.states.excitation[k]) / m.unit
	}
	m.params.Start(theta[len(m.logits):], core.Streams(seed))
	return nil
}

// Load implements core.Model.
func (m *Model) Load(theta []float64) error {
	mustLen("theta", len(theta), m.spec.Parameters)
	m.theta++
	copy(m.logits, theta)
	m.params.Load(theta[len(m.logits):])
	m.normalise()
	return nil
}

// normalise computes ln p(K) and the sums of p(K).
func (m *Model) normalise() {
	high := 0.0
	if m.logits != nil {
		for k, v := range m.logits {
			m.logP[k] = m.unit * v
		}
		high = m.logP[0]
		for _, l := range m.logP {
			high = max(high, l)
		}
	}
	total := 0.0
	for k, l := range m.logP {
		total += math.Exp(l - high)
		m.sum[k] = total
	}
	norm := high + math.Log(total)
	for k := range m.logP {
		m.logP[k] -= norm
	}
}

// StateLogP implements core.StateLister.
func (m *Model) StateLogP() ([]float64, error) {
	return slices.Clone(m.logP), nil
}

// Notices implements core.Noticer.
func (m *Model) Notices() ([]core.Notice, error) {
	n := m.notices
	if m.natural.raised > 0 {
		n = append(n, core.Notice{Text: "a Fisher matrix was not positive to rounding and needed more damping", Count: m.natural.raised})
	}
	m.notices, m.natural.raised = nil, 0
	return n, nil
}

func mustLen(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("fermiflow: %s has length %d, want %d", what, got, want))
	}
}

package fermiflow

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
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
	unit     float64   // see NaturalPull
	logP     []float64 // ln p(K)
	sum      []float64 // of p(K) up to and including each

	velocity *manybody.Velocity
	flow     *flow.Continuous[float64]
	params   *grad.Params[float64] // of the flow, which follow the logits in theta

	natural natural
	notices []core.Notice

	// workspaces: for all, for Laplacians, for gradients of single configurations
	paths, lifts, scored chunks
	grads                [][]*grad.Param[float64] // memory of shares
	layout               par.Layout               // of pullStates, with
	stack                grad.Stack[float64]
	job                  job // in progress
	task                 par.Task[*chunk]

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
	v      []complex128
}

var (
	_ core.Model         = (*Model)(nil)
	_ core.DensityMatrix = (*Model)(nil)
	_ core.StateLister   = (*Model)(nil)
	_ core.NaturalPuller = (*Model)(nil)
	_ core.Noticer       = (*Model)(nil)
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
	m.velocity = manybody.NewVelocity(n, dim, c.Hidden, c.Softening, false)
	m.flow = m.continuous(m.velocity)
	m.params = grad.NewParams(m.flow.Params()...)
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
	m.spec.Parameters = len(m.logits) + m.params.Size()
	for _, p := range m.params.Blocks() {
		m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: p.Name, Shape: p.Shape})
	}
	m.logP, m.sum = make([]float64, all.count()), make([]float64, all.count())
	m.unit = math.Sqrt(float64(all.count()))
	each := m.continuous(m.velocity.Each())
	m.paths.set(m.velocity.Chunk(), slab, func() *chunk { return m.newPath(m.flow) })
	m.scored.set(m.velocity.Chunk(), 0, func() *chunk { return m.newPath(each) })
	m.lifts.set(liftWidth(m.d), 0, m.newLifted)
	m.task = m.runTask
	return m
}

// continuous is the flow of a velocity.
func (m *Model) continuous(v *manybody.Velocity) *flow.Continuous[float64] {
	return &flow.Continuous[float64]{Field: v, Dim: m.d, Time: 1, Scale: 1,
		Options: ode.Options{Method: ode.RK4, Steps: m.steps, Keep: v.Keep(len(ode.RK4.B))}}
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

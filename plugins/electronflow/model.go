package electronflow

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/equivariant"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels/lanes"
	"github.com/helmholtz-physics/helmholtz/framework/engine/pairflow"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/plugins/electronflow/states"
)

// Model is the density matrix. Theta has the parameters of p(K), then those of the
// flow.
type Model struct {
	spec   core.ModelSpec
	config config
	exact  bool
	probes int
	kinds  []int   // electrons of each spin
	norm   float64 // of Psi: -1/2 ln(N! V^N), N! of each spin

	states *states.Model // nil for ground
	fixed  bool          // the network of states is that of the start, its prior
	ground []int32
	net    *equivariant.Map
	pairs  *pairflow.Map         // in place of net, whose shape of particles and box it shares; nil without
	params *grad.Params[float64] // of the flow
	flow   []float64             // their values
	folds  []int                 // of a draw, for each eight configurations
	chains chains
	// States offered to the chains of a batch, and ln p of the last of them.
	offered     []int32
	offeredLogP []float64
	notices

	waves   par.Pool[*wave]
	call    call
	task    par.Task[*wave] // made once, so that a step does not allocate
	twice   []complex128
	sums    []float64 // gradients of chunks
	layout  par.Layout
	span    span
	natural natural

	products fisher.Products
}

var (
	_ core.Model             = (*Model)(nil)
	_ core.DensityMatrix     = (*Model)(nil)
	_ core.NaturalPuller     = (*Model)(nil)
	_ core.NaturalSharer     = (*Model)(nil)
	_ core.NaturalMultiplier = (*Model)(nil)
	_ core.StateDrawer       = (*Model)(nil)
	_ core.StateSpanner      = (*Model)(nil)
	_ core.Walker            = (*Model)(nil)
	_ core.Noticer           = (*Model)(nil)
)

// exactUpTo is the number of coordinates up to which the exact Laplacian, which takes
// as many passes, costs no more than 50 moves of the chains.
const exactUpTo = 30

// tablesBytes of each electron and orbital: the logits of the free gas, and what a
// network adds to them with its adjoints, once at least.
const tablesBytes = 24

func newModel(c config, space core.Space) (*Model, error) {
	n, d := space.Shape[0], space.Shape[1]
	orbitals := states.PlaneWaves(d, c.EMax, space.Twist)
	kinds := space.Alike()
	if most := slices.Max(kinds); len(orbitals) < most {
		return nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: name, Hint: "raise e_max",
			Err: fmt.Errorf("%d electrons do not fit into %d orbitals with |n|^2 <= %d", most, len(orbitals), c.EMax)}
	}
	weights := float64(n) * float64(len(orbitals))
	if err := core.Afford(tablesBytes*weights, "model "+name, fmt.Sprintf("a table of %d electrons in %d orbitals", n, len(orbitals)), "a smaller e_max"); err != nil {
		return nil, err
	}
	m := &Model{config: c, kinds: kinds, exact: c.Laplacian == "exact" || c.Laplacian == "auto" && n*d <= exactUpTo, probes: c.Probes,
		net: &equivariant.Map{Particles: n, Dim: d, Width: c.Width, PairWidth: c.PairWidth, Box: space.Box}}
	if len(kinds) == 2 {
		m.net.First = kinds[0]
	}
	m.norm = logNorm(kinds, n*d, space.Box[0])
	m.spec = core.ModelSpec{Space: space, Powers: powers, Orbitals: orbitals}
	if c.Draws != chained {
		m.spec.Powers = powers[:len(powers)-1]
	}
	var err error
	if c.States == "ground" {
		if m.ground, err = ground(orbitals, kinds, c.State); err != nil {
			return nil, err
		}
	} else {
		m.spec.Basis = basis(orbitals, space.Twist)
		m.fixed = c.States == "ideal"
		m.states, err = states.New(states.Options{Particles: n, Kinds: kinds, Orbitals: orbitals, Prior: m.fixed || c.Prior == "ideal", Theta: c.Theta0, Pretrain: c.Pretrain})
		if err != nil {
			return nil, err
		}
		for _, b := range m.states.Blocks() {
			if !m.fixed {
				m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: "states." + b.Name, Shape: b.Shape})
			}
		}
	}
	if c.Map == "backflow" {
		m.pairs = &pairflow.Map{Particles: n, Dim: d, Kinds: kinds, Box: space.Box, Layers: c.Layers, Tied: c.Tied, Units: c.Units}
		m.params = m.pairs.Params()
	} else {
		m.params = flowParams(m.net)
	}
	for _, p := range m.params.Blocks() {
		m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: "flow." + p.Name, Shape: p.Shape})
	}
	m.spec.Parameters, m.spec.Scores = m.split()+m.params.Size(), m.scoreSize()
	if m.split() > 0 {
		m.spec.Factors = []int{m.split(), m.params.Size()}
		m.spec.FactorDamping = []float64{c.StatesDamping, 0}
	}
	m.spec.Memory.Fixed = tablesBytes*weights + 16*float64(m.spec.Parameters)
	if c.Draws == chained {
		m.spec.Memory.PerConfiguration = 4*float64(m.proposals()*n) + 8*float64(m.row()+1)
	}
	m.products.Set(m.scoreSize(), m.pieces()...)
	m.flow = m.params.Flat()
	m.waves.Open, m.task = func(int) *wave { return m.newWave() }, m.runTask
	return m, nil
}

// logNorm is -1/2 ln(N! V^N), N! of each spin, of so many coordinates.
func logNorm(kinds []int, size int, edge float64) float64 {
	logFactorials := 0.0
	for _, n := range kinds {
		l, _ := math.Lgamma(float64(n + 1))
		logFactorials += l
	}
	return -0.5 * (logFactorials + float64(size)*math.Log(edge))
}

// flowParams are the parameters of the flow. Biases start at zero, weights normally
// distributed: those of hidden layers with the variance 1/(number of inputs), the
// shifts at zero: the map starts as the identity. (Package equivariant knows no
// Param: its kernels would be compiled anew with every change of package grad.)
func flowParams(net *equivariant.Map) *grad.Params[float64] {
	var all []*grad.Param[float64]
	for _, b := range net.Blocks() {
		p := grad.NewParam[float64](b.Name, b.Shape...)
		if b.FanIn > 0 && b.Name != "shift.weight" {
			p.Start = func(values []float64, r *rand.Rand) {
				for i := range values {
					values[i] = r.NormFloat64() / math.Sqrt(float64(b.FanIn))
				}
			}
		}
		all = append(all, p)
	}
	return grad.NewParams(all...)
}

// basis has those states at its edge that occupy a plane wave of the last shell of
// |n|^2, without the twist.
func basis(orbitals [][]float64, twist []float64) *core.Basis {
	b := &core.Basis{Key: "e_max", Quanta: make([]int, len(orbitals)), Edge: 1}
	norms, last := make([]float64, len(orbitals)), 0.0
	for k, wave := range orbitals {
		for a, v := range wave {
			if len(twist) > 0 {
				v -= twist[a]
			}
			n := math.Round(v)
			norms[k] += n * n
		}
		last = max(last, norms[k])
	}
	for k, norm := range norms {
		if norm == last {
			b.Quanta[k] = 1
		}
	}
	return b
}

// split is the number of parameters of p(K).
func (m *Model) split() int {
	if m.states == nil || m.fixed {
		return 0
	}
	return m.states.Parameters()
}

// Spec implements core.Model.
func (m *Model) Spec() core.ModelSpec { return m.spec }

// Init implements core.Model.
func (m *Model) Init(theta []float64, seed uint64) error {
	if m.split() > 0 {
		if err := m.states.Init(theta[:m.split()], core.Derive(seed, 1)); err != nil {
			return err
		}
	}
	var pcg rand.PCG
	core.SeedStream(&pcg, seed, 2)
	r := rand.New(&pcg)
	m.params.Start(theta[m.split():], func(int) *rand.Rand { return r })
	return nil
}

// Load implements core.Model.
func (m *Model) Load(theta []float64) error {
	m.products.Forget()
	if m.split() > 0 {
		m.states.Load(theta[:m.split()])
	}
	m.params.Load(theta[m.split():])
	return nil
}

// LogProb implements core.Density. There are too many states to sum over.
func (m *Model) LogProb(dst, x []float64) error {
	return core.Errorf(core.Unsupported, "evaluate ln p", name, "the diagonal of the density matrix is a sum over all states, of which there are too many")
}

// drawStates draws K with ln p(K), from number first on.
func (m *Model) drawStates(k []int32, logP []float64, seed uint64, first int) error {
	if m.states != nil {
		return m.states.Sample(k, logP, seed, first)
	}
	for i := range k {
		k[i] = m.ground[i%len(m.ground)]
	}
	clear(logP)
	return nil
}

// LogPsi implements core.DensityMatrix.
func (m *Model) LogPsi(logPsi []complex128, logP []float64, b *core.Batch) error {
	m.mustFit(b)
	if err := m.logP(logP, b.K); err != nil {
		return err
	}
	return m.run("evaluate ln Psi", call{b: b, logPsi: logPsi}, (*Model).psi)
}

func (m *Model) psi(w *wave, at par.Span) error {
	m.load(w, at)
	w.evaluate()
	for c := range at.N {
		m.call.logPsi[at.From+c] = complex(w.logAbs(c), cmplx.Phase(complex(w.phase[c], w.phase[width+c])))
	}
	return nil
}

func (m *Model) logP(logP []float64, k []int32) error {
	if m.states != nil {
		return m.states.LogProb(logP, k)
	}
	for i := range logP {
		logP[i] = 0
		for j, g := range m.ground {
			if k[i*len(m.ground)+j] != g {
				logP[i] = math.Inf(-1)
			}
		}
	}
	return nil
}

// Laplacian implements core.DensityMatrix.
func (m *Model) Laplacian(dst []complex128, b *core.Batch) error {
	m.mustFit(b)
	return m.run("differentiate ln Psi", call{b: b, lap: dst}, (*Model).laplacian)
}

func (m *Model) laplacian(w *wave, at par.Span) error {
	m.load(w, at)
	w.laplacian(m.call.lap[at.From:at.From+at.N], at.From)
	return nil
}

// Pull implements core.Model: d ln|Psi|^2 = 2 Re d ln Psi.
func (m *Model) Pull(dst []float64, b *core.Batch, w []float64) error {
	return m.StatePull(dst, b, w, m.double(w))
}

// double turns weights of ln|Psi|^2 into those of ln Psi.
func (m *Model) double(w []float64) []complex128 {
	m.twice = core.Resize(m.twice, len(w))
	for i, x := range w {
		m.twice[i] = complex(2*x, 0)
	}
	return m.twice
}

// StatePull implements core.DensityMatrix.
func (m *Model) StatePull(dst []float64, b *core.Batch, w []float64, v []complex128) error {
	m.mustFit(b)
	if m.split() > 0 {
		if err := m.states.Pull(dst[:m.split()], par.RowsOf(b.Place()), b.K, w); err != nil {
			return err
		}
	}
	rows := par.RowsOf(b.Place())
	cut := par.Cut{Rows: rows, Width: width, Full: true}
	cut.Lay(&m.layout)
	m.sums = core.Resize(m.sums, len(m.layout.Chunks)*m.params.Size())
	if err := m.run("differentiate ln Psi", call{b: b, v: v, rows: rows}, (*Model).pull); err != nil {
		return err
	}
	m.params.SumRows(dst[m.split():], m.sums, m.layout.Segments)
	return nil
}

func (m *Model) pull(w *wave, at par.Span) error {
	m.load(w, at)
	w.differentiate()
	var weights [2 * width]float64
	for c, x := range m.call.v[at.From : at.From+at.N] {
		weights[c], weights[width+c] = real(x), imag(x)
	}
	w.pull(weights[:])
	sum := m.sums[at.Chunk*m.params.Size():][:m.params.Size()]
	for p := range sum {
		sum[p] = lanes.Sum(w.grad[p*width:])
	}
	return nil
}

func (m *Model) mustFit(b *core.Batch) {
	if len(b.X) != b.N*m.net.Size() || len(b.K) != b.N*m.net.Particles {
		panic(fmt.Sprintf("electronflow: %d configurations with %d numbers in X and %d in K", b.N, len(b.X), len(b.K)))
	}
}

package estimators

import (
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// energyLevels are the eigenvalues of H among the lowest M wave functions of a density matrix, the
// method of Rayleigh and Ritz (Ritz 1909, J. reine angew. Math. 135, 1),
//
//	H c_n = E_n S c_n,   H_KK' = <Psi_K|H|Psi_K'>,   S_KK' = <Psi_K|Psi_K'>,
//
// and of canonical ensembles of them: Z = sum_n exp(-beta E_n). One map for all states sharpens the
// likely ones at the expense of others, whose diagonal elements are then too high, and the entropy
// too small. Mixing them mends that, and p(K) has no part in it: the flow may have been trained at
// a higher temperature.
//
// H and S are means over x drawn evenly from the M densities, from each in turn,
//
//	q(x) = 1/M sum_K |Psi_K(x)|^2,   H_KK' = < conj(Psi_K) (H Psi_K')/q >,
//
// Hermitian by the mean with the adjoint, and with S of the same draws, which takes most of the
// noise of the weights away (Ceperley and Bernu 1988, J. Chem. Phys. 89, 6316). States of different
// total momentum, in open space of different parities, are not mixed. E_n of exact H and S
// are upper bounds (Hylleraas and Undheim 1930); those of sampled ones are not: noise spreads
// eigenvalues. The jackknife takes the bias of order 1/n away.
func energyLevels() core.Part {
	m := manifest("energy_levels", "eigenvalues of H among the lowest states of a density matrix, and the free energy, entropy and effective mass of these",
		"Ritz 1909, J. reine angew. Math. 135, 1; Ceperley and Bernu 1988, J. Chem. Phys. 89, 6316", core.Particles)
	m.Params = core.SchemaOf(levelKeys{States: 40, Depth: 1, Levels: 8, Every: 8})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
			var keys levelKeys
			core.Decode(settings, &keys)
			if err := needOrbitals(m.Name, s); err != nil {
				return nil, err
			}
			span, err := newSpan(s.Model.Orbitals, s.Energy.Space, keys.States, keys.Depth)
			if err != nil {
				return nil, &core.Error{Kind: core.Invalid, Op: "open estimator", Subject: m.Name, Err: err, Hint: "ask for fewer states, or for less depth"}
			}
			return newRitz(keys, span, s), nil
		},
	}
}

type levelKeys struct {
	States      int     `key:"states" min:"1" max:"400" help:"how many wave functions, those of the lowest free particles, and all of the same energy as the last"`
	Depth       int     `key:"depth" min:"1" max:"400" help:"of each sector that H does not mix with others, and that one of these states is in, so many states at least, its lowest"`
	Levels      int     `key:"levels" min:"1" max:"400" help:"how many eigenvalues are reported, the lowest"`
	Temperature float64 `key:"temperature" min:"0" help:"that of the ensemble of levels, in the units of the energy; 0 is the run's. A flow trained at a higher one treats excited states better"`
	Every       int     `key:"every" min:"1" max:"1000000" help:"one of its own draws for so many of the model's; each asks for the Laplacian of all states"`
}

// ritz is the estimator.
type ritz struct {
	levelKeys
	*span
	setting core.Setting
	draws   core.StateDrawer
	spanner core.StateSpanner // nil of a model that has one state after the other
	beta    float64
	ideal   float64 // entropy of free particles, 0 where it is not known at this temperature
	blocks  *stats.Blocks
	seen    count // draws of the model

	own       core.Batch
	labels    []int32 // of all states
	u, v      []float64
	logP      []float64
	psi, hpsi []complex128 // of each state its draws: Psi_K and H Psi_K over q^(1/2)
}

var _ core.Estimator = (*ritz)(nil)

func newRitz(keys levelKeys, of *span, s core.Setting) *ritz {
	r := &ritz{levelKeys: keys, span: of, setting: s, blocks: stats.NewBlocks(of.numbers()), ideal: s.Exact["ideal_entropy"]}
	if r.beta = s.Beta; keys.Temperature > 0 {
		r.beta, r.ideal = 1/keys.Temperature, 0
	}
	r.Levels = min(r.Levels, len(of.states))
	r.draws, _ = s.Quantum.(core.StateDrawer)
	if slices.Contains(s.Model.Powers, core.PowerStateSpan) {
		r.spanner, _ = s.Quantum.(core.StateSpanner)
	}
	r.labels = slices.Concat(r.states...)
	return r
}

// Spec implements core.Estimator.
func (r *ritz) Spec() core.EstimatorSpec {
	m := float64(len(r.states))
	spec := core.EstimatorSpec{Source: core.OfModel, ModelPowers: []core.Power{core.PowerQuantum, core.PowerStateDraws}, Wants: []core.Column{},
		Memory: core.Memory{Fixed: 3*stats.Blocked*8*float64(r.numbers()) + piece*(64*m+24*float64(r.setting.Energy.Space.Size()))}}
	for _, e := range r.estimates() {
		o := core.Observable{Name: e.Name, Extensive: e.Extensive}
		if exact, known := r.setting.Exact[e.Name[len("levels_"):]]; known && e.Axes == nil && r.beta == r.setting.Beta {
			o.Reference = &core.Reference{Value: exact, Source: "known of the energy"}
		}
		spec.Observables = append(spec.Observables, o)
	}
	return spec
}

// estimates are the reports without their numbers.
func (r *ritz) estimates() []core.Estimate {
	units := r.setting.Energy.Units
	axis := core.Axis{Name: "level", Units: "1"}
	for n := range r.Levels {
		axis.Values = append(axis.Values, float64(n))
	}
	all := []core.Estimate{
		{Name: "energy_levels", Long: "eigenvalues of H among the lowest states", Units: units, Axes: []core.Axis{axis}},
		{Name: "levels_free_energy", Long: "free energy of these levels", Units: units, Extensive: true},
		{Name: "levels_energy", Long: "energy of these levels", Units: units, Extensive: true},
		{Name: "levels_entropy", Long: "entropy of these levels", Units: "1", Extensive: true},
	}
	if r.ideal > 0 {
		all = append(all, core.Estimate{Name: "levels_effective_mass", Long: "effective mass in units of the bare mass, from the entropy of these levels", Units: "1"})
	}
	return all
}

// Add implements core.Estimator.
func (r *ritz) Add(b *core.Batch) error {
	first := (int(r.seen) + r.Every - 1) / r.Every
	r.seen += count(b.N)
	last := (int(r.seen) + r.Every - 1) / r.Every
	for ; first < last; first += piece {
		if err := r.addDraws(first, min(piece, last-first)); err != nil {
			return err
		}
	}
	return nil
}

// piece is how many draws are evaluated together. What all states have at them crosses the border of
// a process in one message: 16 MB of 2000 states.
const piece = 256

// addDraws draws and adds n draws from number first on.
func (r *ritz) addDraws(first, n int) error {
	if err := r.draw(first, n); err != nil {
		return err
	}
	if err := r.evaluate(); err != nil {
		return err
	}
	for from := 0; from < n; {
		sums, some := r.blocks.Stretch(n - from)
		if err := r.add(sums, from, from+some); err != nil {
			return err
		}
		from += some
	}
	return nil
}

// draw draws x of n states, those that follow on the first ones.
func (r *ritz) draw(first, n int) error {
	size, particles, own := r.setting.Energy.Space.Size(), r.setting.Energy.Space.Count(), &r.own
	own.Reset(n, size)
	own.K, r.u = core.Resize(own.K, n*particles), core.Resize(r.u, n*size)
	for i := range n {
		copy(own.K[i*particles:], r.states[(first+i)%len(r.states)])
		var stream rand.PCG
		core.SeedStream(&stream, core.Derive(r.setting.Seed, 1), uint64(first+i))
		random := rand.New(&stream)
		for j := range size {
			r.u[i*size+j] = random.Float64()
		}
	}
	return r.draws.DrawStates(own.X, own.K, r.u)
}

// evaluate sets Psi_K and H Psi_K over q^(1/2) of all states at the draws.
func (r *ritz) evaluate() error {
	n, own, c := r.own.N, &r.own, r.setting.Energy.Kinetic
	r.v = core.Resize(r.v, n)
	r.psi, r.hpsi = core.Resize(r.psi, n*len(r.states)), core.Resize(r.hpsi, n*len(r.states))
	if err := r.setting.Potential.Eval(r.v, own); err != nil {
		return err
	}
	lap, waves := r.hpsi, r.oneByOne
	if r.spanner != nil {
		waves = r.spanner.SpanPsi
	}
	if err := waves(r.psi, lap, own.X, r.labels); err != nil {
		return err
	}
	for k, l := range lap {
		r.hpsi[k] = complex(r.v[k%n]-c*real(l), -c*imag(l))
	}
	r.normalise()
	return nil
}

// oneByOne is what core.StateSpanner does, of a model that is not one: what its states share is
// computed for each of them.
func (r *ritz) oneByOne(logPsi, lap []complex128, x []float64, states []int32) error {
	n, own := r.own.N, &r.own
	particles := len(states) / len(r.states)
	r.logP = core.Resize(r.logP, n)
	for s := range r.states {
		for i := range n {
			copy(own.K[i*particles:], states[s*particles:(s+1)*particles])
		}
		if err := r.setting.Quantum.LogPsi(logPsi[s*n:(s+1)*n], r.logP, own); err != nil {
			return err
		}
		if err := r.setting.Quantum.Laplacian(lap[s*n:(s+1)*n], own); err != nil {
			return err
		}
	}
	return nil
}

func (r *ritz) gathered() gathered { return gathered{"blocks": r.blocks, "seen": &r.seen} }

// State implements core.Estimator.
func (r *ritz) State() core.EstimatorState { return r.gathered().state() }

// Restore implements core.Estimator.
func (r *ritz) Restore(state core.EstimatorState) error { return r.gathered().restore(state) }

// Merge implements core.Estimator.
func (r *ritz) Merge(state core.EstimatorState) error { return r.gathered().merge(state) }

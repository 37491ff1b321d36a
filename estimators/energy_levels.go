package estimators

import (
	"errors"
	"math"
	"math/rand/v2"

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
	m.Params = core.SchemaOf(levelKeys{States: 40, Levels: 8, Every: 8})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
			var keys levelKeys
			core.Decode(settings, &keys)
			if err := needOrbitals(m.Name, s); err != nil {
				return nil, err
			}
			span, err := newSpan(s.Model.Orbitals, s.Energy.Space, keys.States)
			if err != nil {
				return nil, &core.Error{Kind: core.Invalid, Op: "open estimator", Subject: m.Name, Err: err, Hint: "ask for fewer states"}
			}
			return newRitz(keys, span, s), nil
		},
	}
}

type levelKeys struct {
	States      int     `key:"states" min:"1" max:"400" help:"how many wave functions, those of the lowest free particles, and all of the same energy as the last"`
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
	beta    float64
	ideal   float64 // entropy of free particles, 0 where it is not known at this temperature
	blocks  *stats.Blocks
	seen    count // draws of the model

	own       core.Batch
	u, v      []float64
	logP      []float64
	psi, hpsi []complex128 // of each state its draws: Psi_K and H Psi_K over q^(1/2)
	lap       []complex128
}

var _ core.Estimator = (*ritz)(nil)

func newRitz(keys levelKeys, of *span, s core.Setting) *ritz {
	r := &ritz{levelKeys: keys, span: of, setting: s, blocks: stats.NewBlocks(of.numbers()), ideal: s.Exact["ideal_entropy"]}
	if r.beta = s.Beta; keys.Temperature > 0 {
		r.beta, r.ideal = 1/keys.Temperature, 0
	}
	r.Levels = min(r.Levels, len(of.states))
	r.draws, _ = s.Quantum.(core.StateDrawer)
	return r
}

// Spec implements core.Estimator.
func (r *ritz) Spec() core.EstimatorSpec {
	m := float64(len(r.states))
	spec := core.EstimatorSpec{Source: core.OfModel, ModelPowers: []core.Power{core.PowerQuantum, core.PowerStateDraws}, Wants: []core.Column{},
		Memory: core.Memory{Fixed: 3 * stats.Blocked * 8 * float64(r.numbers()), PerConfiguration: (48*m + 16*float64(r.setting.Energy.Space.Size())) / float64(r.Every)}}
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
	n := (int(r.seen)+r.Every-1)/r.Every - first
	if n == 0 {
		return nil
	}
	if err := r.draw(first, n); err != nil {
		return err
	}
	if err := r.evaluate(); err != nil {
		return err
	}
	for i := range n {
		if err := r.add(r.blocks.Row(0), i); err != nil {
			return err
		}
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
	n, particles, own, c := r.own.N, r.setting.Energy.Space.Count(), &r.own, r.setting.Energy.Kinetic
	r.v, r.logP, r.lap = core.Resize(r.v, n), core.Resize(r.logP, n), core.Resize(r.lap, n)
	r.psi, r.hpsi = core.Resize(r.psi, n*len(r.states)), core.Resize(r.hpsi, n*len(r.states))
	if err := r.setting.Potential.Eval(r.v, own); err != nil {
		return err
	}
	for s, k := range r.states {
		for i := range n {
			copy(own.K[i*particles:], k)
		}
		psi, hpsi := r.psi[s*n:(s+1)*n], r.hpsi[s*n:(s+1)*n]
		if err := r.setting.Quantum.LogPsi(psi, r.logP, own); err != nil {
			return err
		}
		if err := r.setting.Quantum.Laplacian(r.lap, own); err != nil {
			return err
		}
		for i, lap := range r.lap {
			hpsi[i] = complex(r.v[i], 0) - complex(c, 0)*lap
		}
	}
	r.normalise()
	return nil
}

// add adds the numbers of draw i: of each pair of states of a sector those of S and of H.
func (r *ritz) add(sums []float64, i int) error {
	n := r.own.N
	at := 0
	for _, sector := range r.sectors {
		for a, s := range sector {
			bra, hbra := conj(r.psi[s*n+i]), conj(r.hpsi[s*n+i])
			for _, t := range sector[a:] {
				overlap, energy := bra*r.psi[t*n+i], 0.5*(bra*r.hpsi[t*n+i]+hbra*r.psi[t*n+i])
				if x := real(energy) + imag(energy); math.IsNaN(x) || math.IsInf(x, 0) {
					return &core.Error{Kind: core.Numeric, Op: "add draw", Subject: "energy_levels", Err: errors.New("H Psi is not finite where a state was drawn")}
				}
				sums[at] += real(overlap)
				sums[at+1] += imag(overlap)
				sums[at+2] += real(energy)
				sums[at+3] += imag(energy)
				at += 4
			}
		}
	}
	return nil
}

func conj(z complex128) complex128 { return complex(real(z), -imag(z)) }

func (r *ritz) gathered() gathered { return gathered{"blocks": r.blocks, "seen": &r.seen} }

// State implements core.Estimator.
func (r *ritz) State() core.EstimatorState { return r.gathered().state() }

// Restore implements core.Estimator.
func (r *ritz) Restore(state core.EstimatorState) error { return r.gathered().restore(state) }

// Merge implements core.Estimator.
func (r *ritz) Merge(state core.EstimatorState) error { return r.gathered().merge(state) }

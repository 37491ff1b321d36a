package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// stateEnergies are the energies of single states of a density matrix, and how far each
// is from an eigenstate: over the draws of one K alone, with the local energy E = H Psi_K/Psi_K,
//
//	E_K = <Psi_K|H|Psi_K> = < Re E >_K,
//	Var_K = <Psi_K|H^2|Psi_K> - E_K^2 = < |E|^2 >_K - |< E >_K|^2,
//
// 0 for an eigenstate and no other (McMillan 1965, Phys. Rev. 138, A442). E_K - E_0, with the
// most probable state for 0, stands beside excitation energies known otherwise. Over all states
//
//	energy_variance = sum_K p(K) Var_K,
//
// of states that were drawn twice or more. Where the model estimates its Laplacian the noise
// of that is part of the variance.
func stateEnergies() core.Part {
	m := manifest("state_energies", "energy, and variance of the local energy, of the most probable states of a density matrix",
		"McMillan 1965, Phys. Rev. 138, A442; "+xie, core.Particles)
	m.Params = core.SchemaOf(stateKeys{States: 8})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
			e := &levelsOfStates{units: s.Energy.Units, terms: localTerms(s), orbitals: s.Model.Orbitals}
			core.Decode(settings, &e.stateKeys)
			if err := needOrbitals(m.Name, s); err != nil {
				return nil, err
			}
			e.draws = statesDrawn{particles: s.Energy.Space.Count(), width: 2}
			return e, nil
		},
	}
}

type stateKeys struct {
	States int `key:"states" min:"1" max:"10000" help:"how many states at most, the most probable first; only those drawn 32 times or more"`
}

// enough is the number of draws from which a state has a row: the error of a mean of so many
// is itself uncertain by an eighth, and a jackknife over as many blocks sees them.
const enough = stats.Blocked

// levelsOfStates is the estimator of the energies of states.
type levelsOfStates struct {
	stateKeys
	units    string
	terms    float64 // of a local energy, see localTerms
	orbitals [][]float64
	draws    statesDrawn // with the real and the imaginary part of E
}

var _ core.Estimator = (*levelsOfStates)(nil)

// Spec implements core.Estimator.
func (e *levelsOfStates) Spec() core.EstimatorSpec {
	spec := e.draws.needs(core.E, core.EIm)
	spec.Memory.Fixed = 16 * float64(e.States) * float64(4+e.draws.particles*len(e.orbitals[0])) // of a report
	for _, name := range []string{"energy_variance", "state_probability", "state_energy", "state_excitation", "state_variance", "state_orbitals"} {
		spec.Observables = append(spec.Observables, core.Observable{Name: name})
	}
	return spec
}

// Add implements core.Estimator.
func (e *levelsOfStates) Add(b *core.Batch) error {
	d := description{estimate: core.Estimate{Name: "state_energies"}, needs: e.Spec()}
	if err := d.check(b); err != nil {
		return err
	}
	e.draws.mustFit(b)
	e.draws.chains = b.Chains
	im := core.EIm.Of(b)
	for i, energy := range b.E {
		e.draws.add(b.K[i*e.draws.particles:(i+1)*e.draws.particles], b.LogP[i], energy, im[i])
	}
	return nil
}

// spread are the number of draws of a state, and the sums of their deviations of E from its
// mean and of the squares of these.
type spread struct{ n, re, im, square float64 }

func (s spread) minus(o spread) spread {
	return spread{s.n - o.n, s.re - o.re, s.im - o.im, s.square - o.square}
}

// mean deviation of the real part.
func (s spread) mean() float64 { return s.re / s.n }

// variance without bias.
func (s spread) variance() float64 {
	return max(0, (s.square-(s.re*s.re+s.im*s.im)/s.n)/(s.n-1))
}

// ofState are the sums of a state: of all its draws about their mean, and by blocks.
type ofState struct {
	mean   float64 // < Re E >_K
	all    spread
	blocks []spread
}

// sums are those of all states.
func (e *levelsOfStates) sums() []ofState {
	d := &e.draws
	all, mean := make([]ofState, len(d.logP)), make([]complex128, len(d.logP))
	blocks := make([]spread, len(all)*d.blocks())
	for i, k := range d.of {
		all[k].all.n++
		mean[k] += complex(d.numbers[2*i], d.numbers[2*i+1])
	}
	for k := range all {
		mean[k] /= complex(all[k].all.n, 0)
		all[k] = ofState{mean: real(mean[k]), blocks: blocks[k*d.blocks() : (k+1)*d.blocks()]}
	}
	for i, k := range d.of {
		re, im := d.numbers[2*i]-real(mean[k]), d.numbers[2*i+1]-imag(mean[k])
		for _, s := range []*spread{&all[k].all, &all[k].blocks[d.block(i)]} {
			s.n, s.re, s.im, s.square = s.n+1, s.re+re, s.im+im, s.square+re*re+im*im
		}
	}
	return all
}

// Report implements core.Estimator.
func (e *levelsOfStates) Report() ([]core.Estimate, error) {
	sums := e.sums()
	rows := e.rows(sums)
	state := core.Axis{Name: "state", Units: "1"}
	for row := range e.States {
		state.Values = append(state.Values, float64(row))
	}
	r := []core.Estimate{e.variance(sums)}
	probability := e.draws.array("state_probability", "probability p(K) of a state", "1", state)
	energy := e.draws.array("state_energy", "energy of a state", e.units, state)
	excitation := e.draws.array("state_excitation", "energy of a state above that of the most probable one", e.units, state)
	variance := e.draws.array("state_variance", "variance of H in a state", "("+e.units+")^2", state)
	for row, k := range rows {
		s, first := sums[k], sums[rows[0]]
		probability.Value[row], probability.Stderr[row] = math.Exp(e.draws.logP[k]), 0
		energy.Value[row], excitation.Value[row], variance.Value[row] = s.mean, s.mean-first.mean, s.all.variance()
		energy.Stderr[row] = e.without(func(b int) float64 { return s.all.minus(s.blocks[b]).mean() })
		excitation.Stderr[row] = e.without(func(b int) float64 {
			return s.all.minus(s.blocks[b]).mean() - first.all.minus(first.blocks[b]).mean()
		})
		variance.Stderr[row] = e.without(func(b int) float64 { return s.all.minus(s.blocks[b]).variance() })
	}
	chains := e.draws.witness(func(i int) float64 { return e.draws.numbers[2*i] })
	for _, array := range []core.Estimate{probability, energy, excitation, variance} {
		if array.Name != "state_probability" { // the model's own number
			e.draws.judgeAlong(&array, chains)
		}
		r = append(r, array)
	}
	return append(r, e.labels(rows, state)), nil
}

// rows are the states with a row.
func (e *levelsOfStates) rows(sums []ofState) (rows []int) {
	for _, k := range e.draws.likely() {
		if sums[k].all.n >= enough && len(rows) < e.States {
			rows = append(rows, k)
		}
	}
	return rows
}

// without is the error of a number by the jackknife; of gives its deviation without a block.
// Numbers without a value, as where all draws are in the block, count for nothing.
func (e *levelsOfStates) without(of func(block int) float64) float64 {
	var left []float64
	for b := range e.draws.blocks() {
		if v := of(b); !math.IsNaN(v) {
			left = append(left, v)
		}
	}
	if len(left) < least {
		return math.NaN()
	}
	return leaveOut(left)
}

// labels are the quantum numbers of the orbitals of the states.
func (e *levelsOfStates) labels(rows []int, state core.Axis) core.Estimate {
	n, dim := e.draws.particles, len(e.orbitals[0])
	particle, component := core.Axis{Name: "particle", Units: "1"}, core.Axis{Name: "component", Units: "1"}
	for i := range n {
		particle.Values = append(particle.Values, float64(i))
	}
	for a := range dim {
		component.Values = append(component.Values, float64(a))
	}
	r := e.draws.array("state_orbitals", "quantum numbers of the occupied orbitals of a state", "1", state, particle, component)
	for row, k := range rows {
		for i, orbital := range e.draws.state(k) {
			at := (row*n + i) * dim
			copy(r.Value[at:at+dim], e.orbitals[orbital])
			clear(r.Stderr[at : at+dim])
		}
	}
	return r
}

// variance is energy_variance.
func (e *levelsOfStates) variance(sums []ofState) core.Estimate {
	d := &e.draws
	mean := func(without int) float64 {
		sum, n := 0.0, 0.0
		for _, s := range sums {
			left := s.all
			if without >= 0 {
				left = left.minus(s.blocks[without])
			}
			if left.n > 1 {
				sum, n = sum+left.n*left.variance(), n+left.n
			}
		}
		return sum / n
	}
	r := core.Scalar("energy_variance", "variance of H within states, sum of p(K) Var_K", mean(-1), e.without(mean), "("+e.units+")^2", int64(len(d.of)))
	var squares stats.Moments
	var tails stats.Tails
	values, size := make([]float64, len(d.of)), 0.0
	for i, k := range d.of {
		re, im := d.numbers[2*i]-sums[k].mean, d.numbers[2*i+1]
		values[i], size = re*re+im*im, max(size, math.Abs(d.numbers[2*i]))
	}
	switch {
	case len(d.of) < least:
		r.Stderr[0] = math.NaN()
		r.Warn(core.CautionFewDraws, "%d draws are too few for an error: draw at least %d", len(d.of), least)
	case stats.Rounding(math.Sqrt(r.Value[0]), e.terms*size): // eigenstates
		r.Stderr[0], r.Constant = 0, true
	case d.chains > 0:
		d.judgeAlong(&r, d.witness(func(i int) float64 { return values[i] }))
	default:
		squares.Add(values)
		tails.Add(values)
		judgeMean(&r, &squares, &tails)
	}
	return r
}

func (e *levelsOfStates) gathered() gathered { return gathered{"draws": &e.draws} }

// State implements core.Estimator.
func (e *levelsOfStates) State() core.EstimatorState { return e.gathered().state() }

// Restore implements core.Estimator.
func (e *levelsOfStates) Restore(state core.EstimatorState) error { return e.gathered().restore(state) }

// Merge implements core.Estimator.
func (e *levelsOfStates) Merge(state core.EstimatorState) error { return e.gathered().merge(state) }

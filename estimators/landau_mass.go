package estimators

import (
	"cmp"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// landauMass is the effective mass by Landau's energy of quasi-particles (Landau 1957, Sov. Phys.
// JETP 3, 920). The weights of a density matrix name the energies of its states, and
// Landau's form of them is
//
//	-T ln p(K) = E_0 + sum_k eps_k dn_k + 1/2 sum_kk' f_kk' dn_k dn_k',   dn_k = n_k - n_k^0,
//
// with n_k = 1 for k in K, and n_k^0 that of the ground state of free particles. Here
// eps_k and f_kk' depend on the moduli alone, so that with the number N_s of particles in
// the shell s of one |k|, and dN_s from their number in the filled sea,
//
//	-T ln p(K) = E_0 + sum_s eps_s dN_s + 1/2 sum_ss' f_ss' dN_s dN_s'.
//
// As sum_s dN_s = 0, eps is known up to a constant, here 0 at the last shell of the sea, and
// f up to a_s + a_s'; where that leaves a choice the diagonal elements are 0. It is a fit of least squares over the states drawn,
// each with the weight with which it was. ln p(K) is known without an error, so that errors, by
// the jackknife over blocks of draws, say how the fit depends on which states there were; what it
// leaves, `landau_residual`, is its misfit, of which most is what one |k| does not say, as the total
// momentum. The mass is that of the slope at the Fermi level, between the shells a and b where the
// mean occupation falls below 1/2,
//
//	m*/m = c (k_b^2 - k_a^2)/(eps_b - eps_a).
//
// Free particles have exactly 1, f = 0 and no residual.
func landauMass() core.Part {
	m := manifest("landau_mass", "effective mass, quasi-particle energies and Landau interaction by a fit to ln p(K)", "Landau 1957, Sov. Phys. JETP 3, 920; "+xie, core.Particles)
	m.Params = core.SchemaOf(landauKeys{Interacting: 2})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needTemperature(m.Name, s); err != nil {
				return nil, err
			}
			if err := cmp.Or(needQuantumBox(m.Name, s), needOrbitals(m.Name, s), needAlike(m.Name, s.Energy.Space, "Landau's form has an interaction for each pair of spins, and this fit has one")); err != nil {
				return nil, err
			}
			e := &landauFit{beta: s.Beta, c: s.Energy.Kinetic, units: s.Energy.Units, draws: statesDrawn{particles: s.Energy.Space.Count()}}
			core.Decode(settings, &e.landauKeys)
			e.levelsOf(s.Energy.Space, s.Model.Orbitals)
			return e, nil
		},
	}
}

type landauKeys struct {
	Interacting int `key:"shells" min:"0" max:"20" help:"how many shells of |k|, those nearest to the Fermi level, have an interaction f; 0 fits the energies alone"`
}

// landauFit is the estimator of the mass.
type landauFit struct {
	landauKeys
	beta, c float64
	units   string
	shells  levels    // of |k| of the orbitals
	sea     []float64 // particles in each shell at T = 0
	draws   statesDrawn
}

var _ core.Estimator = (*landauFit)(nil)

// levelsOf sets the shells and the sea.
func (e *landauFit) levelsOf(space core.Space, orbitals [][]float64) {
	var moduli []float64
	for _, n := range orbitals {
		moduli = append(moduli, modulus(space, n))
	}
	e.shells = newLevels(moduli)
	left := float64(e.draws.particles)
	for _, size := range e.shells.size {
		n := min(size, left)
		e.sea, left = append(e.sea, n), left-n
	}
}

// Spec implements core.Estimator.
func (e *landauFit) Spec() core.EstimatorSpec {
	spec := e.draws.needs()
	for _, name := range []string{"landau_mass", "landau_residual", "quasiparticle_energy", "landau_interaction"} {
		spec.Observables = append(spec.Observables, core.Observable{Name: name})
	}
	return spec
}

// Add implements core.Estimator.
func (e *landauFit) Add(b *core.Batch) error {
	d := description{estimate: core.Estimate{Name: "landau_mass"}, needs: e.Spec()}
	if err := d.check(b); err != nil {
		return err
	}
	e.draws.mustFit(b)
	e.draws.chains = b.Chains
	for i, l := range b.LogP {
		e.draws.add(b.K[i*e.draws.particles:(i+1)*e.draws.particles], l)
	}
	return nil
}

// deviations are dN_s of a state.
func (e *landauFit) deviations(k int) []float64 {
	d := make([]float64, len(e.sea))
	for s, n := range e.sea {
		d[s] = -n
	}
	for _, orbital := range e.draws.state(k) {
		d[e.shells.of[orbital]]++
	}
	return d
}

// Report implements core.Estimator.
func (e *landauFit) Report() ([]core.Estimate, error) {
	f := e.fit()
	shell := core.Axis{Name: "k", Units: "1", Values: e.shells.values}
	n := int64(len(e.draws.of))
	mass := core.Scalar("landau_mass", "effective mass in units of the bare mass, by a fit to ln p(K)", math.NaN(), math.NaN(), "1", n)
	residual := core.Scalar("landau_residual", "root of the mean square of ln p(K) less its fit", math.NaN(), math.NaN(), "1", n)
	energy := e.draws.array("quasiparticle_energy", "energy of a quasi-particle from the last shell of the sea", e.units, shell)
	interaction := e.draws.array("landau_interaction", "interaction of quasi-particles", e.units, shell, shell)
	if f.undefined != "" {
		mass.Warn(core.CautionUndefined, "%s", f.undefined)
		return []core.Estimate{mass, residual, energy, interaction}, nil
	}
	all := f.all()
	f.energies(energy.Value, all)
	f.interactions(interaction.Value, all)
	mass.Value[0], residual.Value[0] = f.mass(all), f.residual(all)
	var masses, residuals []float64
	left := make([][]float64, 0, e.draws.blocks())
	for b := range e.draws.blocks() {
		if one := f.without(b); one != nil {
			left = append(left, one)
			masses, residuals = append(masses, f.mass(one)), append(residuals, f.residual(one))
		}
	}
	if len(left) >= least {
		mass.Stderr[0], residual.Stderr[0] = leaveOut(masses), leaveOut(residuals)
		f.errors(energy.Stderr, left, f.energies)
		f.errors(interaction.Stderr, left, f.interactions)
	}
	chains := e.draws.witness(func(i int) float64 { return e.draws.logP[e.draws.of[i]] })
	r := []core.Estimate{mass, residual, energy, interaction}
	for k := range r {
		e.draws.judgeAlong(&r[k], chains)
	}
	return r, nil
}

// varying are the shells whose number differs from its most frequent value in enough draws, and whether
// a state has all others at theirs.
func (e *landauFit) varying(deviations [][]float64, counts []float64) (shells []int, fits func(d []float64) bool) {
	usual := make([]float64, len(e.sea))
	for s := range e.sea {
		seen := map[float64]float64{}
		total := 0.0
		for k, d := range deviations {
			seen[d[s]] += counts[k]
			total += counts[k]
		}
		most := 0.0
		for v, n := range seen {
			if n > most || n == most && v < usual[s] {
				usual[s], most = v, n
			}
		}
		if total-most >= enough {
			shells = append(shells, s)
		}
	}
	return shells, func(d []float64) bool {
		for s, v := range d {
			if v != usual[s] && !slices.Contains(shells, s) {
				return false
			}
		}
		return true
	}
}

// level are the shells between which the mean occupation falls below 1/2, -1 where it does not.
func (e *landauFit) level(deviations [][]float64, counts []float64) (below, above int) {
	below = -1
	for s, size := range e.shells.size {
		sum, total := 0.0, 0.0
		for k, d := range deviations {
			sum, total = sum+counts[k]*(e.sea[s]+d[s]), total+counts[k]
		}
		if sum >= total*size/2 {
			below = s
		}
	}
	if below < 0 || below+1 == len(e.shells.size) {
		return -1, -1
	}
	return below, below + 1
}

func (e *landauFit) gathered() gathered { return gathered{"draws": &e.draws} }

// State implements core.Estimator.
func (e *landauFit) State() core.EstimatorState { return e.gathered().state() }

// Restore implements core.Estimator.
func (e *landauFit) Restore(state core.EstimatorState) error { return e.gathered().restore(state) }

// Merge implements core.Estimator.
func (e *landauFit) Merge(state core.EstimatorState) error { return e.gathered().merge(state) }

package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// meanField are three free energies of spins with fields and pair couplings,
//
//	E(s) = E_0 - sum_i h_i s_i - sum_{i<j} J_ij s_i s_j,
//
// that no network is needed for: naive mean field, a bound, and those of Thouless, Anderson and
// Palmer and of Bethe, which are none (mean_field_equations.go). The couplings are read off values of
// E: any energy of at most pairs will do. Draws have no part in it.
func meanField() core.Part {
	m := manifest("mean_field", "free energies of naive mean field, of Thouless, Anderson and Palmer, and of Bethe, for spins with pair couplings",
		"Opper and Saad 2001, Advanced Mean Field Methods; Thouless, Anderson and Palmer 1977, Phil. Mag. 35, 593; Bethe 1935, Proc. R. Soc. A 150, 552", core.Spins)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if n := s.Energy.Space.Size(); n > mostCoupled {
				return nil, core.Errorf(core.Unsupported, "open estimator", m.Name, "of %d spins there are %d pairs, more than the %d of %d spins", n, n*(n-1)/2, mostCoupled*(mostCoupled-1)/2, mostCoupled)
			}
			if err := needTemperature(m.Name, s); err != nil {
				return nil, err
			}
			return &meanFields{setting: s, found: make(found, len(approximations)+1)}, nil
		},
	}
}

// mostCoupled bounds the spins: their pairs are evaluated one by one.
const mostCoupled = 1024

// approximations are the three, in the order of their reports.
var approximations = []struct {
	name, long string
	solve      func(*couplings, float64, uint64) (f float64, ok bool)
	bound      int
}{
	{"free_energy_mean_field", "free energy of naive mean field, independent spins", (*couplings).naive, 1},
	{"free_energy_tap", "free energy of Thouless, Anderson and Palmer", (*couplings).tap, 0},
	{"free_energy_bethe", "free energy of Bethe, by belief propagation", (*couplings).bethe, 0},
}

// meanFields keeps the three, and whether E has pair couplings alone.
type meanFields struct {
	setting core.Setting
	found   found // NaN where an iteration did not come to rest; the last is 1 for couplings of pairs
	seen    count
}

var _ core.Estimator = (*meanFields)(nil)

// Spec implements core.Estimator.
func (m *meanFields) Spec() core.EstimatorSpec {
	spec := core.EstimatorSpec{Wants: []core.Column{}, Memory: core.Memory{Fixed: 24 * math.Pow(float64(m.setting.Energy.Space.Size()), 2)}}
	for _, a := range approximations {
		o := core.Observable{Name: a.name, Extensive: true}
		if exact, known := m.setting.Exact["free_energy"]; known {
			o.Reference = &core.Reference{Value: exact, Source: "known of the energy"}
		}
		spec.Observables = append(spec.Observables, o)
	}
	return spec
}

// Add implements core.Estimator: it solves the equations once.
func (m *meanFields) Add(b *core.Batch) error {
	if m.seen == 0 && b.N > 0 {
		c, pairs, err := newCouplings(m.setting.Potential, m.setting.Energy.Space.Size(), m.setting.Seed)
		if err != nil {
			return err
		}
		for k, a := range approximations {
			m.found[k] = math.NaN()
			if pairs {
				if f, ok := a.solve(c, m.setting.Beta, m.setting.Seed); ok {
					m.found[k] = f
				}
			}
		}
		if m.found[len(approximations)] = 0; pairs {
			m.found[len(approximations)] = 1
		}
	}
	m.seen += count(b.N)
	return nil
}

// Report implements core.Estimator.
func (m *meanFields) Report() ([]core.Estimate, error) {
	var all []core.Estimate
	for k, a := range approximations {
		e := core.Scalar(a.name, a.long, m.found[k], 0, m.setting.Energy.Units, 0)
		e.Extensive, e.Constant, e.Bound = true, true, a.bound
		if math.IsNaN(m.found[k]) {
			e.Stderr, e.Constant = nans(1), false
		}
		switch {
		case m.seen == 0:
			e.Value, e.Stderr, e.Constant = nans(1), nans(1), false
		case m.found[len(approximations)] == 0:
			e.Warn(core.CautionUndefined, "the energy has more than fields and couplings of pairs")
		case math.IsNaN(m.found[k]):
			e.Warn(core.CautionUndefined, "its equations have no solution that an iteration comes to rest at, as in glasses at low temperature")
		}
		all = append(all, e)
	}
	return all, nil
}

func (m *meanFields) gathered() gathered { return gathered{"free_energies": &m.found, "seen": &m.seen} }

// State implements core.Estimator.
func (m *meanFields) State() core.EstimatorState { return m.gathered().state() }

// Restore implements core.Estimator.
func (m *meanFields) Restore(state core.EstimatorState) error { return m.gathered().restore(state) }

// Merge implements core.Estimator.
func (m *meanFields) Merge(state core.EstimatorState) error { return m.gathered().merge(state) }

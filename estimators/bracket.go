package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// bracket gathers the weights of a model's density p on draws of the Boltzmann density
// q = exp(-beta E)/Z and, where wanted, on draws of p itself,
//
//	w = exp(-beta E)/p,   ln w = -beta E - ln p,
//	< ln w >_p  <=  ln Z  <=  < ln w >_q,
//
// with the gaps KL(p, q) and KL(q, p). What p has lost shows in the draws of q alone.
type bracket struct {
	description
	beta float64

	lnw     []float64 // of the batch at hand
	largest peak      // |beta E| + |ln p|, whose difference is ln w
	model   kept      // ln w on draws of p
	chains  stats.Chains
	draws   kept // ln w on independent draws of q
}

// newBracket is that of an estimate.
func newBracket(estimate core.Estimate, source core.Source, s core.Setting) (bracket, error) {
	if err := needBoltzmann(estimate.Name, s); err != nil {
		return bracket{}, err
	}
	if err := needIndependent(estimate.Name, s); err != nil {
		return bracket{}, err
	}
	b := bracket{beta: s.Beta, description: description{estimate: estimate, needs: core.EstimatorSpec{Source: source, Forbidden: s.Energy.Forbids}}}
	if source == core.OfModelAndBoltzmann {
		b.needs.Memory.Kept = 8
	}
	return b, nil
}

// ofBoltzmann tells draws of q from those of p.
func ofBoltzmann(b *core.Batch) bool {
	return b.Chains > 0 || b.Source == core.OfChains || b.Source == core.OfBoltzmann
}

// Add implements core.Estimator. It keeps ln w, 8 bytes per configuration. ln p = -Inf is a
// density that is 0 where q is not.
func (k *bracket) Add(b *core.Batch) error {
	if len(b.E) != b.N || len(b.LogP) != b.N {
		panic("estimators: E or ln p does not have the batch's length")
	}
	q := ofBoltzmann(b)
	k.lnw = core.Resize(k.lnw, b.N)
	for i, l := range b.LogP {
		e := b.E[i]
		if l-l != 0 && !(q && math.IsInf(l, -1)) || e-e != 0 && !(!q && k.needs.Forbidden && math.IsInf(e, 1)) {
			return core.Errorf(core.Numeric, "estimate", k.estimate.Name, "sample %d of the batch has %s", i, k.say(b, core.LogP, i))
		}
		if k.lnw[i] = -k.beta*e - l; !math.IsInf(k.lnw[i], 0) {
			k.largest = max(k.largest, peak(math.Abs(k.beta*e)+math.Abs(l)))
		}
	}
	switch {
	case !q:
		k.model = append(k.model, k.lnw...)
	case b.Chains > 0:
		k.chains.Add(k.lnw, b.Chains)
	default:
		k.draws = append(k.draws, k.lnw...)
	}
	return nil
}

// series is ln w on q, of independent draws as chains of one draw each.
func (k *bracket) series() *stats.Chains {
	if len(k.draws) == 0 {
		return &k.chains
	}
	s := &stats.Chains{}
	s.Add(k.draws, len(k.draws))
	return s
}

// judge is what is known of an estimate by the draws of q, from a function of ln w on them.
func (k *bracket) judge(e *core.Estimate, of *stats.Chains, u stats.Uncertainty) {
	if len(k.draws) == 0 {
		judge(e, of, u)
	}
}

// settle is that of all draws: ln w is one number where p is q.
func (k *bracket) settle(e *core.Estimate, s *stats.Chains) bool {
	var m stats.Moments
	m.Add(k.model)
	m.Add(s.Values())
	chains := k.chains.Chains()
	settled := settle(e, chains, m.Spread(), float64(k.largest))
	if settled && chains > 0 && e.N > 0 {
		e.RHat = 1
	}
	return settled
}

func (k *bracket) gathered() gathered {
	return gathered{"ln_w_model": &k.model, "ln_w_chains": &k.chains, "ln_w_draws": &k.draws, "largest": &k.largest}
}

// State implements core.Estimator.
func (k *bracket) State() core.EstimatorState { return k.gathered().state() }

// Restore implements core.Estimator.
func (k *bracket) Restore(state core.EstimatorState) error { return k.gathered().restore(state) }

// Merge implements core.Estimator.
func (k *bracket) Merge(state core.EstimatorState) error { return k.gathered().merge(state) }

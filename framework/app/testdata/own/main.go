// Helmholtz with parts of one's own.
package main

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/app"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/standard"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

func main() { app.Main(append(standard.Parts(), chain, correlation)...) }

// The Ising chain with free ends,
//
//	E(s) = - J sum_(j<N) s_j s_(j+1),   Z = 2^N cosh(beta J)^(N-1).
type energy struct {
	N int     `key:"N" opt:"required" min:"2" max:"1000" help:"spins of the chain"`
	J float64 `key:"J" unit:"J" help:"coupling of neighbours; positive is ferromagnetic"`
}

var chain = core.Part{
	Manifest: core.Manifest{Kind: core.KindEnergy, Name: "openchain", Version: "0.1.0",
		Summary: "Ising chain with free ends", Params: core.SchemaOf(energy{J: 1})},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		e := &energy{}
		core.Decode(s, e)
		return e, nil
	},
}

func (e *energy) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{e.N}}, Units: "J",
		Symmetries: []core.Symmetry{core.Z2}, Powers: []core.Power{core.PowerExact}}
}

func (e *energy) Eval(dst []float64, b *core.Batch) error {
	for i := range dst {
		dst[i] = 0
		s := b.X[i*e.N : (i+1)*e.N]
		for j, next := range s[1:] {
			dst[i] -= e.J * s[j] * next
		}
	}
	return nil
}

// Exact knows the estimator's value at its default settings, too.
func (e *energy) Exact(beta float64) (core.Exact, error) {
	k, n := beta*e.J, float64(e.N)
	logZ := n*math.Ln2 + (n-1)*math.Log(math.Cosh(k))
	return core.Exact{Source: "transfer matrix", Values: map[string]float64{
		"log_z": logZ, "free_energy": -logZ / beta, "spin_correlation": math.Tanh(k)}}, nil
}

// The correlation of spins at a distance r,
//
//	C(r) = < 1/(N-r) sum_(j<=N-r) s_j s_(j+r) >,   tanh(beta J)^r of the chain above.
type estimator struct {
	Distance int `key:"distance" min:"1" max:"1000" help:"sites from one spin to the other"`

	sites  int
	exact  *core.Reference
	values []float64     // of the batch at hand
	draws  stats.Moments // of independent draws
	chains stats.Chains  // of Markov chains, which remember
}

var correlation = core.Part{
	Manifest: core.Manifest{Kind: core.KindEstimator, Name: "spin_correlation", Version: "0.1.0",
		Summary: "correlation of spins at a distance", Spaces: []core.SpaceKind{core.Spins}, Params: core.SchemaOf(estimator{Distance: 1})},
	NewEstimator: func(s core.Settings, setting core.Setting) (core.Estimator, error) {
		e := &estimator{sites: setting.Energy.Space.Size()}
		core.Decode(s, e)
		if e.Distance >= e.sites {
			return nil, core.Errorf(core.Invalid, "open estimator", "spin_correlation", "distance must be less than the %d sites, got %d", e.sites, e.Distance)
		}
		if t, known := setting.Exact["spin_correlation"]; known {
			e.exact = &core.Reference{Value: math.Pow(t, float64(e.Distance)), Source: "a power of tanh(beta J)"}
		}
		return e, nil
	},
}

func (e *estimator) Spec() core.EstimatorSpec {
	return core.EstimatorSpec{Observables: []core.Observable{{Name: "spin_correlation", Reference: e.exact}}}
}

// Add takes draws one by one where they are independent, and chain by chain where
// they are not.
func (e *estimator) Add(b *core.Batch) error {
	e.values = core.Resize(e.values, b.N)
	for i := range e.values {
		s := b.X[i*e.sites : (i+1)*e.sites]
		e.values[i] = 0
		for j, far := range s[e.Distance:] {
			e.values[i] += s[j] * far / float64(e.sites-e.Distance)
		}
	}
	if b.Chains > 0 {
		e.chains.Add(e.values, b.Chains)
	} else {
		e.draws.Add(e.values)
	}
	return nil
}

func (e *estimator) Report() ([]core.Estimate, error) {
	const long = "correlation of spins at a distance"
	if e.chains.N() == 0 {
		return []core.Estimate{core.Scalar("spin_correlation", long, e.draws.Mean(), e.draws.Stderr(), "1", e.draws.N())}, nil
	}
	stderr, tau := e.chains.Error()
	r := core.Scalar("spin_correlation", long, e.chains.Mean(), stderr, "1", e.chains.N())
	if rhat := e.chains.RHat(); rhat > 0 { // else there were too few draws to tell
		r.Tau, r.RHat = tau, rhat
	}
	if r.RHat > 1.05 {
		r.Warn(core.CautionNotMixed, "the chains are not mixed: draw more of each")
	}
	return []core.Estimate{r}, nil
}

// What was gathered goes to checkpoints, and comes back from them.

func (e *estimator) State() core.EstimatorState {
	return core.EstimatorState{"draws": e.draws.State(), "chains": e.chains.State()}
}

func (e *estimator) Restore(state core.EstimatorState) error {
	if err := e.draws.Restore(state["draws"]); err != nil {
		return err
	}
	return e.chains.Restore(state["chains"])
}

func (e *estimator) Merge(state core.EstimatorState) error {
	if err := e.draws.Join(state["draws"]); err != nil {
		return err
	}
	return e.chains.Join(state["chains"])
}

package estimators

import (
	"math/rand/v2"
	"strconv"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// evidenceBound judges a model with latent variables on data, each range of rows apart. Of k
// draws z_j of its encoder,
//
//	-L_k = -< ln 1/k sum_j w_j >,   w = p(x|z) p(z)/q(z|x),
//
// is an upper bound of NLL = -< ln p(x) > in expectation. It falls with k, to NLL (Burda,
// Grosse and Salakhutdinov, arXiv:1509.00519, theorem 1); -L_1 is minus the evidence lower
// bound. All k are estimated from the same draws: from K of them there are K/k groups of k,
// over which the mean is taken. Error bars are of the rows, as those of NLL.
func evidenceBound() core.Part {
	type config struct {
		Draws int `key:"samples" min:"1" max:"1000000" help:"K, draws of the latent variables for each row"`
	}
	m := manifest("evidence_bound", "upper bounds of -<ln p> of the energy's rows, for a model with an encoder", "Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519")
	m.Params = core.SchemaOf(config{Draws: 50})
	return core.Part{
		Manifest: m,
		NewEstimator: func(s core.Settings, setting core.Setting) (core.Estimator, error) {
			var c config
			core.Decode(s, &c)
			e := &bound{model: setting.Bound, latents: setting.Model.Latents, seed: setting.Seed}
			for decade := 1; decade <= c.Draws; decade *= 10 {
				for _, k := range []int{decade, 2 * decade, 5 * decade} {
					if k < c.Draws {
						e.draws = append(e.draws, k)
					}
				}
			}
			e.draws = append(e.draws, c.Draws)
			for range e.draws {
				e.rungs = append(e.rungs, newLikelihood(setting, "nll_bound", "upper bound of the negative log-likelihood", 1))
			}
			return e, nil
		},
	}
}

// bound is the likelihood of each number of draws, with the bound of ln p in its place.
type bound struct {
	model   core.Bounder
	latents int
	seed    uint64
	draws   []int
	rungs   []*likelihood

	eps, lnW, of []float64 // lnW of draw j after those of draw j-1; of one configuration
	batch        core.Batch
}

var _ core.Estimator = (*bound)(nil)

// Names of the bounds of a range of rows.
const (
	elboName   = "negative_elbo_"
	boundName  = "nll_bound_"
	boundsName = "nll_bounds_"
)

// Spec implements core.Estimator.
func (e *bound) Spec() core.EstimatorSpec {
	of := e.rungs[0].Spec()
	spec := core.EstimatorSpec{Source: core.OfData, ModelPowers: []core.Power{core.PowerBound}, Wants: of.Wants[1:],
		Memory: core.Memory{PerConfiguration: 8 * float64(e.draws[len(e.draws)-1]+e.latents)}}
	for k, r := range e.rungs[0].ranges {
		o := of.Observables[k]
		for _, name := range []string{elboName, boundName} {
			o.Name = name + r.Name
			spec.Observables = append(spec.Observables, o)
		}
		spec.Observables = append(spec.Observables, core.Observable{Name: boundsName + r.Name})
	}
	return spec
}

// Add implements core.Estimator.
func (e *bound) Add(b *core.Batch) error {
	most := e.draws[len(e.draws)-1]
	e.lnW, e.eps = core.Resize(e.lnW, most*b.N), core.Resize(e.eps, b.N*e.latents)
	number := core.RowNumber.Of(b)
	var stream rand.PCG
	for j := range most {
		seed := core.Derive(e.seed, uint64(j))
		for i, row := range number {
			core.SeedStream(&stream, seed, uint64(row))
			random := rand.New(&stream)
			for k := range e.latents {
				e.eps[i*e.latents+k] = random.NormFloat64()
			}
		}
		if err := e.model.Bound(e.lnW[j*b.N:(j+1)*b.N], b.X, e.eps); err != nil {
			return err
		}
	}
	e.of, e.batch.N = core.Resize(e.of, most), b.N
	core.RowNumber.Put(&e.batch, number)
	core.DataLogDet.Put(&e.batch, core.DataLogDet.Of(b))
	for r, k := range e.draws {
		e.bounds(core.LogP.Room(&e.batch, b.N), k)
		if err := e.rungs[r].Add(&e.batch); err != nil {
			return err
		}
	}
	return nil
}

// bounds writes the mean over groups of ln 1/k sum_j w_j of each configuration.
func (e *bound) bounds(dst []float64, k int) {
	groups := len(e.of) / k
	for i := range dst {
		for j := range e.of {
			e.of[j] = e.lnW[j*len(dst)+i]
		}
		dst[i] = 0
		for g := range groups {
			dst[i] += stats.LogMeanExp(e.of[g*k:(g+1)*k], 1) / float64(groups)
		}
	}
}

// Report implements core.Estimator.
func (e *bound) Report() (all []core.Estimate, err error) {
	ranges := e.rungs[0].ranges
	curves := make([]core.Estimate, len(ranges))
	for i, r := range ranges {
		curves[i] = core.Estimate{Name: boundsName + r.Name, Long: "upper bound of the negative log-likelihood of the rows " + r.Name + ", from so many samples of the latent variables", Units: "1", Tau: 1,
			Axes: []core.Axis{{Name: "samples", Units: "1"}}}
	}
	first, err := e.rungs[0].Report()
	if err != nil {
		return nil, err
	}
	var last []core.Estimate // of the same rung where there is one, and with a name of its own
	for k, rung := range e.rungs {
		if last, err = rung.Report(); err != nil {
			return nil, err
		}
		for i := range ranges {
			c := &curves[i]
			c.Value, c.Stderr, c.N = append(c.Value, last[i].Value[0]), append(c.Stderr, last[i].Stderr[0]), last[i].N
			c.Axes[0].Values = append(c.Axes[0].Values, float64(e.draws[k]))
		}
	}
	for i, r := range ranges {
		first[i].Name, first[i].Long = elboName+r.Name, "minus the evidence lower bound of the rows "+r.Name
		last[i].Name = boundName + r.Name
		all = append(all, first[i], last[i], curves[i])
	}
	return all, nil
}

func (e *bound) gathered() gathered {
	all := gathered{}
	for k, rung := range e.rungs {
		for name, sums := range rung.gathered() {
			all[strconv.Itoa(e.draws[k])+"."+name] = sums
		}
	}
	return all
}

// State implements core.Estimator.
func (e *bound) State() core.EstimatorState { return e.gathered().state() }

// Restore implements core.Estimator.
func (e *bound) Restore(state core.EstimatorState) error { return e.gathered().restore(state) }

// Merge implements core.Estimator.
func (e *bound) Merge(state core.EstimatorState) error { return e.gathered().merge(state) }

package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// description is what an estimator of one observable says of itself.
type description struct {
	// estimate is the report without its numbers.
	estimate core.Estimate
	// needs is the Spec without its Observables.
	needs core.EstimatorSpec
}

// Spec implements core.Estimator.
func (d *description) Spec() core.EstimatorSpec {
	spec := d.needs
	spec.Observables = []core.Observable{{Name: d.estimate.Name, Extensive: d.estimate.Extensive}}
	return spec
}

// ofModel is the need of estimators that make use of ln p.
var ofModel = core.EstimatorSpec{Source: core.OfModel}

// ofBlocks is the memory of sums of vectors over blocks.
func ofBlocks(size int) core.Memory {
	return core.Memory{Fixed: 2 * stats.Blocked * 8 * float64(size)}
}

// check panics on a batch that lacks what the estimator is promised, and
// returns an error that names the first sample whose ln p or E is not finite.
func (d *description) check(b *core.Batch) error {
	withLogP := d.needs.Source == core.OfModel
	if len(b.E) != b.N || withLogP && len(b.LogP) != b.N {
		panic("estimators: LogP or E does not have the batch's length")
	}
	for i, e := range b.E {
		if withLogP {
			if l := b.LogP[i]; (l+e)-(l+e) != 0 {
				return core.Errorf(core.Numeric, "estimate", d.estimate.Name, "sample %d of the batch has ln p = %v, E = %v", i, l, e)
			}
		} else if e-e != 0 {
			return core.Errorf(core.Numeric, "estimate", d.estimate.Name, "sample %d of the batch has E = %v", i, e)
		}
	}
	return nil
}

// report completes the description with numbers of independent draws.
func (d *description) report(value, stderr float64, n int64) ([]core.Estimate, error) {
	return d.array([]float64{value}, []float64{stderr}, n)
}

func (d *description) array(value, stderr []float64, n int64) ([]core.Estimate, error) {
	e := d.estimate
	e.Value, e.Stderr, e.N, e.Tau = value, stderr, n, 1
	return []core.Estimate{e}, nil
}

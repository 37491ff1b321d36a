package estimators

import (
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// description is what an estimator of one observable says of itself.
type description struct {
	// estimate is the report without its numbers.
	estimate core.Estimate
	// needs is the Spec without its Observables.
	needs core.EstimatorSpec
	// weighted tells that it reports the same by weights, too.
	weighted bool
	// reference is the exact value, where the estimator knows it.
	reference *core.Reference
}

// Spec implements core.Estimator.
func (d *description) Spec() core.EstimatorSpec {
	spec := d.needs
	spec.Observables = []core.Observable{{Name: d.estimate.Name, Extensive: d.estimate.Extensive, Reference: d.reference}}
	if d.weighted {
		spec.Observables = append(spec.Observables, core.Observable{Name: d.estimate.Name + core.ReweightedSuffix, Extensive: d.estimate.Extensive})
	}
	return spec
}

// nans are numbers that are not known.
func nans(n int) []float64 { return slices.Repeat([]float64{math.NaN()}, n) }

// needsX is the need of estimators of x alone.
func needsX(spaces []core.SpaceKind) core.EstimatorSpec {
	return core.EstimatorSpec{Spaces: spaces, Wants: []core.Column{}}
}

// ofModel is the need of estimators that make use of ln p.
var ofModel = core.EstimatorSpec{Source: core.OfModel}

// ofBlocks is the memory of sums of vectors over blocks, and of the vectors along few chains.
func ofBlocks(size int) core.Memory {
	return core.Memory{Fixed: ofColumns.Fixed + 2*stats.Blocked*8*float64(size)}
}

// witness is the scalar of a configuration whose autocorrelation is that of an estimator
// without one of its own: E, which draws from chains have.
func witness(b *core.Batch, i int) float64 {
	if len(b.E) == b.N {
		return b.E[i]
	}
	return 0
}

// check panics on a batch that lacks what the estimator is promised, and
// returns an error that names the first sample with a number that is not finite.
func (d *description) check(b *core.Batch) error {
	for _, c := range d.needs.Reads() {
		each := perConfiguration(c, b)
		if c.Len(b) != each*b.N {
			panic("estimators: " + c.Info().Name + " does not have the batch's length")
		}
		if c == core.Column(core.E) && d.needs.Forbidden {
			continue // the guard has seen to it that E is a number or +Inf
		}
		if i := c.Infinite(b); i >= 0 {
			return core.Errorf(core.Numeric, "estimate", d.estimate.Name, "sample %d of the batch has %s", i/each, d.say(b, c, i))
		}
	}
	return nil
}

// perConfiguration is how many numbers a configuration of b has of a column, 1 where it has
// too few for more.
func perConfiguration(c core.Column, b *core.Batch) int {
	if c.Info().Dim == core.DimOne || b.N == 0 {
		return 1
	}
	return max(1, c.Len(b)/b.N)
}

// say is all that the estimator reads of the sample that number i of a column is of, of columns
// with several numbers for each sample that number alone.
func (d *description) say(b *core.Batch, of core.Column, i int) string {
	var all []string
	sample := i / perConfiguration(of, b)
	for _, c := range d.needs.Reads() {
		switch {
		case c == of:
			all = append(all, c.Info().Symbol+" = "+c.Say(b, i))
		case perConfiguration(c, b) == 1:
			all = append(all, c.Info().Symbol+" = "+c.Say(b, sample))
		}
	}
	return strings.Join(all, ", ")
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

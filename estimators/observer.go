package estimators

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// observed estimates < o_1 >, ..., < o_k > of numbers that an observer gives of each
// configuration: one number as a mean, an array as a function of means, whose
// autocorrelation time and R-hat are those of the energy. So an observable has the
// error bar that it would have if it stood in this package.
type observed struct {
	name     string
	observer core.Observer
	needs    core.EstimatorSpec
	values   []float64 // of the batch at hand
	each     []ofOne
	columns  []*core.Quantity[float64] // of each observable, kept with the samples
}

// ofOne estimates one observable.
type ofOne interface {
	core.Estimator
	gathered() gathered
	check(b *core.Batch) error
}

var _ core.Estimator = (*observed)(nil)

// Observe is the estimator of an observer's numbers. m describes the part that it is
// of.
func Observe(m core.Manifest, o core.Observer, s core.Setting) (core.Estimator, error) {
	spec := o.Spec()
	if err := spec.Check(); err != nil {
		return nil, core.Errorf(core.Plugin, "open estimator", m.Name, "in its spec, %w", err)
	}
	e := &observed{name: m.Name, observer: o, needs: core.EstimatorSpec{Spaces: m.Spaces, Source: spec.Source, Memory: spec.Memory}}
	const copies = 3 // the host's, those beside the batch, and those shared with the observer
	e.needs.Memory.PerConfiguration += copies * 8 * float64(spec.Size())
	if s.Chains && spec.Source != core.OfModel { // as of each estimator, whose first number the plan counts
		e.needs.Memory.Kept += 8 * float64(len(spec.Observables)-1)
	}
	offset := 0
	for _, one := range spec.Observables {
		estimator := e.estimatorOf(one, offset, spec.Size())
		before := estimator.Spec().Memory
		letWeigh(estimator, s)
		e.needs.Memory.Fixed += estimator.Spec().Memory.Fixed - before.Fixed
		e.needs.Memory.Kept += estimator.Spec().Memory.Kept - before.Kept
		e.each = append(e.each, estimator)
		e.columns = append(e.columns, core.Own(m.Name, one))
		if len(one.Axes) > 0 {
			e.needs.Memory.Fixed += ofBlocks(one.Size()).Fixed
		}
		offset += one.Size()
	}
	return watching(m.Name, e, s)
}

// estimatorOf is the estimator of the numbers from offset on of the size that a
// configuration has.
func (e *observed) estimatorOf(o core.Observed, offset, size int) ofOne {
	about := description{
		estimate: core.Estimate{Name: o.Name, Long: o.Long, Units: o.Units, Extensive: o.Extensive, Axes: o.Axes},
		needs:    e.needs,
	}
	if len(o.Axes) == 0 {
		return &mean{description: about, of: func(dst []float64, _ *core.Batch) {
			for i := range dst {
				dst[i] = e.values[i*size+offset]
			}
		}}
	}
	return &function{
		description: about,
		blocks:      stats.NewBlocks(o.Size()),
		size:        o.Size(),
		add: func(sums []float64, b *core.Batch, i int) float64 {
			for k, v := range e.values[i*size+offset:][:len(sums)] {
				sums[k] += v
			}
			return b.E[i]
		},
		of: func(dst, mean []float64) { copy(dst, mean) },
	}
}

// Spec implements core.Estimator.
func (e *observed) Spec() core.EstimatorSpec {
	spec := e.needs
	for k, one := range e.each {
		spec.Observables = append(spec.Observables, one.Spec().Observables...)
		spec.Columns = append(spec.Columns, e.columns[k])
	}
	return spec
}

// Add implements core.Estimator.
func (e *observed) Add(b *core.Batch) error {
	if err := e.each[0].check(b); err != nil {
		return err
	}
	e.values = core.Resize(e.values, b.N*e.observer.Spec().Size())
	if err := e.observer.Observe(e.values, b); err != nil {
		return core.Blame(core.KindEstimator, e.name, err)
	}
	e.beside(b)
	for _, one := range e.each {
		if err := one.Add(b); err != nil {
			return err
		}
	}
	return nil
}

// beside puts the numbers of each observable in a column of b.
func (e *observed) beside(b *core.Batch) {
	size, offset := e.observer.Spec().Size(), 0
	for k, o := range e.observer.Spec().Observables {
		each := o.Size()
		column := e.columns[k].Room(b, b.N*each)
		for i := range b.N {
			copy(column[i*each:(i+1)*each], e.values[i*size+offset:])
		}
		offset += each
	}
}

// Report implements core.Estimator.
func (e *observed) Report() (all []core.Estimate, err error) {
	for _, one := range e.each {
		r, err := one.Report()
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, r)
	}
	return all, nil
}

// gathered are the sums of all observables, by the place of each.
func (e *observed) gathered() gathered {
	all := gathered{}
	for k, one := range e.each {
		for name, sums := range one.gathered() {
			all[fmt.Sprintf("%d.%s", k, name)] = sums
		}
	}
	return all
}

// State implements core.Estimator.
func (e *observed) State() core.EstimatorState { return e.gathered().state() }

// Restore implements core.Estimator.
func (e *observed) Restore(state core.EstimatorState) error { return e.gathered().restore(state) }

// Merge implements core.Estimator.
func (e *observed) Merge(state core.EstimatorState) error { return e.gathered().merge(state) }

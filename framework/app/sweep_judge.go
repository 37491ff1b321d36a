package app

import (
	"io"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/helmholtz-physics/helmholtz/framework/thermo"
)

// judge holds what was derived against what the points expect of it.
func (c collection) judge(out io.Writer, sweep *plan.Sweep) (missed int, err error) {
	if len(c.points) != sweep.Len() {
		return 0, nil // means are of no point
	}
	for i, p := range c.points {
		expect, err := plan.Expected([]byte(p.Run.ConfigJSON))
		if err != nil {
			return 0, atPoint(sweep, i, err)
		}
		derived := &core.Results{SamplesSpace: p.SamplesSpace, Estimates: slices.Concat(c.derived(i), c.limits(i))}
		expect = slices.DeleteFunc(expect, func(e plan.Expectation) bool { return c.elsewhere(e.Observable, i) })
		missed += writeVerdicts(out, "expected of the sweep at "+pointText(sweep, i), run.JudgeDerived(expect, derived))
	}
	return missed, nil
}

// derived are the rows that were derived, at a point.
func (c collection) derived(point int) (all []core.Estimate) {
	for _, e := range c.Observables {
		if e.Way == "" || math.IsNaN(e.Value[point]) {
			continue
		}
		one := core.Scalar(e.Name, e.Long, e.Value[point], e.Stderr[point], e.Units, 0)
		one.Extensive, one.Cautions = e.Extensive, e.CautionsAt(point)
		all = append(all, one)
	}
	return all
}

// limits are those of the sizes of which a point is the first.
func (c collection) limits(point int) (all []core.Estimate) {
	for _, e := range c.Limits {
		if k := c.begins(e, point); k >= 0 && !math.IsNaN(e.Value[k]) {
			one := core.Scalar(e.Name+thermo.LimitSuffix, e.Long, e.Value[k], e.Stderr[k], e.Units, 0)
			one.Cautions = e.CautionsAt(k)
			all = append(all, one)
		}
	}
	return all
}

// begins is which number of a limit a point is the first size of, -1 where it is of none.
func (c collection) begins(limit store.Swept, point int) int {
	return slices.IndexFunc(c.Lines(c.sizes(limit)), func(line []int) bool { return line[0] == point })
}

// sizes is the axis along which a limit was taken: that which it has no more.
func (c collection) sizes(limit store.Swept) int {
	for k, a := range limit.Axes {
		if a.Name != c.Axes[k].Name {
			return k
		}
	}
	return len(limit.Axes)
}

// elsewhere tells whether an expectation is about a limit that is held at the first of the sizes, which a point is not.
func (c collection) elsewhere(name string, point int) bool {
	of, limit := strings.CutSuffix(name, thermo.LimitSuffix)
	if !limit {
		return false
	}
	at := slices.IndexFunc(c.Limits, func(e store.Swept) bool { return e.Name == of })
	return at >= 0 && c.begins(c.Limits[at], point) < 0
}

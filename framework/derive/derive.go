// Package derive adds to a sweep what follows from its points together, by dF = -S dT - P dV + mu dN: entropies,
// pressures, chemical potentials, their slopes, and limits of infinite systems, with errors and what they have to agree with.
// Which of the three an axis changes is seen in the conditions of the points: a key of [ensemble] is a temperature; any other changes
// the number of sites or particles, or at the same number the volume of the box in absolute units; or none of them, and nothing
// follows. The formulas are those of room thermo.
package derive

import (
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/helmholtz-physics/helmholtz/framework/thermo"
)

// derivation adds rows to a collected sweep.
type derivation struct {
	*store.Sweep
	points []*core.Results // nil where one is not finished, or says nothing of its conditions
	// unscaled tells that most points have no absolute units.
	unscaled bool
}

// inconsistent is how many standard errors two ways to a quantity may be apart.
const inconsistent = 4

// Add adds to a collected sweep all that follows; points are its results, nil of one that is missing or of no single conditions.
func Add(s *store.Sweep, points []*core.Results) {
	d := &derivation{Sweep: s, points: slices.Clone(points)}
	with, without := 0, 0
	for i, p := range d.points {
		switch {
		case p == nil:
		case p.Conditions == nil:
			d.points[i] = nil
		case p.Conditions.Scale == (core.Scale{}):
			without++
		default:
			with++
		}
	}
	d.unscaled = without > with
	temperature, volume, number := -1, -1, -1
	for k := range s.Axes {
		switch {
		case d.ensemble(k):
			temperature = k
		case d.varies(k, d.count):
			number = k
		case d.varies(k, d.logVolume):
			volume = k
		}
	}
	if temperature >= 0 {
		d.alongTemperature(temperature)
	}
	if volume >= 0 {
		d.alongVolume(volume)
	}
	if volume >= 0 && temperature >= 0 {
		d.maxwell(volume, temperature)
	}
	if number >= 0 {
		d.alongNumber(number)
	}
}

// ensemble tells whether all keys of an axis are temperatures.
func (d *derivation) ensemble(axis int) bool {
	for key := range strings.SplitSeq(d.Axes[axis].Key, ",") {
		if !strings.HasPrefix(strings.TrimSpace(key), "ensemble.") {
			return false
		}
	}
	return true
}

// varies tells whether a number changes along an axis.
func (d *derivation) varies(axis int, of func(point int) float64) bool {
	for _, line := range d.Lines(axis) {
		first := math.NaN()
		for _, i := range line {
			x := of(i)
			if math.IsNaN(first) {
				first = x
			}
			if !math.IsNaN(x) && x != first {
				return true
			}
		}
	}
	return false
}

// count of sites or particles; NaN of a point that is missing.
func (d *derivation) count(i int) float64 {
	if d.points[i] == nil {
		return math.NaN()
	}
	return float64(d.points[i].SamplesSpace.Count())
}

func (d *derivation) temperature(i int) float64 {
	if d.points[i] == nil {
		return math.NaN()
	}
	return d.points[i].Conditions.Temperature
}

// volume of the box in units of the point; NaN where there is no box.
func (d *derivation) volume(i int) float64 {
	if d.points[i] == nil || len(d.points[i].SamplesSpace.Box) == 0 {
		return math.NaN()
	}
	v := 1.0
	for _, edge := range d.points[i].SamplesSpace.Box {
		v *= edge
	}
	return v
}

// logVolume is that of the absolute one; NaN also where its units are not those of other points.
func (d *derivation) logVolume(i int) float64 {
	if !d.sameUnits(i) {
		return math.NaN()
	}
	u := math.Log(d.volume(i))
	if scale := d.points[i].Conditions.Scale; scale.Length > 0 {
		u += float64(len(d.points[i].SamplesSpace.Box)) * math.Log(scale.Length)
	}
	return u
}

// logUnit is that of the energy.
func (d *derivation) logUnit(i int) float64 {
	if !d.sameUnits(i) {
		return math.NaN()
	}
	if e := d.points[i].Conditions.Scale.Energy; e > 0 {
		return math.Log(e)
	}
	return 0
}

// sameUnits tells whether a point is there, and in the absolute units of the most points: free electrons have none,
// beside others.
func (d *derivation) sameUnits(i int) bool {
	return d.points[i] != nil && d.points[i].Conditions.Scale == (core.Scale{}) == d.unscaled
}

// values of a scalar observable at the points, in their order; nil where no point has it.
func (d *derivation) values(name string) []thermo.Value {
	e := d.find(name)
	if e == nil {
		return nil
	}
	all := make([]thermo.Value, len(d.points))
	for i := range all {
		all[i] = thermo.Value{Mean: e.Value[i], Err: e.Stderr[i]}
		if d.points[i] == nil {
			all[i] = thermo.Unknown()
		}
	}
	return all
}

func (d *derivation) find(name string) *store.Swept {
	for i := range d.Observables {
		if e := &d.Observables[i]; e.Name == name && len(e.Axes) == len(d.Axes) {
			return e
		}
	}
	return nil
}

// over applies a function to each line of an axis.
func (d *derivation) over(axis int, of func(line []int) []thermo.Value) []thermo.Value {
	all := make([]thermo.Value, len(d.points))
	for _, line := range d.Lines(axis) {
		for k, v := range of(line) {
			all[line[k]] = v
		}
	}
	return all
}

// along is a function of temperatures along their axis.
func (d *derivation) along(axis int, y []thermo.Value, of func(t []float64, y []thermo.Value) []thermo.Value) []thermo.Value {
	return d.over(axis, func(line []int) []thermo.Value { return of(pick(line, d.temperature), at(line, y)) })
}

func at(line []int, y []thermo.Value) []thermo.Value {
	return pick(line, func(i int) thermo.Value { return y[i] })
}

func pick[T any](line []int, of func(i int) T) []T {
	all := make([]T, len(line))
	for k, i := range line {
		all[k] = of(i)
	}
	return all
}

// add a row unless it has no value, with the cautions of what it is made of. One that should be the same as another is
// compared with it.
func (d *derivation) add(r thermo.Row, units string, values []thermo.Value, from origin) *store.Swept {
	e := store.Swept{Estimate: core.Estimate{Name: r.Name, Long: r.Long, Units: units, Extensive: r.Extensive}, Way: r.Way}
	for _, a := range d.Axes {
		e.Axes = append(e.Axes, a.Axis)
	}
	known := false
	for _, v := range values {
		known = known || v.Known()
		e.Value, e.Stderr = append(e.Value, v.Mean), append(e.Stderr, v.Err)
	}
	if !known {
		return nil
	}
	if exact := d.find(r.Exact); exact != nil && exact.Exact != nil {
		e.Exact = slices.Clone(exact.Exact)
		for i := range e.Exact {
			if !values[i].Known() {
				e.Exact[i] = math.NaN()
			}
		}
	}
	d.compare(&e, r.Beside, values)
	for _, axis := range from.slopes {
		d.warnOfFew(&e, axis, values)
	}
	d.inherit(&e, values, from)
	d.Observables = append(d.Observables, e)
	at := len(d.Observables) - 1
	if r.Extensive {
		per := store.PerEach(e, d.points)
		per.Way, per.Beside, per.PointCautions = "", "", e.PointCautions
		d.Observables = append(d.Observables, per)
	}
	return &d.Observables[at]
}

// compare a row with the one that should be the same.
func (d *derivation) compare(e *store.Swept, with string, values []thermo.Value) {
	other := d.values(with)
	if other == nil {
		return
	}
	check := thermo.Compare(values, other)
	if check.Points == 0 {
		return
	}
	e.Beside, e.Chi2, e.Compared = with, check.Chi2, check.Points
	for i, v := range values {
		if distance := thermo.Distance(v, other[i]); distance > inconsistent {
			d.warn(e, i, core.CautionInconsistent, "%s is %s here, %.1f standard errors from %s", with, stats.PlusMinus(other[i].Mean, other[i].Err), distance, e.Way)
		}
	}
}

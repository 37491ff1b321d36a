package derive

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/helmholtz-physics/helmholtz/framework/thermo"
)

// origin is what a row was made of: observables, at the points that decide each value.
type origin struct {
	of []string
	// slopes are the axes along which they are taken.
	slopes []int
	// density is an observable of the same densities: how far these are from the Boltzmann density shows at it, and
	// not at a bound, whose slope is none.
	density string
	// points that decide the value of one; nil are those nearest to it along the axes of slopes, and itself.
	points func(i int) []int
}

// inherit gives values the cautions of what they were made of, each code once: what follows from a value that is
// not to be trusted is not either, and a slope less than the value, as it rests on differences.
func (d *derivation) inherit(e *store.Swept, values []thermo.Value, from origin) {
	if from.points == nil {
		from.points = func(i int) []int { return d.near(i, from.slopes) }
	}
	if from.density != "" {
		for i, v := range values {
			if v.Known() {
				d.inheritAt(e, i, from.density, []int{i}, core.CautionFarDensity, core.CautionBiasedAverage)
			}
		}
	}
	for _, name := range from.of {
		if of := d.find(name); of == nil || of.PointCautions == nil {
			continue // as nearly always: which points decide a value need not be found
		}
		for i, v := range values {
			if v.Known() {
				d.inheritAt(e, i, name, from.points(i))
			}
		}
	}
}

// inheritAt gives value i of a row the cautions that an observable has at points, of the codes if there are some.
func (d *derivation) inheritAt(e *store.Swept, i int, name string, points []int, codes ...core.CautionCode) {
	of := d.find(name)
	if of == nil || of.PointCautions == nil {
		return
	}
	for _, p := range points {
		for _, c := range of.PointCautions[p] {
			if e.PointCautions != nil && slices.ContainsFunc(e.PointCautions[i], func(has core.Caution) bool { return has.Code == c.Code }) {
				continue
			}
			switch {
			case len(codes) == 0:
				d.warn(e, i, c.Code, "%s at point %d, of which it is made: %s", name, p, c.Text)
			case slices.Contains(codes, c.Code):
				d.warn(e, i, c.Code, "%s at point %d, of the same density: %s", name, p, c.Text)
			}
		}
	}
}

// near are a point and those about it along each of the axes, as many as a slope needs. Slopes are of more points,
// but one of those further off that does not agree has little weight.
func (d *derivation) near(point int, axes []int) []int {
	all := []int{point}
	for _, axis := range axes {
		line := d.lineOf(axis, point)
		at := slices.Index(line, point)
		lo := max(0, min(at-1, len(line)-thermo.LeastPoints))
		for _, p := range line[lo:min(lo+thermo.LeastPoints, len(line))] {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// lineOf are the points that are there along an axis through one of them, in the order of its values.
func (d *derivation) lineOf(axis, point int) []int {
	for _, line := range d.Lines(axis) {
		if !slices.Contains(line, point) {
			continue
		}
		place := map[int]float64{}
		for k, i := range line {
			place[i] = d.Axes[axis].Values[k]
		}
		line = slices.DeleteFunc(line, func(i int) bool { return d.points[i] == nil })
		slices.SortFunc(line, func(a, b int) int { return cmp.Compare(place[a], place[b]) })
		return line
	}
	panic("derive: a point is on no line")
}

// warnOfFew warns of slopes along lines of an axis with no more points than a slope needs: a parabola goes
// through them, whatever the curve does in between, and the error has nothing of it.
func (d *derivation) warnOfFew(e *store.Swept, axis int, values []thermo.Value) {
	for _, line := range d.Lines(axis) {
		known := slices.DeleteFunc(slices.Clone(line), func(i int) bool { return !values[i].Known() })
		if len(known) > thermo.LeastPoints {
			continue
		}
		for _, i := range known {
			d.warn(e, i, core.CautionFewPoints, "%s is of %d points along %s, which cannot show how the curve bends between them: its error is too small where it does; take five or more",
				e.Way, len(known), d.Axes[axis].Key)
		}
	}
}

func (d *derivation) warn(e *store.Swept, point int, code core.CautionCode, format string, args ...any) {
	if e.PointCautions == nil {
		e.PointCautions = make([][]core.Caution, len(e.Value))
	}
	e.PointCautions[point] = append(e.PointCautions[point], core.Caution{Code: code, Text: fmt.Sprintf(format, args...)})
}

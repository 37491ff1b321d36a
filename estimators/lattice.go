package estimators

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// axis of a lattice: sites along it are stride apart in memory, and after
// length of them it closes. place is its place in the shape.
type axis struct{ length, stride, place int }

// periodicAxes are those of a lattice that closes on itself, without those of
// length 1, along which nothing varies.
func periodicAxes(name string, s core.Space) ([]axis, error) {
	var axes []axis
	stride := 1
	for k := len(s.Shape) - 1; k >= 0; k-- {
		if s.Shape[k] > 1 {
			axes = append(axes, axis{s.Shape[k], stride, k})
		}
		stride *= s.Shape[k]
	}
	if s.Periodic && len(s.Shape) > 0 && len(axes) == 0 {
		return nil, core.Errorf(core.Mismatch, "open estimator", name, "it needs a lattice of more than one site, and the space is %s", s)
	}
	if !s.Periodic || len(axes) == 0 {
		return nil, core.Errorf(core.Mismatch, "open estimator", name, "it needs a periodic lattice, and the space is %s", s)
	}
	return axes, nil
}

// rows are the axes that one value is averaged over: all of them where an exchange
// of axes is a symmetry, as the energy must say and the lengths allow; else each
// is a row of its own, in the order of the shape.
func rows(axes []axis, s core.Setting) (of [][]axis, label []core.Axis) {
	alike := slices.Contains(s.Energy.Symmetries, core.Reflection) &&
		!slices.ContainsFunc(axes, func(a axis) bool { return a.length != axes[0].length })
	if alike || len(axes) == 1 {
		return [][]axis{axes}, nil
	}
	lattice := core.Axis{Name: "lattice_axis", Units: "1"}
	for _, a := range slices.Backward(axes) {
		of = append(of, []axis{a})
		lattice.Values = append(lattice.Values, float64(a.place))
	}
	return of, []core.Axis{lattice}
}

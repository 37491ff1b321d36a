package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// axis of a lattice: sites along it are stride apart in memory, and after
// length of them it closes.
type axis struct{ length, stride int }

// periodicAxes are those of a lattice that closes on itself, without those of
// length 1, along which nothing varies.
func periodicAxes(name string, s core.Space) ([]axis, error) {
	var axes []axis
	stride := 1
	for k := len(s.Shape) - 1; k >= 0; k-- {
		if s.Shape[k] > 1 {
			axes = append(axes, axis{s.Shape[k], stride})
		}
		stride *= s.Shape[k]
	}
	if !s.Periodic || len(axes) == 0 {
		return nil, core.Errorf(core.Mismatch, "open estimator", name, "it needs a periodic lattice, and the space is %s", s)
	}
	return axes, nil
}

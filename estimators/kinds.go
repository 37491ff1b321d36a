package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// kindAxes are an axis of the kinds of particles for each name, none where all are alike: an estimate
// by kinds has them before its own.
func kindAxes(space core.Space, names ...string) (axes []core.Axis) {
	if !space.HasKinds() {
		return nil
	}
	for _, name := range names {
		axis := core.Axis{Name: name, Units: "1"}
		for k := range space.Alike() {
			axis.Values = append(axis.Values, float64(k))
		}
		axes = append(axes, axis)
	}
	return axes
}

// kindOfEach particle.
func kindOfEach(space core.Space) (of []int) {
	for kind, n := range space.Alike() {
		for range n {
			of = append(of, kind)
		}
	}
	return of
}

// needAlike tests that all particles are alike; why says what else would be needed.
func needAlike(name string, space core.Space, why string) error {
	if space.HasKinds() {
		return core.Errorf(core.Mismatch, "open estimator", name, "it needs particles that are all alike, and the space is %s: %s", space, why)
	}
	return nil
}

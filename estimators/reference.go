package estimators

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// oddVanishes is the exact value 0 of what changes its sign under x -> -x, nil
// where that is no symmetry of the energy.
func oddVanishes(s core.Setting) *core.Reference {
	if !slices.Contains(s.Energy.Symmetries, core.Z2) {
		return nil
	}
	return &core.Reference{Value: 0, Source: "symmetry x -> -x"}
}

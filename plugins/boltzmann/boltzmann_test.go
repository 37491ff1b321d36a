package boltzmann

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		sites    int
		settings core.Settings
	}{
		"pairs": {2, nil}, "odd": {5, nil}, "many rows": {12, core.Settings{"fields": false}},
	} {
		t.Run(name, func(t *testing.T) {
			coretest.ModelPart(t, Part, c.settings, core.Space{Kind: core.Spins, Shape: []int{c.sites}}, coretest.ModelOptions{})
		})
	}
}

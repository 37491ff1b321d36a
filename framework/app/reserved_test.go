package app

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// A key that says which part is meant would hide one of the part's own.
func TestReservedKeys(t *testing.T) {
	for _, p := range core.SchemaOf(plan.PartPlan{}) {
		if !slices.Contains(core.ReservedKeys, p.Name) {
			t.Errorf("the key %s is not in core.ReservedKeys", p.Name)
		}
	}
}

package objective

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// The cotangents of x are the derivative of the loss, and do not depend on how a batch is
// cut.
func TestTransport(t *testing.T) {
	coretest.ObjectivePart(t, transportPart, nil, core.Setting{Beta: 1, Energy: core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{3}}, Units: "1"}},
		coretest.ObjectiveOptions{Derivative: []core.Column{core.X}, Complete: func(b *core.Batch) {
			if err := core.RowDisplacement.On(core.Host{}, &core.Call{In: b, Out: room(b)}); err != nil {
				t.Fatal(err)
			}
		}})
}

// room gives b room for its displacements.
func room(b *core.Batch) *core.Batch {
	core.Displacement.Room(b, b.N)
	return b
}

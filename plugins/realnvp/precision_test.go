package realnvp

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// Sums of some hundred terms in float32 are off by 6e-8 for each by chance.
func TestFloat32IsFloat64Rounded(t *testing.T) {
	for _, c := range []struct {
		config
		space core.Space
	}{
		{config{Network: "mlp", Couplings: 4, Layers: 2, Hidden: 7, Activation: "elu"}, core.Space{Kind: core.Particles, Shape: []int{3, 3}}},
		{config{Network: "checkerboard", Couplings: 3, Layers: 2, Channels: 3, Kernel: 3, Activation: "softplus"}, lattice(4, 4)},
	} {
		t.Run(fmt.Sprint(c.Network, c.space.Shape), func(t *testing.T) {
			single, err := newFlow[float32](c.config, c.space)
			if err != nil {
				t.Fatal(err)
			}
			double, err := newFlow[float64](c.config, c.space)
			if err != nil {
				t.Fatal(err)
			}
			flowtest.Precisions(t, single, double, c.space.Size(), 1e-5)
		})
	}
}

func TestPartInFloat32(t *testing.T) {
	small := core.Settings{"precision": "float32", "couplings": int64(2), "hidden": int64(4), "layers": int64(1), "activation": "tanh", "z2": true}
	coretest.ModelPart(t, Part, small, core.Space{Kind: core.Field, Shape: []int{2}}, coretest.FlowInFloat32)
}

func TestStepInFloat32(t *testing.T) {
	s := core.Settings{"precision": "float32", "network": "checkerboard", "couplings": int64(2), "channels": int64(2), "base_covariance": []any{0.5}}
	flowtest.Train(t, Part, coretest.Settings(t, Part, s), lattice(4, 4), 0.1).Test(t, 150)
}

package neuralrg

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// 24 couplings one after the other, each off by some 1e-7.
func TestFloat32IsFloat64Rounded(t *testing.T) {
	h := hierarchy{config{Couplings: 6, Layers: 2, Hidden: 5, Repeats: 1, Depth: 2}, 4}
	flowtest.Precisions(t, newFlow[float32](h), newFlow[float64](h), 16, 1e-5)
}

func TestPartInFloat32(t *testing.T) {
	s := core.Settings{"precision": "float32", "couplings": int64(2), "layers": int64(1), "hidden": int64(3), "z2": true}
	full := coretest.Settings(t, Part, s)
	coretest.Model(t, func(t *testing.T) core.Model {
		m, err := Part.NewModel(full, field(2))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}, coretest.FlowInFloat32)
}

func TestStepInFloat32(t *testing.T) {
	s := core.Settings{"precision": "float32", "couplings": int64(2), "layers": int64(1), "hidden": int64(3), "translation": true}
	flowtest.Train(t, Part, coretest.Settings(t, Part, s), field(4), 0.1).Test(t, 70)
}

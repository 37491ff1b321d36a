package velocity

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// 80 evaluations one after the other, each off by some 1e-7. Steps that meet a tolerance may
// differ in number, and what they do within the tolerance; the others are equal.
func TestFloat32IsFloat64Rounded(t *testing.T) {
	for name, v := range variants {
		if v.s["integrator"] == "dopri5" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var c config
			core.Decode(complete(t, v.s), &c)
			single, err := newFlow[float32](c, v.space)
			if err != nil {
				t.Fatal(err)
			}
			flowtest.Precisions(t, single, bijection(t, v.s, v.space), v.space.Size(), 1e-4)
		})
	}
}

func TestPartInFloat32(t *testing.T) {
	for name, more := range map[string]core.Settings{"rk4": nil, "dopri5": {"integrator": "dopri5", "tolerance": 1e-6}} {
		t.Run(name, func(t *testing.T) {
			full := coretest.Settings(t, Part, complete(t, core.Settings{"precision": "float32", "depth": int64(2)}), more)
			o := coretest.FlowInFloat32
			o.Samples, o.Large = 1000, 200
			coretest.Model(t, func(t *testing.T) core.Model {
				m, err := Part.NewModel(full, space(2))
				if err != nil {
					t.Fatal(err)
				}
				return m
			}, o)
		})
	}
}

func TestStepInFloat32(t *testing.T) {
	train(t, core.Settings{"precision": "float32", "depth": int64(2)}, space(3), 0.1).Test(t, 150)
}

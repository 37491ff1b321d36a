package mongeampere

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// 80 evaluations one after the other, each off by some 1e-7.
func TestFloat32IsFloat64Rounded(t *testing.T) {
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			var c config
			core.Decode(complete(t, v.s), &c)
			single, _, err := newFlow[float32](c, v.space)
			if err != nil {
				t.Fatal(err)
			}
			flowtest.Precisions(t, single, bijection(t, v.s, v.space), v.space.Size(), 1e-4)
		})
	}
}

func TestPartInFloat32(t *testing.T) {
	full := complete(t, core.Settings{"precision": "float32", "hidden": int64(5), "activation": "softplus"})
	o := coretest.FlowInFloat32
	o.Samples, o.Large = 1000, 100
	coretest.Model(t, func(t *testing.T) core.Model {
		m, err := Part.NewModel(full, lattice(2))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}, o)
}

func TestStepInFloat32(t *testing.T) {
	v := variants["log_cosh all"]
	train(t, core.Settings{"precision": "float32", "hidden": v.s["hidden"], "translation": true, "reflection": true}, v.space, 0.1).Test(t, 150)
}

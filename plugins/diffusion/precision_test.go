package diffusion

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// The perceptron and the flow are those of plugins/velocity in float32; the score is made of
// them in float64.
func TestPartInFloat32(t *testing.T) {
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			full := coretest.Settings(t, Part, complete(t, v.s), core.Settings{"precision": "float32"})
			o := coretest.FlowInFloat32
			o.Samples, o.Large = 2000, 100
			coretest.Model(t, func(t *testing.T) core.Model {
				m, err := Part.NewModel(full, v.space)
				if err != nil {
					t.Fatal(err)
				}
				return m
			}, o)
		})
	}
}

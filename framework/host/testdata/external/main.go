// A third party's plugin: independent anharmonic oscillators. Like many
// programs it prints where it should not.
package main

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/sdk"
)

func init() { fmt.Println("printed while packages are initialised") }

type config struct {
	N int     `key:"N" min:"1" opt:"required" help:"oscillators"`
	G float64 `key:"g" min:"0" unit:"k" help:"strength of the quartic term"`
}

var quartic = core.Part{
	Manifest: core.Manifest{Kind: core.KindEnergy, Name: "quartic", Version: "1.2.0",
		Summary: "oscillators with a quartic term", Params: core.SchemaOf(config{G: 0.25})},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c config
		core.Decode(s, &c)
		return c, nil
	},
}

func (c config) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{c.N}}, Units: "k",
		Symmetries: []core.Symmetry{core.Z2}}
}

// E(x) = sum_j x_j^2 / 2 + g x_j^4
func (c config) Eval(dst []float64, b *core.Batch) error {
	fmt.Println("printed during a call")
	for i := range dst {
		dst[i] = 0
		for _, x := range b.X[i*c.N : (i+1)*c.N] {
			dst[i] += x*x/2 + c.G*x*x*x*x
		}
	}
	return nil
}

func main() {
	fmt.Println("printed before serving")
	sdk.Serve(quartic)
}

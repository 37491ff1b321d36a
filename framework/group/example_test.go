package group_test

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/group"
)

// Two independent spins, of which the first is up more often, and their average over
// the exchange of the two sites.
func Example() {
	space := core.Space{Kind: core.Spins, Shape: []int{2}, Periodic: true}
	spins, _ := coretest.Product().NewModel(core.Settings{"scale": 1.0}, space)
	average, _ := group.New(spins, core.Translation)
	average.Load([]float64{math.Log(3) / 2, 0}) // p(+) is 3/4, and 1/2
	lnP := make([]float64, 2)
	average.LogProb(lnP, []float64{1, -1, -1, 1})
	fmt.Printf("%d images: %.4f %.4f\n", average.Images(), math.Exp(lnP[0]), math.Exp(lnP[1]))
	// Output: 2 images: 0.2500 0.2500
}

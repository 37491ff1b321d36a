package flow_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// The translations of a ring of four sites, with and without a change of all signs.
func ExampleImages() {
	fmt.Println(len(flow.Images([]int{4}, core.Translation)))
	all := flow.Images([]int{4}, core.Translation, core.Z2)
	fmt.Println(len(all), all[0])
	// Output:
	// 4
	// 8 {[0 1 2 3] 1}
}

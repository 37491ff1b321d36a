package recipe_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/recipe"
)

// The local energy of electrons wants the Laplacian of the model, which wants
// nothing but what was drawn; without such a model the recipe says what is missing.
func ExampleFind() {
	dot := recipe.NewGiver(core.KindEnergy, "quantumdot", nil)
	dot.Actual = map[core.Column]core.Column{core.E: core.V} // what it gives is no whole energy
	kinetic := &recipe.Giver{Name: "H = -c lap + V", Rows: []*core.Row{core.RowLocalEnergy}}
	for _, powers := range [][]core.Power{{core.PowerQuantum}, nil} {
		model := recipe.NewGiver(core.KindModel, "mine", powers)
		steps, err := recipe.Find([]core.Column{core.E}, core.Drawn, []*recipe.Giver{dot, kinetic, model})
		for _, s := range steps {
			fmt.Println(s.Describe(core.Sizes{X: 4, Labels: 2, LogP: 1}))
		}
		if err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// energy "quantumdot" evaluate: x -> potential
	// model "mine" laplacian: x, k -> lap
	// H = -c lap + V local_energy: potential, lap -> energy, energy_im
	// local_energy of H = -c lap + V, which wants lap Psi/Psi, which nothing here gives; model "mine" would with the power "quantum"
}

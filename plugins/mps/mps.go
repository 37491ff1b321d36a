// Package mps is the Born machine of a matrix product state (Han, Wang, Fan, Wang and
// Zhang, PRX 8, 031012 (2018), arXiv:1709.01662):
//
//	p(x) = Psi(x)^2/Z,   Psi(x) = A_1^(x_1) A_2^(x_2) ... A_N^(x_N),   Z = sum_x Psi(x)^2
//
// with real matrices A_k^(s) of D_(k-1) rows and D_k columns, D_0 = D_N = 1, one for each
// site k and state s. Sites stand in raster order. The bond dimension D_k bounds what the
// sites up to k can tell of those after it: D_k = q^min(k, N-k) is enough for any Psi of q
// states a site, and "bond" is the most that there may be. Z, ln p and independent draws
// are exact.
//
// As any model it descends by gradients. It can also be fitted two sites at a time, with
// bonds as large as they need to be (sweep.go).
package mps

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const name = "mps"

// config is the model's table in the run file.
type config struct {
	Bond     int     `key:"bond" min:"1" max:"100000" help:"largest bond dimension, the number of columns of a matrix"`
	Cutoff   float64 `key:"cutoff" min:"0" below:"1" help:"of sweeps: singular values at a bond below this share of the largest are left out"`
	Rate     float64 `key:"rate" above:"0" help:"of sweeps: step of a descent at a bond, where |Psi|^2 = 1"`
	Descents int     `key:"descents" min:"1" max:"10000" help:"of sweeps: descents at a bond before the next"`
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "Born machine of a matrix product state for spins or levels, sampled exactly",
		Reference: "Han, Wang, Fan, Wang, Zhang, PRX 8, 031012 (2018), arXiv:1709.01662",
		Spaces:    []core.SpaceKind{core.Spins, core.Levels},
		Powers:    []core.Power{core.PowerSweep, core.PowerComplete},
		Params:    core.SchemaOf(config{Bond: 16, Cutoff: 1e-7, Rate: 0.05, Descents: 10}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		return c.model(space)
	},
}

// model builds the state on the model's space.
func (c config) model(space core.Space) (*Model, error) {
	if space.Kind != core.Spins && space.Kind != core.Levels || space.Size() < 1 {
		return nil, core.Errorf(core.Mismatch, "build model", name, "needs spins or levels, the energy has %v", space)
	}
	states := space.Values()[0]
	bonds := bonds(space.Size(), len(states), c.Bond)
	numbers := 0.0
	for k := range space.Size() {
		numbers += float64(bonds[k]) * float64(len(states)) * float64(bonds[k+1])
	}
	// Theta, its gradient, the canonical form, the derivative of ln Z, and a gradient for
	// each workspace.
	bytes := 8 * numbers * (4 + slab)
	if err := core.Afford(bytes, "model "+name, fmt.Sprintf("%.2g parameters", numbers), "a smaller bond"); err != nil {
		return nil, err
	}
	return newModel(c, space, states, bonds, bytes), nil
}

// bonds are D_0, ..., D_N.
func bonds(sites, states, most int) []int {
	d := make([]int, sites+1)
	for k := range d {
		d[k] = int(min(float64(most), math.Pow(float64(states), float64(min(k, sites-k)))))
	}
	return d
}

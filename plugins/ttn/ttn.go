// Package ttn is the Born machine of a tree tensor network (Cheng, Wang, Xiang and Zhang,
// Phys. Rev. B 99, 155131 (2019), arXiv:1901.02217):
//
//	p(x) = Psi(x)^2/Z,   v_n[c] = sum_ab T_n[c, a, b] v_l[a] v_r[b],   Psi(x) = v_root,
//
// with a real tensor T for each node n of a binary tree, whose branches are l and r. The
// leaves are the sites: v[a] is 1 for the state a of the site and else 0. The sites of a lattice
// are halved along its longest axis, again and again, so that neighbours share a branch, and any two
// of N sites are some 2 log2 N tensors apart, where a matrix product state has up to N.
//
// The dimension of c bounds what the sites below a node can tell of all others. Z, ln p,
// independent draws, and draws of what is missing are exact.
package ttn

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const name = "ttn"

// config is the model's table in the run file.
type config struct {
	Bond     int     `key:"bond" min:"1" max:"10000" help:"largest dimension of an edge of the tree"`
	Rate     float64 `key:"rate" above:"0" help:"of sweeps: step of a descent at a tensor, where |Psi|^2 = 1"`
	Descents int     `key:"descents" min:"1" max:"10000" help:"of sweeps: descents at a tensor before the next"`
}

var powers = []core.Power{core.PowerSweep, core.PowerComplete}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "Born machine of a tree tensor network for spins or levels, sampled exactly",
		Reference: "Cheng, Wang, Xiang and Zhang, PRB 99, 155131 (2019), arXiv:1901.02217",
		Spaces:    []core.SpaceKind{core.Spins, core.Levels},
		Powers:    powers,
		Params:    core.SchemaOf(config{Bond: 16, Rate: 0.05, Descents: 10}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		return c.model(space)
	},
}

// model builds the network on the model's space.
func (c config) model(space core.Space) (*Model, error) {
	if space.Kind != core.Spins && space.Kind != core.Levels || space.Size() < 2 {
		return nil, core.Errorf(core.Mismatch, "build model", name, "needs spins or levels, two or more, the energy has %v", space)
	}
	states := space.Values()[0]
	nodes := treeOf(space, len(states), c.Bond)
	numbers, wide := 0.0, 0.0
	for _, n := range nodes {
		numbers += n.size()
		wide += float64(n.up + n.left*n.right)
	}
	// Theta, its canonical form, the derivative of ln Z with its memory, and a gradient for each share.
	bytes := 8 * numbers * (6 + core.DefaultShares)
	if err := core.Afford(bytes, "model "+name, fmt.Sprintf("%.2g parameters", numbers), "a smaller bond"); err != nil {
		return nil, err
	}
	for k, n := range nodes {
		n.open(k)
	}
	return newModel(c, space, states, nodes, core.Memory{Fixed: bytes, PerConfiguration: 8 * math.Ceil(2*wide)}), nil
}

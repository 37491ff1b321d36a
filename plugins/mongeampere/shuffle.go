package mongeampere

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// moves draws, with shuffle, a translation and reflection of the lattice for each
// step; nil without. The potential of step k is then phi(g_k x), and over the
// steps x feels the mean of phi over the group: as if every ridge function had
// all its images, which would be as many times the work. (The authors' program
// draws images at every evaluation and for every configuration. Here they are
// part of the model, so that p is known.)
func (c config) moves(space core.Space) ([][]int, error) {
	if !c.Shuffle {
		return nil, nil
	}
	if space.Kind != core.Field || space.Lattice == "" || !space.Periodic {
		return nil, core.Errorf(core.Mismatch, "build model", "mongeampere", "shuffle needs a field on a periodic lattice, the energy has %v", space)
	}
	group := flow.Images(space.Shape, core.Translation, core.Reflection)
	var moves [][]int
	r := rand.New(rand.NewPCG(1, 0)) // any stream would do, but always the same
	for range c.Steps {
		moves = append(moves, group[r.IntN(len(group))].Perm)
	}
	return moves, nil
}

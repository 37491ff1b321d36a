package mongeampere

import (
	"fmt"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// moves draws, with shuffle, a translation and reflection g_k of the lattice for
// each step k, which stays moved: step k has the potential phi(g_k ... g_1 x), if
// x is on the sites of z. The products are as uniform as the g_k, so over the
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
	if c.Reflection && !c.Translation {
		return nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: "mongeampere",
			Err:  fmt.Errorf("reflection is no symmetry of a lattice that shuffle moves: its mirrors would have to move along"),
			Hint: "reflection with translation, or shuffle alone"}
	}
	mirrors, sites := flow.Images(space.Shape, core.Reflection), space.Size()
	var moves [][]int
	r := rand.New(rand.NewPCG(1, 0)) // any stream would do, but always the same
	for range c.Steps {
		k := r.IntN(sites * len(mirrors))
		moves = append(moves, shifted(mirrors[k/sites].Perm, space.Shape, k%sites))
	}
	return moves, nil
}

// shifted joins a permutation of the sites with translation number k, the first
// axis fastest: its number i is what move has at site i + k.
func shifted(move, shape []int, k int) []int {
	by := make([]int, len(shape))
	for a, l := range shape {
		by[a], k = k%l, k/l
	}
	joined := make([]int, len(move))
	for i := range joined {
		at, stride, rest := 0, 1, i
		for a := len(shape) - 1; a >= 0; a-- {
			l := shape[a]
			at += stride * ((rest%l + by[a]) % l)
			stride, rest = stride*l, rest/l
		}
		joined[i] = move[at]
	}
	return joined
}

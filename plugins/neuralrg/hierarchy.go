package neuralrg

import (
	"fmt"
	"math/bits"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow/coupling"
)

// hierarchy is the network of a lattice of l x l sites; Depth is not 0.
type hierarchy struct {
	config
	l int
}

// chunk is the number of configurations in a workspace. Two tiles of the
// networks; with more, the fields of a level and what its couplings keep leave
// the second cache.
const chunk = 64

// newFlow maps z to x: the coarsest level first.
func newFlow[T tensor.Real](h hierarchy) *coupling.Flow[T] {
	var all []coupling.Coupling[T]
	for level := h.Depth - 1; level >= 0; level-- {
		for r := range h.Repeats {
			for kind, name := range []string{"decimator", "disentangler"} {
				name = fmt.Sprintf("scale%d.%s", level, name)
				if h.Repeats > 1 {
					name += fmt.Sprint(r)
				}
				all = append(all, block[T](h, name, h.corners(level, kind<<level))...)
			}
		}
	}
	return coupling.NewFlow(h.l*h.l, chunk, all)
}

// corners lists the four sites of every block of a level, in raster order. The
// first block begins at (offset, offset).
func (h hierarchy) corners(level, offset int) (blocks [][4]int64) {
	step := 1 << level
	site := func(y, x int) int64 { return int64(y%h.l*h.l + x%h.l) }
	for y := offset; y < h.l+offset; y += 2 * step {
		for x := offset; x < h.l+offset; x += 2 * step {
			blocks = append(blocks, [4]int64{site(y, x), site(y, x+step), site(y+step, x), site(y+step, x+step)})
		}
	}
	return blocks
}

// around lists, for each of the blocks of a level, itself among those at most Reach
// blocks away along each axis of the torus. No block is listed twice.
func (h hierarchy) around(blocks [][4]int64) (all [][]int) {
	edge := 1 << (bits.Len(uint(len(blocks))) / 2) // blocks along an edge, a power of two
	width := min(2*h.Reach+1, edge)
	near := func(i, d int) int { return (i + d - (width-1)/2 + edge) % edge }
	for i := range blocks {
		var those []int
		for d := range width * width {
			those = append(those, near(i/edge, d/width)*edge+near(i%edge, d%width))
		}
		all = append(all, those)
	}
	return all
}

// pairs are the three ways to halve a block: rows, columns, diagonals. The
// authors' program draws halves at random.
var pairs = [3][2][2]int{{{0, 1}, {2, 3}}, {{0, 2}, {1, 3}}, {{0, 3}, {1, 2}}}

// block is the flow of one kind of blocks, all blocks side by side: couplings
// that change one half and then the other, and go through the pairs. It starts
// at the identity, since t does so at zero: many couplings of random shifts in
// a row make a poor start, which takes thousands of steps to leave.
func block[T tensor.Real](h hierarchy, name string, blocks [][4]int64) (all []coupling.Coupling[T]) {
	around := h.around(blocks)
	sizes := []int64{2 * int64(len(around[0]))}
	for range h.Layers {
		sizes = append(sizes, int64(h.Hidden))
	}
	shape := kernels.MLP{Groups: 2, Sizes: append(sizes, 2), Activation: kernels.ELU}
	for k := range h.Couplings {
		halves := pairs[k/2%3]
		p, a := halves[k%2], halves[1-k%2]
		var passive, active []int64
		for i, b := range blocks {
			for _, j := range around[i] {
				passive = append(passive, blocks[j][p[0]], blocks[j][p[1]])
			}
			active = append(active, b[a[0]], b[a[1]])
		}
		name := fmt.Sprintf("%s.coupling%d", name, k)
		st := nn.NewMLP[T](name, shape, passive)
		st.Still = 1
		all = append(all, coupling.New(name, nn.NewChain(shape.Activation, []*nn.MLP[T]{st}), 2, active))
	}
	return all
}

// latentScale is, for each site, the number of decimators that let it pass: how
// often both coordinates can be halved, up to Depth.
func (h hierarchy) latentScale() []int {
	scale := make([]int, h.l*h.l)
	for i := range scale {
		scale[i] = min(h.Depth, bits.TrailingZeros(uint(i/h.l|i%h.l|1<<h.Depth)))
	}
	return scale
}

package realnvp

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow/coupling"
)

// checkerboards are couplings of a periodic lattice in which one sublattice
// changes by a convolutional network of the other, in turns.
func checkerboards[T tensor.Real](c config, shape []int) (all []coupling.Coupling[T]) {
	for k := range c.Couplings {
		b := newBoard(shape, c.Kernel, k%2)
		name := fmt.Sprintf("coupling%d", k)
		all = append(all, coupling.New(name, network[T](b, name, c), 1, b.active))
	}
	return all
}

// board is a lattice of two colours, seen by one coupling. Maps of the hidden
// layers hold the active sites first.
type board struct {
	active, passive []int64
	order           []int64       // all sites as maps hold them
	place           map[int64]int // of a site in order
	near            [][2][]int64
}

// newBoard makes the sites whose coordinates have an even sum active, or the
// others. near[site][0] and near[site][1] are the sites under a kernel centred
// on the site, of its own and of the other colour.
func newBoard(shape []int, kernel, colour int) *board {
	b := &board{place: map[int64]int{}}
	b.near = make([][2][]int64, product(shape))
	for i := range b.near {
		site := coordinates(i, shape)
		if sum(site)%2 == colour {
			b.active = append(b.active, int64(i))
		} else {
			b.passive = append(b.passive, int64(i))
		}
		window := make([]int, len(shape))
		for a := range window {
			window[a] = kernel
		}
		for t := range product(window) {
			tap := coordinates(t, window)
			at := 0
			for a, l := range shape {
				tap[a] -= kernel / 2
				at = at*l + ((site[a]+tap[a])%l+l)%l
			}
			parity := sum(tap) & 1
			b.near[i][parity] = append(b.near[i][parity], int64(at))
		}
	}
	b.order = slices.Concat(b.active, b.passive)
	for p, site := range b.order {
		b.place[site] = p
	}
	return b
}

// network has a stage for each layer, with the sites as places. In the first
// layer active sites see the other colour and passive sites their own, each with
// weights of their own: what a convolution would multiply by the zeros of a mask
// does not exist. The last layer is evaluated at active sites only.
func network[T tensor.Real](b *board, name string, c config) *nn.Chain[T] {
	layer := func(label string, in, out int, rows []int64) *nn.MLP[T] {
		return nn.NewMLP[T](name+"."+label, kernels.MLP{Groups: 1, Sizes: []int64{int64(in), int64(out)}}, rows)
	}
	var toActive, toPassive, toAll, toLast []int64
	for _, i := range b.active {
		toActive = append(toActive, b.near[i][1]...)
		toLast = append(toLast, b.channels(i, c.Channels)...)
	}
	for _, i := range b.passive {
		toPassive = append(toPassive, b.near[i][0]...)
	}
	for _, i := range b.order {
		toAll = append(toAll, b.channels(i, c.Channels)...)
	}
	other, own := len(b.near[0][1]), len(b.near[0][0])
	stages := [][]*nn.MLP[T]{{layer("first_active", other, c.Channels, toActive), layer("first_passive", own, c.Channels, toPassive)}}
	for l := 1; l < c.Layers; l++ {
		stages = append(stages, []*nn.MLP[T]{layer(fmt.Sprintf("hidden%d", l), (own+other)*c.Channels, c.Channels, toAll)})
	}
	stages = append(stages, []*nn.MLP[T]{layer("last", (own+other)*c.Channels, 2, toLast)})
	return nn.NewChain(activations[c.Activation], stages...)
}

// channels are the rows of a map of width channels under the kernel at a site.
func (b *board) channels(site int64, width int) (rows []int64) {
	for parity := range 2 {
		for _, at := range b.near[site][parity] {
			for ch := range width {
				rows = append(rows, int64(b.place[at]*width+ch))
			}
		}
	}
	return rows
}

// coordinates of element i of a row-major array.
func coordinates(i int, shape []int) []int {
	r := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		r[a] = i % shape[a]
		i /= shape[a]
	}
	return r
}

func sum(r []int) (s int) {
	for _, v := range r {
		s += v
	}
	return s
}

func product(r []int) int {
	p := 1
	for _, v := range r {
		p *= v
	}
	return p
}

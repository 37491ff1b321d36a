package ttn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
)

// node is a tensor T[c, a, b], or a site.
type node struct {
	*grad.Param[float64] // nil of a site, and until it is opened
	site                 int
	l, r                 int // the branches, among all nodes
	left, right          int // dimensions of a and b
	up                   int // and of c
	sites                int // below it
}

func (n *node) leaf() bool { return n.sites == 1 }

func (n *node) size() float64 {
	if n.leaf() {
		return 0
	}
	return float64(n.up) * float64(n.left) * float64(n.right)
}

// treeOf has the nodes with the root last, each after its branches; none is open.
func treeOf(space core.Space, states, most int) (all []*node) {
	shape := space.Shape
	from, to := make([]int, len(shape)), append([]int(nil), shape...)
	enough := func(sites int) float64 { return math.Pow(float64(states), float64(min(sites, space.Size()-sites))) }
	var grow func(from, to []int) int
	grow = func(from, to []int) int {
		longest, sites := 0, 1
		for a := range shape {
			sites *= to[a] - from[a]
			if to[a]-from[a] > to[longest]-from[longest] {
				longest = a
			}
		}
		if sites == 1 {
			site := 0
			for a, l := range shape {
				site = site*l + from[a]
			}
			all = append(all, &node{site: site, up: states, sites: 1})
			return len(all) - 1
		}
		half := (from[longest] + to[longest]) / 2
		end, begin := append([]int(nil), to...), append([]int(nil), from...)
		end[longest], begin[longest] = half, half
		n := &node{l: grow(from, end), r: grow(begin, to), sites: sites}
		n.left, n.right = all[n.l].up, all[n.r].up
		n.up = int(min(float64(most), float64(n.left)*float64(n.right), enough(sites)))
		all = append(all, n)
		return len(all) - 1
	}
	grow(from, to)
	return all
}

// open makes the tensor of node k.
func (n *node) open(k int) {
	if !n.leaf() {
		n.Param = grad.NewParam[float64](fmt.Sprintf("node%d", k), n.up, n.left, n.right)
		n.Start = n.start
	}
}

// start makes sizes of normal numbers, so that Psi is positive: a likelihood has walls where Psi
// is zero. Their spread keeps the vectors of one size.
func (n *node) start(values []float64, r *rand.Rand) {
	spread := 1 / float64(n.left*n.right)
	for i := range values {
		values[i] = spread * math.Abs(r.NormFloat64())
	}
}

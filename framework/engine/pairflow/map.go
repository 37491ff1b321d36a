package pairflow

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels/lanes"
)

// width is the number of configurations side by side.
const width = lanes.Width

// Map is the shape of the map.
type Map struct {
	Particles, Dim int       // Dim is 1, 2 or 3
	Kinds          []int     // how many particles of each kind, one after the other; nil: all are alike
	Box            []float64 // edges L_a
	Layers         int       // at least 1
	Tied           bool      // the layers have one function, and h = 1/Layers
	Units          int       // hidden units of eta
}

// Size is the number of coordinates.
func (m *Map) Size() int { return m.Particles * m.Dim }

// Length is l, the distance of particles.
func (m *Map) Length() float64 {
	volume := 1.0
	for _, edge := range m.Box {
		volume *= edge
	}
	return math.Pow(volume/float64(m.Particles), 1/float64(m.Dim))
}

// scale is h.
func (m *Map) scale() float64 {
	if m.Tied {
		return 1 / float64(m.Layers)
	}
	return 1
}

// own is how many layers have functions of their own.
func (m *Map) own() int {
	if m.Tied {
		return 1
	}
	return m.Layers
}

func (m *Map) radial() kernels.Radial { return kernels.Radial{Units: m.Units} }

// Params are the functions eta of each layer and pair of kinds. Hidden units start at random
// places among the distances, the functions at zero: the map starts as the identity.
func (m *Map) Params() *grad.Params[float64] {
	var all []*grad.Param[float64]
	for l := range m.own() {
		for _, g := range m.groups() {
			p := grad.NewParam[float64](fmt.Sprintf("layer-%d.eta-%s", l, g.name), m.radial().Weights())
			p.Start = func(eta []float64, r *rand.Rand) {
				clear(eta)
				slopes, centres := eta[1+m.Units:1+2*m.Units], eta[1+2*m.Units:]
				for h := range slopes {
					slopes[h], centres[h] = r.NormFloat64(), 2*r.Float64()
				}
			}
			all = append(all, p)
		}
	}
	return grad.NewParams(all...)
}

// Parameters is their number.
func (m *Map) Parameters() int { return m.own() * len(m.groups()) * m.radial().Weights() }

// group are the pairs i < j of two kinds, which share a function.
type group struct {
	name  string
	pairs [][2]int
}

// groups lists the pairs by their kinds, those without pairs left out.
func (m *Map) groups() (all []group) {
	kinds := m.Kinds
	if kinds == nil {
		kinds = []int{m.Particles}
	}
	starts := []int{0}
	for _, n := range kinds {
		starts = append(starts, starts[len(starts)-1]+n)
	}
	for a := range kinds {
		for b := a; b < len(kinds); b++ {
			g := group{name: fmt.Sprintf("%d-%d", a, b)}
			for i := starts[a]; i < starts[a+1]; i++ {
				for j := max(i+1, starts[b]); j < starts[b+1]; j++ {
					g.pairs = append(g.pairs, [2]int{i, j})
				}
			}
			if g.pairs != nil {
				all = append(all, g)
			}
		}
	}
	return all
}

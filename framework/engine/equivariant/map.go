package equivariant

import (
	"fmt"
	"math"
)

// Lanes is the number of configurations side by side.
const Lanes = 8

// Map is the shape of the map. Dim is 1, 2 or 3.
type Map struct {
	Particles, Dim   int
	First            int       // particles of the first of two kinds, 0 where all are alike
	Width, PairWidth int       // of h and a, and of g
	Box              []float64 // edges L_a
}

// Block is a piece of the parameters.
type Block struct {
	Name  string
	Shape []int
	// FanIn is the number of inputs of each output of a weight, 0 of a bias.
	FanIn int
}

// Blocks are the parameters in their order.
func (m *Map) Blocks() []Block {
	f, w, g := m.features(), m.Width, m.classes()*m.PairWidth
	all := m.classes() * f
	return []Block{
		{"electron.weight", []int{w, all}, all}, {"electron.bias", []int{w}, 0},
		{"pair.weight", []int{g, f}, f}, {"pair.bias", []int{g}, 0},
		{"mix.own", []int{w, w}, 2*w + g}, {"mix.mean", []int{w, w}, 2*w + g}, {"mix.pair", []int{w, g}, 2*w + g},
		{"mix.bias", []int{w}, 0},
		{"shift.weight", []int{m.Dim, w}, w},
	}
}

// Parameters is the length of theta.
func (m *Map) Parameters() int {
	n := 0
	for _, b := range m.Blocks() {
		size := 1
		for _, l := range b.Shape {
			size *= l
		}
		n += size
	}
	return n
}

// Size is the number of coordinates.
func (m *Map) Size() int { return m.Particles * m.Dim }

func (m *Map) features() int { return 2*m.Dim + 1 }

// classes is how many classes of pairs there are, and class that of one: 0 of particles that are
// alike, 1 of others.
func (m *Map) classes() int {
	if m.First > 0 {
		return 2
	}
	return 1
}

func (m *Map) class(i, j int) int {
	if m.First > 0 && (i < m.First) != (j < m.First) {
		return 1
	}
	return 0
}

// weights are views of theta by the letters of the package's equations.
type weights struct{ w, b, v, c, w1, w2, w3, e, o []float64 }

func (m *Map) weights(theta []float64) (p weights) {
	for k, b := range m.Blocks() {
		size := 1
		for _, l := range b.Shape {
			size *= l
		}
		*[...]*[]float64{&p.w, &p.b, &p.v, &p.c, &p.w1, &p.w2, &p.w3, &p.e, &p.o}[k] = theta[:size]
		theta = theta[size:]
	}
	return p
}

// Length is l, the distance of particles.
func (m *Map) Length() float64 {
	volume := 1.0
	for _, l := range m.Box {
		volume *= l
	}
	return math.Pow(volume/float64(m.Particles), 1/float64(m.Dim))
}

func need(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("equivariant: %s has length %d, want %d", what, got, want))
	}
}

package core

import "fmt"

// SpaceKind says what the numbers of a configuration mean.
type SpaceKind string

const (
	// Spins are +1 or -1, one per site.
	Spins SpaceKind = "spins"
	// Field is one real number per site.
	Field SpaceKind = "field"
	// Particles are coordinates: Shape is [particles, dimension].
	Particles SpaceKind = "particles"
)

// Space describes one configuration. The energy states it and the model is
// built on it, so that no size is written twice in a run file.
type Space struct {
	Kind SpaceKind `json:"kind"`
	// Shape is row-major: [N] for sites without geometry, [Ly, Lx] for a
	// lattice in raster order (x fastest), [n, d] for n particles in d
	// dimensions.
	Shape []int `json:"shape"`
	// Lattice names the bonds between neighbours ("square", "triangular"),
	// "" where sites have no geometry.
	Lattice string `json:"lattice,omitempty"`
	// Periodic tells whether the lattice or box closes on itself.
	Periodic bool `json:"periodic,omitempty"`
	// Box holds the edge lengths of the periodic box of particles, one per
	// dimension; nil in open space.
	Box []float64 `json:"box,omitempty"`
	// Twist is the boundary condition of quantum particles in a box:
	// Psi(x_i + Box_a e_a) = exp(2 pi i Twist_a) Psi(x_i), each in (-1/2, 1/2].
	// Nil is zero.
	Twist []float64 `json:"twist,omitempty"`
}

// Size is the number of float64 in one configuration.
func (s Space) Size() int {
	if len(s.Shape) == 0 {
		return 0
	}
	d := 1
	for _, l := range s.Shape {
		d *= l
	}
	return d
}

// Count is what extensive observables are divided by: the number of sites of
// a lattice, the number of particles of a gas.
func (s Space) Count() int {
	if s.Kind == Particles && len(s.Shape) > 0 {
		return s.Shape[0]
	}
	return s.Size()
}

// Each names one of the Count: "site" or "particle". Observables per count
// are called NAME_per_site or NAME_per_particle.
func (s Space) Each() string {
	if s.Kind == Particles {
		return "particle"
	}
	return "site"
}

func (s Space) String() string {
	text := fmt.Sprintf("%s %v", s.Kind, s.Shape)
	if s.Lattice != "" {
		text += " on a " + s.Lattice + " lattice"
	}
	if s.Periodic {
		text += ", periodic"
	}
	return text
}

package core

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Symmetry names a transformation that leaves an energy or a density unchanged.
// What it does to a configuration is in the table of symmetries.
type Symmetry string

const (
	// Z2 is x -> -x for every component at once.
	Z2 Symmetry = "z2"
	// Translation is a shift of a periodic lattice by any number of sites
	// along any axis, or of all particles in a periodic box alike.
	Translation Symmetry = "translation"
	// Reflection is the point group of a square (or hypercubic) lattice: mirrors
	// of each axis and exchanges of axes of equal length.
	Reflection Symmetry = "reflection"
	// Permutation is that of identical particles: those of one field among themselves,
	// and where a field has several kinds those of one kind.
	Permutation Symmetry = "permutation"
	// Rotation is that of all particles about the origin, and of all unit vectors.
	Rotation Symmetry = "rotation"
	// U1 is a turn of all angles by the same amount.
	U1 Symmetry = "u1"
	// Zq is s -> s + k of all levels at once, modulo their number q, as of Potts and clock models.
	Zq Symmetry = "zq"
)

// symmetry is a row of the table.
type symmetry struct {
	name Symmetry
	// lacks says why nothing in a space can have it, "" if something can.
	lacks func(s *Space) string
	// generators are images from which those of the whole group are made. A group
	// without is continuous.
	generators func(s *Space) []Image
	// random draws an element of the group, each as often as any other.
	random func(s *Space, r *rand.Rand) Action
	// hint says when an energy has it.
	hint string
}

// symmetries is the table. A further symmetry is a row here and a constant above.
var symmetries = []symmetry{
	{name: Z2, hint: "leave out the field, which breaks x -> -x", lacks: func(s *Space) string {
		if s.Has(Levels) {
			return "levels have no sign"
		}
		return ""
	}, generators: func(s *Space) []Image {
		g := s.image(func(*Space) func([]int) { return nil })
		g.Sign = -1
		return []Image{g}
	}, random: flip},
	{name: Translation, hint: "use a periodic lattice with equal couplings", lacks: noTranslation, generators: shifts, random: shift},
	{name: Reflection, hint: "use a square lattice with equal couplings", lacks: noLattice, generators: pointGroup, random: mirror},
	{name: Permutation, hint: "use identical particles", lacks: func(s *Space) string {
		if !s.Has(Particles) {
			return "there are no particles"
		}
		return ""
	}, generators: exchanges, random: shuffle},
	{name: Rotation, hint: "use a potential that depends on distances alone", lacks: noRotation, random: turn},
	{name: U1, hint: "use couplings that depend on differences of angles alone", lacks: func(s *Space) string {
		if !s.Has(Angles) {
			return "there are no angles"
		}
		return ""
	}, random: turnAngles},
	{name: Zq, hint: "use couplings that depend on differences of levels alone, modulo their number", lacks: func(s *Space) string {
		if !s.Has(Levels) {
			return "there are no levels"
		}
		return ""
	}, generators: func(s *Space) []Image { return []Image{s.count(1)} }, random: countOn},
}

// row finds a symmetry in the table.
func (s Symmetry) row() (row symmetry, err error) {
	at := slices.IndexFunc(symmetries, func(row symmetry) bool { return row.name == s })
	if at < 0 {
		return row, fmt.Errorf("unknown symmetry %q", s)
	}
	return symmetries[at], nil
}

// In says why nothing in a space can have the symmetry, nil if something can.
func (s Symmetry) In(space Space) error {
	row, err := s.row()
	if err != nil {
		return err
	}
	if why := row.lacks(&space); why != "" {
		return fmt.Errorf("%s in %v: %s", s, space, why)
	}
	return nil
}

// Hint says when an energy has the symmetry, "" of an unknown one.
func (s Symmetry) Hint() string {
	row, _ := s.row()
	return row.hint
}

// Generators are images from which those of all elements of the symmetry's
// group in the space are made. There are none of a continuous group, nor of a
// symmetry that the space cannot have.
func (s Symmetry) Generators(space Space) []Image {
	if row, _ := s.row(); s.In(space) == nil && row.generators != nil {
		return row.generators(&space)
	}
	return nil
}

// Action writes the image of the configuration x of a space into y.
type Action func(s *Space, y, x []float64)

// On is the action on configurations of one space, with legal numbers.
func (a Action) On(space Space) func(y, x []float64) {
	return func(y, x []float64) {
		a(&space, y, x)
		space.Wrap(y)
	}
}

// Actions are what a claim of the symmetry is tested by: its generators, or two
// elements of a continuous group that seed decides.
func (s Symmetry) Actions(space Space, seed uint64) (all []func(y, x []float64)) {
	row, _ := s.row()
	if s.In(space) != nil {
		return nil
	}
	for _, g := range s.Generators(space) {
		all = append(all, Action(func(_ *Space, y, x []float64) { g.Apply(y, x) }).On(space))
	}
	if all == nil {
		r := rand.New(rand.NewPCG(seed, Derive(seed, 1)))
		all = append(all, row.random(&space, r).On(space), row.random(&space, r).On(space))
	}
	return all
}

// has tells whether any field is such.
func (s *Space) has(such func(f *Space) bool) bool {
	for _, f := range s.parts {
		if such(f) {
			return true
		}
	}
	return false
}

func isParticles(f *Space) bool { return f.Kind == Particles }

// noLattice says why not all fields stand on the sites of one lattice.
func noLattice(s *Space) string {
	var sites []int
	differ := s.has(func(f *Space) bool {
		if isParticles(f) {
			return true
		}
		if sites == nil {
			sites = f.Sites()
		}
		return !slices.Equal(sites, f.Sites())
	})
	switch {
	case s.Has(Particles):
		return "there is no lattice"
	case differ:
		return "its fields are on different lattices"
	}
	return ""
}

func noTranslation(s *Space) string {
	var box []float64
	inOneBox := !s.has(func(f *Space) bool {
		if box == nil {
			box = f.Box
		}
		return f.Box == nil || !slices.Equal(box, f.Box)
	})
	if inOneBox {
		return ""
	}
	if why := noLattice(s); why != "" {
		return why
	}
	if s.has(func(f *Space) bool { return !f.Periodic }) {
		return "it does not close on itself"
	}
	return ""
}

func noRotation(s *Space) string {
	dimension, differ := 0, false
	for _, f := range s.parts {
		if k := kindOf(f.Kind); k != nil && k.vector {
			differ = differ || dimension != 0 && dimension != f.entry()
			dimension = f.entry()
		}
	}
	switch {
	case dimension == 0:
		return "there are no particles"
	case differ:
		return "its vectors have different dimensions"
	}
	return ""
}

// shifts are those of a lattice by one site along each axis; nil in a box.
func shifts(s *Space) (all []Image) {
	if s.Has(Particles) {
		return nil
	}
	for axis, length := range s.first().Sites() {
		all = append(all, s.image(func(*Space) func([]int) {
			return func(r []int) { r[axis] = (r[axis] + 1) % length }
		}))
	}
	return all
}

// first field.
func (s *Space) first() (f *Space) {
	for _, f = range s.parts {
		break
	}
	return f
}

// pointGroup is made of a mirror of each axis, and exchanges of axes of equal length.
func pointGroup(s *Space) (all []Image) {
	shape := s.first().Sites()
	add := func(to func(r []int)) { all = append(all, s.image(func(*Space) func([]int) { return to })) }
	for axis, length := range shape {
		add(func(r []int) { r[axis] = length - 1 - r[axis] })
		for other := range axis {
			if shape[other] == length {
				add(func(r []int) { r[axis], r[other] = r[other], r[axis] })
			}
		}
	}
	return all
}

// exchanges are, of each kind of particles in each field, a cycle of all and an exchange of two.
func exchanges(s *Space) (all []Image) {
	for _, species := range s.parts {
		if !isParticles(species) {
			continue
		}
		first := 0
		for _, n := range species.Alike() {
			from := first
			first += n
			for _, to := range []func(k int) int{
				func(k int) int { return (k + 1) % n },
				func(k int) int {
					if k < 2 && n > 1 {
						return 1 - k
					}
					return k
				},
			} {
				all = append(all, s.image(func(f *Space) func([]int) {
					if f != species {
						return nil
					}
					return func(r []int) {
						if k := r[0] - from; k >= 0 && k < n {
							r[0] = from + to(k)
						}
					}
				}))
			}
		}
	}
	return all
}

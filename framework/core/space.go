package core

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// Space describes one configuration. The energy states it and the model is
// built on it, so that no size is written twice in a run file.
type Space struct {
	Kind SpaceKind `json:"kind"`
	// Shape is row-major: [N] for sites without geometry, [Ly, Lx] for a
	// lattice in raster order (x fastest), [n, d] for n particles in d
	// dimensions, [..., d] for unit vectors with d components.
	Shape []int `json:"shape"`
	// Levels is how many states a site of the kind Levels has.
	Levels int `json:"levels,omitempty"`
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
	// Kinds is how many particles there are of each kind, one kind after the other, where
	// not all are alike: electrons of spin up, then of spin down. Nil: all are. Only
	// models with the power PowerKinds take such a space.
	Kinds []int `json:"kinds,omitempty"`
	// Fields are those of a space of the kind Mixed, and stand in x one after the
	// other: nuclei and electrons, visible and hidden units. All else that is said of
	// such a space is said of its fields.
	Fields []NamedSpace `json:"fields,omitempty"`
}

// NamedSpace is a field of a mixed space.
type NamedSpace struct {
	Name string `json:"name"`
	Space
}

// View is where the numbers of a field stand in a configuration.
type View struct{ From, To int }

// Of are the field's numbers in configuration i of x, in place; size is that of the
// whole space.
func (v View) Of(x []float64, i, size int) []float64 { return x[i*size+v.From : i*size+v.To] }

// View finds a field of a mixed space by its name.
func (s Space) View(name string) (view View, ok bool) {
	for at, f := range s.Fields {
		if view.To = view.From + f.Size(); s.Fields[at].Name == name {
			return view, true
		}
		view.From = view.To
	}
	return View{}, false
}

// Has tells whether the space, or one of its fields, is of a kind.
func (s Space) Has(kind SpaceKind) bool {
	return s.has(func(f *Space) bool { return f.Kind == kind })
}

// parts yields the fields, with the place of their first number in x. A space
// that is not mixed is its own.
func (s *Space) parts(yield func(from int, f *Space) bool) {
	if s.Kind != Mixed {
		yield(0, s)
		return
	}
	from := 0
	for i := range s.Fields {
		f := &s.Fields[i].Space
		if !yield(from, f) {
			return
		}
		from += f.Size()
	}
}

// eachPart calls do with the fields, their rows of the table and their numbers in
// the configuration x.
func (s *Space) eachPart(x []float64, do func(f *Space, k *kind, x []float64)) {
	for from, f := range s.parts {
		do(f, kindOf(f.Kind), x[from:from+f.Size()])
	}
}

// Size is the number of float64 in one configuration.
func (s Space) Size() int {
	d := 0
	if s.Kind == Mixed {
		for _, f := range s.Fields {
			d += f.Size()
		}
		return d
	}
	if len(s.Shape) == 0 {
		return 0
	}
	d = 1
	for _, l := range s.Shape {
		d *= l
	}
	return d
}

// entry is how many numbers one site or particle has.
func (s *Space) entry() int {
	if k := kindOf(s.Kind); k != nil && k.vector && len(s.Shape) > 0 {
		return s.Shape[len(s.Shape)-1]
	}
	return 1
}

// Sites are the lengths of the axes along which the entries of a field stand.
func (s Space) Sites() []int {
	if k := kindOf(s.Kind); k != nil && k.vector {
		return s.Shape[:len(s.Shape)-1]
	}
	return s.Shape
}

// Count is what extensive observables are divided by: the number of sites of
// a lattice, the number of particles of a gas, over all fields.
func (s Space) Count() int {
	n := 0
	for _, f := range s.parts {
		if each := f.entry(); each > 0 {
			n += f.Size() / each
		}
	}
	return n
}

// Each names one of the Count: "site" or "particle", or "entry" where fields
// differ. Observables per count are called NAME_per_site or NAME_per_particle.
func (s Space) Each() (name string) {
	for _, f := range s.parts {
		each := "site"
		if k := kindOf(f.Kind); k != nil {
			each = k.each
		}
		if name != "" && name != each {
			return "entry"
		}
		name = each
	}
	return name
}

// Freedom is the number of continuous degrees of freedom: that of the numbers less
// that of the equations that they obey, none of spins.
func (s Space) Freedom() int {
	n := 0
	for _, f := range s.parts {
		if k := kindOf(f.Kind); k.values == nil {
			n += f.Size() / f.entry() * (f.entry() - k.constraints)
		}
	}
	return n
}

// LogVolume is ln of the number, or of the measure, of all configurations: what ln Z
// is where E = 0. It is +Inf where a field is not bounded.
func (s Space) LogVolume() float64 {
	sum := 0.0
	for _, f := range s.parts {
		each := f.logVolume()
		sum += float64(f.Size()/f.entry()) * each
	}
	return sum
}

// logVolume is that of one entry.
func (s *Space) logVolume() float64 {
	switch k := kindOf(s.Kind); {
	case k.logVolume != nil:
		return k.logVolume(s)
	case s.Box != nil:
		sum := 0.0
		for _, edge := range s.Box {
			sum += math.Log(edge)
		}
		return sum
	}
	return math.Inf(1)
}

// Measure names what a density is relative to: counting, length, area.
func (s Space) Measure() string {
	var all []string
	for _, f := range s.parts {
		if k := kindOf(f.Kind); k != nil && !slices.Contains(all, k.measure) {
			all = append(all, k.measure)
		}
	}
	return strings.Join(all, ", ")
}

// Dataset names configurations in a file by what they are.
func (s Space) Dataset() string {
	if k := kindOf(s.Kind); k != nil {
		return k.dataset
	}
	return "x"
}

// Values lists for each number of a configuration all that it may be. It is nil
// where there is no end of them.
func (s Space) Values() (all [][]float64) {
	for _, f := range s.parts {
		k := kindOf(f.Kind)
		if k == nil || k.values == nil {
			return nil
		}
		values := k.values(f)
		for range f.Size() {
			all = append(all, values)
		}
	}
	return all
}

// Continuous tells whether all numbers can move by small steps.
func (s Space) Continuous() bool {
	for _, f := range s.parts {
		if k := kindOf(f.Kind); k == nil || k.move == nil {
			return false
		}
	}
	return true
}

// Illegal is the first of the numbers of any number of configurations that their
// kind does not allow, -1 if there is none, and Legal says which are allowed there.
func (s *Space) Illegal(x []float64) int {
	if s.Kind != Mixed {
		return kindOf(s.Kind).illegal(s, x)
	}
	for at, d := 0, s.Size(); at < len(x); at += d {
		for from, f := range s.parts {
			if k := kindOf(f.Kind).illegal(f, x[at+from:at+from+f.Size()]); k >= 0 {
				return at + from + k
			}
		}
	}
	return -1
}

// Legal words what number k of a configuration may be: "spins are +1 or -1".
func (s Space) Legal(k int) string {
	text := ""
	for from, f := range s.parts {
		if k >= from {
			text = string(f.Kind) + " are " + kindOf(f.Kind).legal
		}
	}
	return text
}

// Random draws a configuration that is nothing special: evenly from all of them,
// or, where there is no end of them, standard normal numbers.
func (s *Space) Random(r *rand.Rand, x []float64) {
	s.eachPart(x, func(f *Space, k *kind, x []float64) {
		switch {
		case k.uniform != nil:
			k.uniform(f, r, x)
		case f.Box != nil:
			for j := range x {
				x[j] = f.Box[j%len(f.Box)] * r.Float64()
			}
		default:
			for j := range x {
				x[j] = r.NormFloat64()
			}
		}
	})
}

// Move takes the configuration x along the geodesic that starts with velocity v for a
// time t, and carries v along: x + t v of real numbers. v is one that Project leaves as
// it is, and the space is Continuous.
func (s *Space) Move(x, v []float64, t float64) {
	if s.Kind != Mixed {
		kindOf(s.Kind).move(s, x, v, t)
		return
	}
	for from, f := range s.parts {
		to := from + f.Size()
		kindOf(f.Kind).move(f, x[from:to], v[from:to], t)
	}
}

// Project takes from the vector v at x what leads out of the space.
func (s *Space) Project(x, v []float64) {
	for from, f := range s.parts {
		if k := kindOf(f.Kind); k.project != nil {
			to := from + f.Size()
			k.project(f, x[from:to], v[from:to])
		}
	}
}

// Flat tells that Move is x + v t and Project does nothing.
func (s *Space) Flat() bool {
	for _, f := range s.parts {
		if k := kindOf(f.Kind); k.move == nil || k.wrap != nil || k.project != nil {
			return false
		}
	}
	return true
}

// Wrap gives numbers that go round, as angles and levels do, the value that is legal.
func (s *Space) Wrap(x []float64) {
	for from, f := range s.parts {
		if k := kindOf(f.Kind); k.wrap != nil {
			k.wrap(f, x[from:from+f.Size()])
		}
	}
}

// Period is the length after which number k of a configuration has come round, and
// where it starts; 0 where it never does.
func (s Space) Period(k int) (from, length float64) {
	for at, f := range s.parts {
		switch i := k - at; {
		case i < 0 || i >= f.Size():
		case f.Box != nil:
			return 0, f.Box[i%len(f.Box)]
		default:
			length = kindOf(f.Kind).period
			return -length / 2, length
		}
	}
	return 0, 0
}

// Fits tells whether configurations of s are ones of o, in the same order of sites
// and on the same lattice. Boxes may differ.
func (s Space) Fits(o Space) bool {
	return s.Kind == o.Kind && s.Lattice == o.Lattice && s.Periodic == o.Periodic && s.Levels == o.Levels && slices.Equal(s.Shape, o.Shape) && slices.Equal(s.Kinds, o.Kinds) &&
		slices.EqualFunc(s.Fields, o.Fields, func(a, b NamedSpace) bool { return a.Name == b.Name && a.Fits(b.Space) })
}

func (s Space) String() string {
	if s.Kind == Mixed {
		var all []string
		for _, f := range s.Fields {
			all = append(all, f.Name+": "+f.Space.String())
		}
		return fmt.Sprintf("%s (%s)", s.Kind, strings.Join(all, "; "))
	}
	text := fmt.Sprintf("%s %v", s.Kind, s.Shape)
	if s.Levels > 0 {
		text += fmt.Sprintf(" of %d levels", s.Levels)
	}
	if s.Kinds != nil {
		text += fmt.Sprintf(" of the kinds %v", s.Kinds)
	}
	if s.Lattice != "" {
		text += " on a " + s.Lattice + " lattice"
	}
	if s.Periodic {
		text += ", periodic"
	}
	return text
}

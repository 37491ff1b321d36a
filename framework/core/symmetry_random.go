package core

import (
	"math"
	"math/rand/v2"
)

// Random draws an element of the group that symmetries generate in a space, each as often
// as any other, and so its inverse as often as itself. Those of the space alone are looked
// at, see [Symmetry.In]; of none it is the identity.
func Random(space Space, r *rand.Rand, all ...Symmetry) func(y, x []float64) {
	var steps []Action
	for _, s := range all {
		if row, _ := s.row(); s.In(space) == nil {
			steps = append(steps, row.random(&space, r))
		}
	}
	between := make([]float64, space.Size())
	return Action(func(s *Space, y, x []float64) {
		copy(y, x)
		for _, step := range steps {
			copy(between, y)
			step(s, y, between)
		}
	}).On(space)
}

// reordered is the action of an image.
func reordered(g Image) Action { return func(_ *Space, y, x []float64) { g.Apply(y, x) } }

// flip is x -> -x or the identity.
func flip(s *Space, r *rand.Rand) Action {
	g := s.image(func(*Space) func([]int) { return nil })
	g.Sign = float64(2*r.IntN(2) - 1)
	return reordered(g)
}

// shift moves the sites of a lattice, or all particles in a box, by the same vector.
func shift(s *Space, r *rand.Rand) Action {
	if s.Has(Particles) {
		return shiftInBox(s, r)
	}
	shape := s.first().Sites()
	by := make([]int, len(shape))
	for axis, length := range shape {
		by[axis] = r.IntN(length)
	}
	return reordered(s.image(func(*Space) func([]int) {
		return func(at []int) {
			for axis, length := range shape {
				at[axis] = (at[axis] + by[axis]) % length
			}
		}
	}))
}

// mirror turns axes of a lattice round, and puts axes of equal length in another order.
func mirror(s *Space, r *rand.Rand) Action {
	shape := s.first().Sites()
	back, from := make([]bool, len(shape)), make([]int, len(shape))
	for axis := range shape {
		back[axis], from[axis] = r.IntN(2) == 1, axis
	}
	for axis := range shape { // Fisher and Yates among the axes of one length
		var equal []int
		for other := range axis + 1 {
			if shape[other] == shape[axis] {
				equal = append(equal, other)
			}
		}
		other := equal[r.IntN(len(equal))]
		from[axis], from[other] = from[other], from[axis]
	}
	return reordered(s.image(func(*Space) func([]int) {
		was := make([]int, len(shape))
		return func(at []int) {
			copy(was, at)
			for axis, length := range shape {
				if at[axis] = was[from[axis]]; back[axis] {
					at[axis] = length - 1 - at[axis]
				}
			}
		}
	}))
}

// shuffle puts the particles of each kind in another order.
func shuffle(s *Space, r *rand.Rand) Action {
	return reordered(s.image(func(f *Space) func([]int) {
		if !isParticles(f) {
			return nil
		}
		var order []int
		for _, n := range f.Alike() {
			from := len(order)
			for _, k := range r.Perm(n) {
				order = append(order, from+k)
			}
		}
		return func(at []int) { at[0] = order[at[0]] }
	}))
}

// shiftInBox moves all particles by the same vector, somewhere in the box.
func shiftInBox(s *Space, r *rand.Rand) Action {
	var by []float64
	for _, edge := range s.first().Box {
		by = append(by, edge*r.Float64())
	}
	return func(_ *Space, y, x []float64) {
		for j, v := range x {
			y[j] = v + by[j%len(by)]
		}
	}
}

// turnAngles adds the same to all angles.
func turnAngles(_ *Space, r *rand.Rand) Action {
	by := math.Pi * (2*r.Float64() - 1)
	return func(s *Space, y, x []float64) {
		copy(y, x)
		s.eachPart(y, func(f *Space, _ *kind, y []float64) {
			if f.Kind == Angles {
				for j := range y {
					y[j] += by
				}
			}
		})
	}
}

// count is the image with all levels counted on by k.
func (s *Space) count(k int) Image {
	g := s.image(func(*Space) func([]int) { return nil })
	g.Step = make([]float64, len(g.From))
	for from, f := range s.parts {
		for i := range f.Size() {
			if f.Kind == Levels {
				g.Step[from+i] = float64(k % f.Levels)
			}
		}
	}
	return g
}

// countOn counts all levels on by as much: where fields have different numbers of levels, up to the least that all divide.
func countOn(s *Space, r *rand.Rand) Action {
	round := 1
	for _, f := range s.parts {
		if f.Kind == Levels && round <= math.MaxInt32 {
			round *= f.Levels / common(round, f.Levels)
		}
	}
	return reordered(s.count(r.IntN(round)))
}

// common is the greatest common divisor.
func common(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// turn rotates all vectors alike.
func turn(s *Space, r *rand.Rand) Action {
	d := 0
	for _, f := range s.parts {
		if kindOf(f.Kind).vector {
			d = f.entry()
		}
	}
	q := rotation(d, r)
	return func(s *Space, y, x []float64) {
		copy(y, x)
		was := make([]float64, d)
		s.eachPart(y, func(f *Space, k *kind, y []float64) {
			if !k.vector {
				return
			}
			for _, v := range f.vectors(y) {
				copy(was, v)
				for a := range v {
					v[a] = 0
					for b, w := range was {
						v[a] += q[a][b] * w
					}
				}
			}
		})
	}
}

// rotation is an evenly distributed rotation in d dimensions: normal vectors, made
// orthogonal one after the other (Stewart 1980, SIAM J. Numer. Anal. 17, 403), of which
// the last points where the determinant is 1.
func rotation(d int, r *rand.Rand) [][]float64 {
	q := make([][]float64, d)
	for a := range q {
		v := make([]float64, d)
		for b := range v {
			v[b] = r.NormFloat64()
		}
		for range 2 { // twice takes away what rounding leaves
			for _, u := range q[:a] {
				along := 0.0
				for b := range v {
					along += u[b] * v[b]
				}
				for b := range v {
					v[b] -= along * u[b]
				}
			}
		}
		norm := 0.0
		for _, x := range v {
			norm += x * x
		}
		for b := range v {
			v[b] /= math.Sqrt(norm)
		}
		q[a] = v
	}
	if d > 0 && determinant(q) < 0 {
		for b := range q[d-1] {
			q[d-1][b] = -q[d-1][b]
		}
	}
	return q
}

// determinant of an orthogonal matrix, by elimination.
func determinant(q [][]float64) float64 {
	m := make([][]float64, len(q))
	for a := range q {
		m[a] = append([]float64(nil), q[a]...)
	}
	det := 1.0
	for a := range m {
		top := a
		for b := a; b < len(m); b++ {
			if math.Abs(m[b][a]) > math.Abs(m[top][a]) {
				top = b
			}
		}
		if top != a {
			m[a], m[top], det = m[top], m[a], -det
		}
		det *= m[a][a]
		for b := a + 1; b < len(m); b++ {
			f := m[b][a] / m[a][a]
			for c := a; c < len(m); c++ {
				m[b][c] -= f * m[a][c]
			}
		}
	}
	return det
}

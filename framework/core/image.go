package core

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Image is a transformation that reorders: y_i = Sign x_From[i] + Step[i].
type Image struct {
	From []int
	Sign float64
	Step []float64 // of levels, modulo their number; nil for none
}

// Apply writes the image of the configuration x into y. What goes round, as -(-pi) of angles and the level
// after the last, has still to be wrapped: see [Space.Wrap].
func (g Image) Apply(y, x []float64) {
	for i, j := range g.From {
		y[i] = g.Sign * x[j]
	}
	for i, step := range g.Step {
		y[i] += step
	}
}

// after is the image under g of that under f.
func (g Image) after(f Image, space *Space) Image {
	both := Image{From: make([]int, len(g.From)), Sign: f.Sign * g.Sign}
	for i, j := range g.From {
		both.From[i] = f.From[j]
	}
	if f.Step == nil && g.Step == nil {
		return both
	}
	both.Step = make([]float64, len(g.From))
	if f.Step != nil {
		Image{From: g.From, Sign: g.Sign}.Apply(both.Step, f.Step)
	}
	for i, step := range g.Step {
		both.Step[i] += step
	}
	space.Wrap(both.Step)
	return both
}

// Images is the group that finite symmetries generate in a space, the identity first.
// It is an error if a symmetry is continuous or is none of the space, or if there are
// more than most images.
func Images(space Space, most int, all ...Symmetry) ([]Image, error) {
	var steps []Image
	for _, s := range all {
		if err := s.In(space); err != nil {
			return nil, err
		}
		generators := s.Generators(space)
		if generators == nil {
			return nil, fmt.Errorf("%s in %v: the group is continuous", s, space)
		}
		steps = append(steps, generators...)
	}
	group := []Image{space.image(func(*Space) func([]int) { return nil })}
	seen := map[[sha256.Size]byte]bool{group[0].digest(): true}
	for k := 0; k < len(group); k++ {
		for _, step := range steps {
			next := step.after(group[k], &space)
			if key := next.digest(); !seen[key] {
				seen[key] = true
				group = append(group, next)
			}
		}
		if len(group) > most {
			return nil, fmt.Errorf("%v in %v: the group has more than %d images", all, space, most)
		}
	}
	return group, nil
}

// digest tells images apart.
func (g Image) digest() [sha256.Size]byte {
	text := make([]byte, 0, 8*len(g.From)+1)
	for i, j := range g.From {
		step := 0.
		if g.Step != nil {
			step = g.Step[i]
		}
		text = binary.LittleEndian.AppendUint32(text, uint32(j))
		text = binary.LittleEndian.AppendUint32(text, uint32(step))
	}
	return sha256.Sum256(append(text, byte(int8(g.Sign))))
}

// image reorders the entries of each field: the one at r has its numbers from to(r),
// which writes over r; a nil function leaves a field as it is.
func (s *Space) image(to func(f *Space) func(r []int)) Image {
	g := Image{Sign: 1}
	for from, f := range s.parts {
		move := to(f)
		if move == nil {
			move = func([]int) {}
		}
		each := f.entry()
		for _, i := range Reorder(f.Sites(), move) {
			for a := range each {
				g.From = append(g.From, from+i*each+a)
			}
		}
	}
	return g
}

// Reorder lists for every site r of a lattice the site that to(r) names; to
// writes over r.
func Reorder(shape []int, to func(r []int)) []int {
	from := make([]int, Space{Shape: shape}.Size())
	r := make([]int, len(shape))
	for i := range from {
		rest := i
		for a := len(shape) - 1; a >= 0; a-- {
			r[a], rest = rest%shape[a], rest/shape[a]
		}
		to(r)
		for a, l := range shape {
			from[i] = from[i]*l + r[a]
		}
	}
	return from
}

package core

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Every element of a finite group is drawn as often as any other: chi^2 of n draws of k
// elements is k-1 on average, with the variance 2(k-1).
func TestRandomElementsAreEven(t *testing.T) {
	for name, c := range map[string]struct {
		space Space
		all   []Symmetry
	}{
		"z2":                  {Space{Kind: Spins, Shape: []int{3}}, []Symmetry{Z2}},
		"square lattice":      {Space{Kind: Spins, Shape: []int{3, 3}, Lattice: "square", Periodic: true}, []Symmetry{Z2, Translation, Reflection}},
		"cubic lattice":       {Space{Kind: Field, Shape: []int{2, 2, 3}, Lattice: "cubic", Periodic: true}, []Symmetry{Reflection}},
		"identical particles": {Space{Kind: Particles, Shape: []int{4, 2}}, []Symmetry{Permutation}},
		"levels":              {Space{Kind: Levels, Shape: []int{5}, Lattice: "chain", Periodic: true, Levels: 7}, []Symmetry{Translation, Zq}},
		"levels of two kinds": {Space{Kind: Mixed, Fields: []NamedSpace{{"a", Space{Kind: Levels, Shape: []int{2}, Levels: 4}}, {"b", Space{Kind: Levels, Shape: []int{1}, Levels: 6}}, {"c", Space{Kind: Field, Shape: []int{2}}}}}, []Symmetry{Zq}},
		"of two kinds":        {Space{Kind: Particles, Shape: []int{5, 2}, Kinds: []int{3, 2}}, []Symmetry{Permutation}},
	} {
		t.Run(name, func(t *testing.T) {
			group, err := Images(c.space, 1000, c.all...)
			if err != nil {
				t.Fatal(err)
			}
			x, y := make([]float64, c.space.Size()), make([]float64, c.space.Size())
			for i := range x {
				x[i] = float64(i*i + 1)
			}
			c.space.Wrap(x)
			n := 200 * len(group)
			seen := map[string]float64{}
			r := rand.New(rand.NewPCG(1, 2))
			for range n {
				Random(c.space, r, c.all...)(y, x)
				seen[fmt.Sprint(y)]++
			}
			chi2, want := 0.0, float64(n)/float64(len(group))
			for _, g := range group {
				g.Apply(y, x)
				c.space.Wrap(y)
				o := seen[fmt.Sprint(y)]
				chi2 += (o - want) * (o - want) / want
				delete(seen, fmt.Sprint(y))
			}
			free := float64(len(group) - 1)
			if len(seen) > 0 || chi2 > free+5*math.Sqrt(2*free) {
				t.Errorf("chi^2 = %v with %v degrees of freedom, and %d images that are none of the group", chi2, free, len(seen))
			}
		})
	}
}

// Rotations keep lengths, angles and handedness, and their elements have the mean 0 and
// the mean square 1/d of an even density.
func TestRandomRotations(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for d := 2; d <= 4; d++ {
		const n = 4000
		mean, square := make([]float64, d*d), make([]float64, d*d)
		for range n {
			q := rotation(d, r)
			for a := range q {
				for b := range q {
					dot := 0.0
					for c := range q {
						dot += q[a][c] * q[b][c]
					}
					if want := map[bool]float64{true: 1}[a == b]; math.Abs(dot-want) > 1e-12 {
						t.Fatalf("rows %d and %d of a rotation have the product %v", a, b, dot)
					}
					mean[a*d+b] += q[a][b] / n
					square[a*d+b] += q[a][b] * q[a][b] / n
				}
			}
			if det := determinant(q); math.Abs(det-1) > 1e-12 {
				t.Fatalf("determinant %v", det)
			}
		}
		for k := range mean {
			if math.Abs(mean[k]) > 5/math.Sqrt(n*float64(d)) || math.Abs(square[k]-1/float64(d)) > 5/math.Sqrt(n) {
				t.Errorf("d = %d, element %d: mean %v, mean square %v", d, k, mean[k], square[k])
			}
		}
	}
}

// A symmetry that a space cannot have is left out, and without any Random is the identity.
func TestRandomOfNone(t *testing.T) {
	s := Space{Kind: Spins, Shape: []int{4}}
	x, y := []float64{1, -1, 1, 1}, make([]float64, 4)
	Random(s, rand.New(rand.NewPCG(1, 1)), Permutation, Rotation)(y, x)
	if fmt.Sprint(x) != fmt.Sprint(y) {
		t.Errorf("%v became %v", x, y)
	}
}

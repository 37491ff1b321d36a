package core

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Base is the normal density that the latent variables z of a Mapper have,
//
//	z = m + L u,   u_j ~ N(0, 1),
//	ln p_0(z) = sum_j [ -u_j^2/2 - ln(2 pi)/2 - ln L_jj ],   u = L^-1 (z - m),
//
// with the mean m and the covariance L L^T. nil stands for m = 0 and L = 1, which changes
// nothing. Matrices are d x n, row-major, one row for each component and the
// configurations along it; a single configuration has n = 1.
type Base struct {
	Mean []float64 `json:"mean"`
	// Factor is L: its d diagonal elements where it has no others, or all d x d, row by row
	// and zero above the diagonal.
	Factor []float64 `json:"factor"`
}

// factor is L_jk.
func (b *Base) factor(j, k int) float64 {
	d := len(b.Mean)
	if len(b.Factor) == d*d {
		return b.Factor[j*d+k]
	}
	return b.Factor[j]
}

// first is the first k with L_jk that may not be zero.
func (b *Base) first(j int) int {
	if len(b.Factor) == len(b.Mean) {
		return j
	}
	return 0
}

// Color replaces u by z.
func (b *Base) Color(u []float64, n int) {
	if b == nil {
		return
	}
	for j := len(b.Mean) - 1; j >= 0; j-- {
		row, width := u[j*n:(j+1)*n], b.factor(j, j)
		for i := range row {
			row[i] = b.Mean[j] + width*row[i]
		}
		for k := b.first(j); k < j; k++ {
			add(row, b.factor(j, k), u[k*n:(k+1)*n])
		}
	}
}

// Whiten replaces z by u.
func (b *Base) Whiten(z []float64, n int) {
	if b == nil {
		return
	}
	for j, mean := range b.Mean {
		row, width := z[j*n:(j+1)*n], b.factor(j, j)
		for i := range row {
			row[i] -= mean
		}
		for k := b.first(j); k < j; k++ {
			add(row, -b.factor(j, k), z[k*n:(k+1)*n])
		}
		for i := range row {
			row[i] /= width
		}
	}
}

// Slope replaces u by L^-T u = -d ln p_0/dz.
func (b *Base) Slope(u []float64, n int) {
	if b == nil {
		return
	}
	for j := len(b.Mean) - 1; j >= 0; j-- {
		row, width := u[j*n:(j+1)*n], b.factor(j, j)
		for i := range row {
			row[i] /= width
		}
		for k := b.first(j); k < j; k++ {
			add(u[k*n:(k+1)*n], -b.factor(j, k), row)
		}
	}
}

// LogDet is ln det L.
func (b *Base) LogDet() (sum float64) {
	if b == nil {
		return 0
	}
	for j := range b.Mean {
		sum += math.Log(b.factor(j, j))
	}
	return sum
}

func add(dst []float64, by float64, x []float64) {
	for i, v := range x {
		dst[i] += by * v
	}
}

// Equal tells whether both are one density, number by number.
func (b *Base) Equal(o *Base) bool {
	d := 0
	for _, base := range []*Base{b, o} {
		if base != nil {
			d = len(base.Mean)
		}
	}
	for j := range d {
		for k := range j + 1 {
			if b.entry(j, k) != o.entry(j, k) {
				return false
			}
		}
		if b.mean(j) != o.mean(j) {
			return false
		}
	}
	return true
}

// entry is L_jk, and mean m_j, also of nil.
func (b *Base) entry(j, k int) float64 {
	switch {
	case b != nil && k >= b.first(j):
		return b.factor(j, k)
	case b == nil && j == k:
		return 1
	}
	return 0
}

func (b *Base) mean(j int) float64 {
	if b == nil {
		return 0
	}
	return b.Mean[j]
}

// String is the density for a reader: "standard normal numbers" or "a normal density of mean
// [1 0] and standard deviations [1 2]", or with a factor L of its covariance L L^T.
func (b *Base) String() string {
	if b == nil {
		return "standard normal numbers"
	}
	what := "standard deviations"
	if len(b.Factor) > len(b.Mean) {
		what = "factor of the covariance"
	}
	return fmt.Sprintf("a normal density of mean %s and %s %s", Shorten(fmt.Sprint(b.Mean)), what, Shorten(fmt.Sprint(b.Factor)))
}

// Keeps tells whether the density is unchanged by a symmetry: it is at points of its own
// under the actions by which claims are tested.
func (b *Base) Keeps(s Symmetry, space Space) bool {
	if b == nil {
		return true
	}
	random := rand.New(rand.NewPCG(1, 2))
	z, y := make([]float64, len(b.Mean)), make([]float64, len(b.Mean))
	for _, act := range s.Actions(space, 1) {
		for i := range z {
			z[i] = random.NormFloat64()
		}
		b.Color(z, 1)
		act(y, z)
		b.Whiten(z, 1)
		b.Whiten(y, 1)
		of, at := 0.0, 0.0
		for i := range z {
			of, at = of+z[i]*z[i], at+y[i]*y[i]
		}
		if math.Abs(of-at) > 1e-9*of { // far above rounding, far below a broken symmetry
			return false
		}
	}
	return true
}

// Check says what is wrong with a base of d components.
func (b *Base) Check(d int) error {
	if b == nil {
		return nil
	}
	if len(b.Mean) != d || len(b.Factor) != d && len(b.Factor) != d*d {
		return fmt.Errorf("its base has %d means and %d numbers of a factor, for %d components", len(b.Mean), len(b.Factor), d)
	}
	for j, m := range b.Mean {
		if m-m != 0 || !(b.factor(j, j) > 0) {
			return fmt.Errorf("its base has the mean %v and the width %v at component %d", m, b.factor(j, j), j)
		}
	}
	for i, v := range b.Factor {
		if v-v != 0 || len(b.Factor) > d && i%d > i/d && v != 0 {
			return fmt.Errorf("its base has a factor that is not finite, or not lower triangular")
		}
	}
	return nil
}

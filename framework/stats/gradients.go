package stats

import "math"

// Gradients are estimates g_r of one gradient, each of them independent of the others:
// how far they scatter says how good the estimator is (Mohamed, Rosca, Figurnov and Mnih
// 2020, J. Mach. Learn. Res. 21, 132, arXiv:1906.10652, section 3).
type Gradients struct {
	size int
	g    []float64 // one after the other
}

// NewGradients has room for repeats gradients of size numbers.
func NewGradients(size, repeats int) *Gradients {
	return &Gradients{size: size, g: make([]float64, 0, size*repeats)}
}

// Add takes a gradient.
func (s *Gradients) Add(g []float64) { s.g = append(s.g, g[:s.size]...) }

// N is how many there are.
func (s *Gradients) N() int { return len(s.g) / max(1, s.size) }

func (s *Gradients) at(r int) []float64 { return s.g[r*s.size : (r+1)*s.size] }

// Mean of each component.
func (s *Gradients) Mean() []float64 {
	mean := make([]float64, s.size)
	for r := range s.N() {
		for k, v := range s.at(r) {
			mean[k] += v / float64(s.N())
		}
	}
	return mean
}

// Variance is that of each component, with its standard error.
func (s *Gradients) Variance() (value, stderr []float64) {
	value, stderr = make([]float64, s.size), make([]float64, s.size)
	column := make([]float64, s.N())
	for k := range value {
		for r := range column {
			column[r] = s.at(r)[k]
		}
		var m Moments
		m.Add(column)
		value[k], stderr[k] = m.Variance(), m.VarianceStderr()
	}
	return value, stderr
}

// Total is the sum of the variances of all components, with its standard error: with
// q_r = |g_r - mean|^2 it is R/(R-1) <q>, whose error has the components' correlations.
func (s *Gradients) Total() (value, stderr float64) {
	mean, n := s.Mean(), float64(s.N())
	q := make([]float64, s.N())
	for r := range q {
		for k, v := range s.at(r) {
			q[r] += (v - mean[k]) * (v - mean[k])
		}
	}
	var m Moments
	m.Add(q)
	return m.Mean() * n / (n - 1), m.Stderr() * n / (n - 1)
}

// Controlled takes from each gradient what follows from the same repeat of c, whose mean
// is known to be zero (a control variate),
//
//	g_k - b_k c_k,   b_k = Cov(g_k, c_k)/Var(c_k),
//
// with the b_k that make the variance of each component the least. Those of one half of
// the repeats are made of the other, and so are independent of it and leave no bias.
func (s *Gradients) Controlled(c *Gradients) *Gradients {
	n, half := s.N(), s.N()/2
	out := NewGradients(s.size, n)
	row := make([]float64, s.size)
	first, second := s.slopes(c, 0, half), s.slopes(c, half, n)
	for r := range n {
		b := second
		if r >= half {
			b = first
		}
		for k := range row {
			row[k] = s.at(r)[k] - b[k]*c.at(r)[k]
		}
		out.Add(row)
	}
	return out
}

// slopes are the b_k of some repeats, 0 where c does not vary.
func (s *Gradients) slopes(c *Gradients, from, to int) []float64 {
	b := make([]float64, s.size)
	for k := range b {
		var g, h float64
		for r := from; r < to; r++ {
			g += s.at(r)[k] / float64(to-from)
			h += c.at(r)[k] / float64(to-from)
		}
		var cov, variance float64
		for r := from; r < to; r++ {
			d := c.at(r)[k] - h
			cov += (s.at(r)[k] - g) * d
			variance += d * d
		}
		if variance > 0 {
			b[k] = cov / variance
		}
	}
	return b
}

// distanceBlocks bounds the work of Distance, which compares every pair of them.
const distanceBlocks = 32

// Distance is how far the means of two estimators are from each other, both of the same
// repeats, and the number of standard deviations by which its square exceeds what the
// scatter makes of it: with blocks D_a of the differences,
//
//	U = sum_(a != b) D_a . D_b / (B (B-1)),   Var U = 2 sum_(a != b) (D_a . D_b)^2 / (B (B-1))^2,
//
// where the mean of U is the square of the difference of the means, and the variance is
// the one that it has where there is no difference. z is 0 where the two are equal.
func (s *Gradients) Distance(o *Gradients) (distance, z float64) {
	n := s.N()
	blocks := min(n, distanceBlocks)
	d := make([][]float64, blocks)
	all := make([]float64, s.size)
	for a := range d {
		d[a] = make([]float64, s.size)
		from, to := a*n/blocks, (a+1)*n/blocks
		for r := from; r < to; r++ {
			for k, v := range s.at(r) {
				d[a][k] += (v - o.at(r)[k]) / float64(to-from)
				all[k] += (v - o.at(r)[k]) / float64(n)
			}
		}
	}
	u, square := 0.0, 0.0
	for a := range d {
		for b := range a {
			v := dot(d[a], d[b])
			u += 2 * v
			square += 4 * v * v
		}
	}
	distance = math.Sqrt(dot(all, all))
	if square == 0 {
		return distance, 0
	}
	return distance, u / math.Sqrt(square)
}

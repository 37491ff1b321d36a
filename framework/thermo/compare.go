package thermo

import "math"

// Check is how far two ways to the same quantity agree: chi^2 = sum_i (a_i - b_i)^2/(sigma_a^2 + sigma_b^2)
// over Points points. Values of neighbouring points that are derived from the same F are correlated, and
// so are F and what was measured with the same draws: chi^2 is a measure, and no test to a given level.
type Check struct {
	Chi2   float64
	Points int
	// Worst is the point of the largest distance in standard errors, Sigma.
	Worst int
	Sigma float64
}

// Compare two ways. Points that one of them lacks, or where neither has an error, do not count.
func Compare(a, b []Value) Check {
	c := Check{Worst: -1}
	for i := range a {
		d := Distance(a[i], b[i])
		if math.IsNaN(d) {
			continue
		}
		c.Chi2 += d * d
		c.Points++
		if c.Worst < 0 || d > c.Sigma {
			c.Worst, c.Sigma = i, d
		}
	}
	return c
}

// Distance of two values in standard errors of their difference; NaN where one is unknown, or both are
// exact.
func Distance(a, b Value) float64 {
	sigma := math.Hypot(a.sigma(), b.sigma())
	if !a.Known() || !b.Known() || sigma == 0 {
		return math.NaN()
	}
	return math.Abs(a.Mean-b.Mean) / sigma
}

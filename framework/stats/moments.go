// Package stats gives estimates their error bars. It knows no physics.
package stats

import "math"

// Moments accumulates the count, the mean and the second to fourth sums of
// powers about the mean,
//
//	M_k = sum_i (x_i - mean)^k,
//
// without keeping the x_i. Sets are joined by the pairwise formulas of Chan,
// Golub and LeVeque (1983) for M2 and of Pebay (2008, Sandia report
// SAND2008-6212) for M3 and M4, which generalise Welford's update and lose
// nothing when the spread is small against the mean. With d = mean_B - mean_A
// and n = n_A + n_B,
//
//	mean = mean_A + d n_B/n
//	M2   = M2_A + M2_B + d^2 n_A n_B/n
//	M3   = M3_A + M3_B + d^3 n_A n_B (n_A - n_B)/n^2 + 3 d (n_A M2_B - n_B M2_A)/n
//	M4   = M4_A + M4_B + d^4 n_A n_B (n_A^2 - n_A n_B + n_B^2)/n^3
//	       + 6 d^2 (n_A^2 M2_B + n_B^2 M2_A)/n^2 + 4 d (n_A M3_B - n_B M3_A)/n
//
// The zero value is empty. A NaN among the x makes every result NaN.
type Moments struct {
	n          int64
	mean       float64
	m2, m3, m4 float64
}

// Add takes the values x.
func (m *Moments) Add(x []float64) {
	if len(x) == 0 {
		return
	}
	mean := mean(x)
	var m2, m3, m4 float64
	for _, v := range x {
		d := v - mean
		d2 := d * d
		m2 += d2
		m3 += d2 * d
		m4 += d2 * d2
	}
	m.Merge(Moments{int64(len(x)), mean, m2, m3, m4})
}

// Merge takes the values that o has seen.
func (m *Moments) Merge(o Moments) {
	if m.n == 0 || o.n == 0 {
		if m.n == 0 {
			*m = o
		}
		return
	}
	na, nb := float64(m.n), float64(o.n)
	n := na + nb
	d := o.mean - m.mean
	d2 := d * d
	m4 := m.m4 + o.m4 + d2*d2*na*nb*(na*na-na*nb+nb*nb)/(n*n*n) +
		6*d2*(na*na*o.m2+nb*nb*m.m2)/(n*n) + 4*d*(na*o.m3-nb*m.m3)/n
	m3 := m.m3 + o.m3 + d2*d*na*nb*(na-nb)/(n*n) + 3*d*(na*o.m2-nb*m.m2)/n
	m2 := m.m2 + o.m2 + d2*na*nb/n
	*m = Moments{m.n + o.n, m.mean + d*nb/n, m2, m3, m4}
}

// N is the number of values.
func (m *Moments) N() int64 { return m.n }

// Mean is the mean of the values, NaN if there are none.
func (m *Moments) Mean() float64 {
	if m.n == 0 {
		return math.NaN()
	}
	return m.mean
}

// Variance is the unbiased estimate M2/(n-1), NaN below two values.
func (m *Moments) Variance() float64 {
	if m.n < 2 {
		return math.NaN()
	}
	return m.m2 / float64(m.n-1)
}

// Spread is the standard deviation of the values, NaN below two.
func (m *Moments) Spread() float64 { return math.Sqrt(m.Variance()) }

// Rounding tells that a standard deviation is what rounding leaves of equal
// values: 64 units in the last place of their size. Sums of some thousand terms,
// and determinants, are off by that much; what fluctuates less is nothing that an
// error bar could be needed for.
func Rounding(spread, size float64) bool { return spread <= 64*0x1p-52*math.Abs(size) }

// Stderr is the standard error of Mean for independent values, NaN below two.
func (m *Moments) Stderr() float64 { return math.Sqrt(m.Variance() / float64(m.n)) }

// Doubt is the relative error of Spread, and so of Stderr: VarianceStderr/(2 Variance). NaN where
// it is not known.
func (m *Moments) Doubt() float64 {
	if v := m.Variance(); v > 0 {
		return m.VarianceStderr() / (2 * v)
	}
	return math.NaN()
}

// VarianceStderr is the standard error of Variance for independent values,
// NaN below three. It is the jackknife that leaves out one value at a time,
// which has a closed form: without x_i the variance is
//
//	(M2 - n/(n-1) d_i^2) / (n-2),   d_i = x_i - mean,
//
// so that its jackknife error squared, (n-1)/n times the sum of the squared
// deviations of these n numbers from their mean, is
//
//	n / ((n-1) (n-2)^2) (M4 - M2^2/n).
func (m *Moments) VarianceStderr() float64 {
	if m.n < 3 {
		return math.NaN()
	}
	n := float64(m.n)
	spread := max(0, m.m4-m.m2*m.m2/n) // rounding may take it below zero
	return math.Sqrt(n*spread/(n-1)) / (n - 2)
}

package thermo

import (
	"cmp"
	"math"
	"slices"
)

// A polynomial of which degree, through how many of the points? All of them count, by the weights
// of W. I. Jay and E. T. Neil, Phys. Rev. D 103, 114502 (2021), arXiv:2008.01069, over their errors,
//
//	p_m ~ exp(-AIC_m/2)/sigma_m,   AIC_m = chi^2 + 2 (parameters + points left out):
//
// what is left out needs a parameter for each point; errors are known, so that the criterion has no
// term for few points; and of those that fit alike, the ones that fix what is asked for better weigh more. Without
// that, polynomials of high degree at the end of a grid make its error ten times as large as it is.
// The mean of the a_m and its variance are
//
//	a = sum_m p_m a_m,   sigma^2 = sum_m p_m sigma_m^2 + sum_m p_m (a_m - a)^2:
//
// the second term is what the choice of the polynomial changes. Polynomials through all points of
// their window fit whatever these are; so where none else fits, the error is how much these differ, and not
// one of a bad fit.

const (
	// mostDegree and mostPoints bound the polynomials about a point. More points would make little
	// of a derivative better, and polynomials of high degree in as many points swing between them.
	mostDegree = 5
	mostPoints = 12
	// relativeFloor of a standard error: exact values are not taken for more exact than this share of
	// the largest error, or of the largest value by rounding, so that weights stay finite.
	relativeFloor, roundingFloor = 1e-3, 1e-12
	// tiny is the error of values that are all 0; its inverse square is finite.
	tiny = 1e-140
)

// series is the known points in the order of x.
type series struct {
	x, y, sigma []float64
	weigh       []float64 // sigma with its floor
	at          []int     // which of the given points it is
}

func sorted(x []float64, y []Value) series {
	var s series
	for i, v := range y {
		if v.Known() && x[i]-x[i] == 0 {
			s.at = append(s.at, i)
		}
	}
	slices.SortStableFunc(s.at, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	s.at = slices.CompactFunc(s.at, func(a, b int) bool { return x[a] == x[b] })
	worst, size := 0.0, 0.0
	for _, i := range s.at {
		s.x, s.y, s.sigma = append(s.x, x[i]), append(s.y, y[i].Mean), append(s.sigma, y[i].sigma())
		worst, size = max(worst, y[i].sigma()), max(size, math.Abs(y[i].Mean))
	}
	for _, e := range s.sigma {
		s.weigh = append(s.weigh, max(e, relativeFloor*worst, roundingFloor*size, tiny))
	}
	return s
}

// window of points from lo up to hi, in a set of models with degrees from least to most.
type window struct{ lo, hi, least, most int }

// mean of all polynomials over the windows. given is added to their coefficient of point i, where
// what is asked for has the value there in it: 0 for none. reach is how many points the largest
// window could have. tested is the share of those that two points or more test, which have them beyond their parameters.
func (s series) mean(windows []window, reach int, q ask, i int, given float64) (of Value, tested float64) {
	type model struct {
		aic, mean, variance float64
		spare               int
	}
	var models []model
	for _, w := range windows {
		m := w.hi - w.lo
		for _, a := range polynomials(s.x[w.lo:w.hi], s.y[w.lo:w.hi], s.weigh[w.lo:w.hi], q, w.most) {
			if a.degree < w.least {
				continue
			}
			value, variance, width := a.mean+given*s.y[i], 0.0, 0.0
			for j, c := range a.coef {
				if w.lo+j == i {
					c += given
				}
				variance += c * c * s.sigma[w.lo+j] * s.sigma[w.lo+j]
				width += c * c * s.weigh[w.lo+j] * s.weigh[w.lo+j]
			}
			models = append(models, model{a.chi2 + 2*float64(a.degree+1+reach-m) + math.Log(max(width, math.SmallestNonzeroFloat64)), value, variance, m - a.degree - 1})
		}
	}
	best := math.Inf(1)
	for _, m := range models {
		best = min(best, m.aic)
	}
	sum, mean, square := 0.0, 0.0, 0.0
	for _, m := range models {
		sum += math.Exp((best - m.aic) / 2)
	}
	for _, m := range models {
		mean += math.Exp((best-m.aic)/2) / sum * m.mean
	}
	for _, m := range models {
		share := math.Exp((best-m.aic)/2) / sum
		square += share * (m.variance + (m.mean-mean)*(m.mean-mean))
		if m.spare >= 2 {
			tested += share
		}
	}
	return Value{mean, math.Sqrt(square)}, tested
}

// LeastPoints that a slope needs.
const LeastPoints = 3

// Slopes are lead y + factor dy/dx at the points, each of which has a lead and a factor; nil is 0. Those of
// missing points are unknown, and all where there are fewer than LeastPoints.
func Slopes(x []float64, y []Value, lead, factor []float64) []Value {
	s, found := sorted(x, y), make([]Value, len(x))
	for i := range found {
		found[i] = Unknown()
	}
	n := len(s.x)
	if n < LeastPoints {
		return found
	}
	// Polynomials of a low degree in few points fit them, whatever is beside; so there are none where
	// there are others, but of few points something must tell how far they bend.
	least := 2
	switch {
	case n == LeastPoints:
		least = 1
	case n > 2*LeastPoints:
		least = 3
	}
	reach := min(n, mostPoints)
	for i, from := range s.at {
		var windows []window
		for m := least + 1; m <= reach; m++ {
			for lo := max(0, i-m+1); lo <= min(i, n-m); lo++ {
				windows = append(windows, window{lo, lo + m, least, mostDegree})
			}
		}
		given := 0.0
		if lead != nil {
			given = lead[from]
		}
		found[from], _ = s.mean(windows, reach, ask{At: s.x[i], Slope: factor[from]}, i, given)
	}
	return found
}

// Derivative is dy/dx at the points.
func Derivative(x []float64, y []Value) []Value { return Slopes(x, y, nil, all(len(x), 1)) }

func all(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }

package stats

import "math"

// Linearised takes the error of a function f of the means of k columns to that of the mean of one,
// the projection on the gradient of f (Wolff 2004, Comput. Phys. Commun. 156, 143,
// hep-lat/0306017),
//
//	y_i = f(a) + sum_j df/da_j (a_ij - a_j),   a_j = < a_ij >,
//
// whose mean is f(a), whose correlations are those that matter for f, and whose error is that of f
// to order 1/sqrt(N). All correlation along the chains is in it; the jackknife over blocks of draws
// loses what reaches beyond a block.
//
// All columns are of the same chains and draws. of writes size numbers f; value are those, without
// bias correction, and projected one column for each. Slopes are differences over a standard error,
//
//	df/da_j = [f(a + h_j) - f(a - h_j)] / (2 h_j),   h_j = sqrt(Var(a_j)/N).
//
// A projected column is NaN where f is not defined at the means or one h_j from them. It panics where
// columns have different lengths.
func Linearised(columns []*Chains, size int, of func(dst, mean []float64)) (value []float64, projected []*Chains) {
	means, value := make([]float64, len(columns)), make([]float64, size)
	for j, a := range columns {
		if a.m != columns[0].m || len(a.x) != len(columns[0].x) {
			panic("stats: columns of different chains")
		}
		means[j] = a.Mean()
	}
	of(value, means)
	projected = make([]*Chains, size)
	for f := range projected {
		projected[f] = columns[0].Map(func(float64) float64 { return value[f] })
	}
	up, down := make([]float64, size), make([]float64, size)
	for j, a := range columns {
		at := means[j]
		h := a.Spread() / math.Sqrt(float64(len(a.x)))
		if Rounding(h, at) { // a_j does not vary, or by nothing that f could feel
			continue
		}
		means[j] = at + h
		of(up, means)
		means[j] = at - h
		of(down, means)
		means[j] = at
		for f, y := range projected {
			slope := (up[f] - down[f]) / (2 * h)
			if slope == 0 {
				continue
			}
			for i, v := range a.x {
				y.x[i] += slope * (v - at)
			}
		}
	}
	return value, projected
}

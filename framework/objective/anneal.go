package objective

import "math"

// Anneal raises beta from near zero to its final value, so that a model meets
// the disordered phase, which has one basin, before the ordered one, which has
// several:
//
//	beta_t = Beta (1 - Rate^t),   t = 1, 2, ...
//
// (the schedule of arXiv:1809.10606). The authors' program counts from t = 0
// and so spends its first step at beta = 0, where E has no influence; steps
// here count from 1.
type Anneal struct {
	// Beta is the final inverse temperature. +Inf, the ground state, is not
	// annealed: At is then +Inf for every step.
	Beta float64
	// Rate is in [0, 1); 0 switches annealing off. The part of Beta still
	// missing after t steps is Rate^t: 0.998 needs 3450 steps to come within
	// 1e-3.
	Rate float64
}

// At returns the inverse temperature of a step; steps count from 1.
func (a Anneal) At(step int64) float64 {
	if a.Rate == 0 {
		return a.Beta
	}
	return a.Beta * (1 - math.Pow(a.Rate, float64(step)))
}

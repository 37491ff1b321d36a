package store

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Average is a sweep with one of its keys averaged over: of each observable the mean
//
//	m = sum_k w_k y_k / sum_k w_k,   sigma_m = sum_k w_k sigma_k / sum_k w_k
//
// over the values k of the key. So a grid of twists of the boundary
// conditions becomes one value, with an error that is statistical: y_k differ for a reason, and their
// scatter is none of it. All points have the seed of the run and err alike, so that their errors add up, and
// sigma_m is a bound where they do not; where the key is the seed, they are independent, and
//
//	sigma_m^2 = sum_k w_k^2 sigma_k^2 / (sum_k w_k)^2.
//
// weights are w_k, nil for equal ones. A mean of points of which one is missing
// is NaN. What is no mean over configurations (a ratio, a variance) is still the mean of what the points say.
func Average(s *Sweep, key string, weights []float64) (*Sweep, error) {
	axis := slices.IndexFunc(s.Axes, func(a SweptAxis) bool { return a.Key == key })
	if axis < 0 {
		var keys []string
		for _, a := range s.Axes {
			keys = append(keys, a.Key)
		}
		return nil, core.Errorf(core.Invalid, "average", key, "it is not swept; the sweep varies %v", keys)
	}
	share, err := shares(weights, len(s.Axes[axis].Values))
	if err != nil {
		return nil, core.Errorf(core.Invalid, "average", key, "%v", err)
	}
	m := mean{share, s.Lines(axis)}
	of := *s
	of.Axes = slices.Delete(slices.Clone(s.Axes), axis, axis+1)
	of.Finished = m.finished(s.Finished)
	of.Observables = nil
	for _, e := range s.Observables {
		e.Estimate.Axes = slices.Delete(slices.Clone(e.Axes), axis, axis+1)
		size := len(e.Value) / len(s.Finished)
		e.Value, e.Stderr = m.values(e.Value, size, false), m.values(e.Stderr, size, key == ofSeed)
		if e.Exact != nil {
			e.Exact = m.values(e.Exact, 1, false)
		}
		if e.PointCautions != nil {
			e.PointCautions = m.cautions(e.PointCautions)
		}
		e.Long = fmt.Sprintf("mean of %s over %s", e.Long, key)
		of.Observables = append(of.Observables, e)
	}
	return &of, nil
}

// shares are w_k/sum_k w_k of n values.
func shares(weights []float64, n int) ([]float64, error) {
	if weights == nil {
		weights = slices.Repeat([]float64{1}, n)
	}
	sum := 0.0
	for _, w := range weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, fmt.Errorf("a weight is %v, and must be 0 or a positive number", w)
		}
		sum += w
	}
	if len(weights) != n || sum == 0 {
		return nil, fmt.Errorf("there are %d weights of the sum %v, and %d values", len(weights), sum, n)
	}
	share := make([]float64, n)
	for k, w := range weights {
		share[k] = w / sum
	}
	return share, nil
}

// ofSeed is the key whose values make points independent.
const ofSeed = "run.seed"

// mean is over the points of each line.
type mean struct {
	share []float64
	lines [][]int
}

// each calls do for all points that are averaged over: point from of the sweep, k of its line, for mean to.
func (m mean) each(do func(to, from, k int)) {
	for to, line := range m.lines {
		for k, from := range line {
			do(to, from, k)
		}
	}
}

// values are the means of size numbers for each point, or the errors of means of independent ones.
func (m mean) values(of []float64, size int, independent bool) []float64 {
	all := make([]float64, len(m.lines)*size)
	m.each(func(to, from, k int) {
		w := m.share[k]
		if w == 0 {
			return // what has no weight may be missing
		}
		for i := range size {
			if y := of[from*size+i]; independent {
				all[to*size+i] += w * w * y * y
			} else {
				all[to*size+i] += w * y
			}
		}
	})
	if independent {
		for i, v := range all {
			all[i] = math.Sqrt(v)
		}
	}
	return all
}

// finished tells of which means all points are done.
func (m mean) finished(of []bool) []bool {
	all := slices.Repeat([]bool{true}, len(m.lines))
	m.each(func(to, from, k int) { all[to] = all[to] && (of[from] || m.share[k] == 0) })
	return all
}

// cautions are those of any point, each once.
func (m mean) cautions(of [][]core.Caution) [][]core.Caution {
	all := make([][]core.Caution, len(m.lines))
	m.each(func(to, from, k int) {
		for _, c := range of[from] {
			if m.share[k] > 0 && !slices.Contains(all[to], c) {
				all[to] = append(all[to], c)
			}
		}
	})
	return all
}

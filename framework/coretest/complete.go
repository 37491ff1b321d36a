package coretest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// modelComplete tests that what is known stays, and that the rest has the frequencies of
// p(y | known), with the first components known, more and more of them. Other sets may be
// unsupported.
func modelComplete(t *testing.T, s *subject) {
	s.need(t, core.PowerComplete)
	states := s.states(t)
	logP, values := s.logProb(t, states), s.space.Values()
	given := s.sample(t, 181, 1).X
	for k := range s.d + 1 {
		mask := make([]int32, s.d)
		for j := range k {
			mask[j] = 1
		}
		s.completed(t, states, logP, values, given, mask)
	}
	for shift := range s.d {
		mask := make([]int32, s.d)
		for j := range s.d {
			mask[j] = int32((j + shift) % 2)
		}
		s.completed(t, states, logP, values, given, mask)
	}
}

func (s *subject) completed(t *testing.T, states, logP []float64, values [][]float64, given []float64, mask []int32) {
	t.Helper()
	n := s.o.Samples / 4
	x, known, u := slices.Repeat(given, n), slices.Repeat(mask, n), make([]float64, n*s.d)
	r := rand.New(rand.NewPCG(uint64(len(u)), 7))
	for i := range u {
		u[i] = r.Float64()
		if known[i] == 0 { // what stands there means nothing
			x[i] = values[i%s.d][r.IntN(len(values[i%s.d]))]
		}
	}
	y := nans(len(x))
	err := s.Model.(core.Completer).Complete(y, x, known, u)
	first := slices.IndexFunc(mask, func(v int32) bool { return v == 0 })
	if core.KindOf(err) == core.Unsupported && first >= 0 && slices.Contains(mask[first:], 1) {
		return
	}
	if err != nil {
		t.Fatalf("completion of what is known at %v: %v", mask, err)
	}
	counts := make([]float64, len(logP))
	for i := range n {
		row := y[i*s.d : (i+1)*s.d]
		for j, v := range mask {
			if v == 1 && row[j] != given[j] {
				t.Fatalf("component %d is known and was changed from %v to %v", j, given[j], row[j])
			}
		}
		counts[index(values, row)]++
	}
	conditional := slices.Repeat([]float64{math.Inf(-1)}, len(logP)) // ln p of the states that agree
	for i := range logP {
		if s.agree(states[i*s.d:(i+1)*s.d], given, mask) {
			conditional[i] = logP[i]
		}
	}
	total := logSumExp(conditional)
	for i := range conditional {
		conditional[i] -= total
	}
	againstDensity(t, counts, conditional, n)
}

// agree tells whether a state has what is known.
func (s *subject) agree(state, given []float64, mask []int32) bool {
	for j, v := range mask {
		if v == 1 && state[j] != given[j] {
			return false
		}
	}
	return true
}

package ode

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
)

// Step sizes are chosen for each equation by the error of the embedded method,
//
//	err^2 = mean over the components y of (h sum_i e_i k_i / (tol max(1, |y|)))^2
//
// which is accepted up to 1, and the next step is 0.9 err^(-1/5) times as long,
// between 1/5 and 5 (Hairer, Norsett and Wanner, Solving ODEs I, II.4). Where a
// step is refused, or the end has been reached, the step recorded has h = 0.

// maxSteps bounds the steps of one path; a flow that is worth integrating takes
// some tens.
const maxSteps = 10000

type adaptive struct {
	t, h  []float64 // where each equation is, and the step to try next
	trial []float64 // the state after the step
	err   []float64 // the error of each component
}

func newAdaptive(s *Solver) adaptive {
	return adaptive{make([]float64, s.n), make([]float64, s.n), make([]float64, s.size()), make([]float64, s.size())}
}

func (s *Solver) solveAdaptive(from, to float64) {
	a := &s.adaptive
	for j := range s.n {
		a.t[j], a.h[j] = from, (to-from)/8
	}
	s.field.Eval(0, s.k[:s.d*s.n], s.k[s.d*s.n:s.size()], a.t, s.state[:s.d*s.n])
	for range maxSteps {
		at := s.record()
		copy(at.t, a.t)
		if !s.propose(at.h, to) {
			s.path = s.path[:len(s.path)-1]
			break
		}
		s.stages(at, 0, 1, s.o.Stages(), true)
		kernels.Combine(a.trial, s.state, at.h, s.o.Method.B, s.k, s.size())
		kernels.Combine(a.err, nil, at.h, s.o.Method.E, s.k, s.size())
		advanced := false
		for j, h := range at.h {
			if h != 0 && !s.judge(j, h, to) {
				at.h[j] = 0
			}
			advanced = advanced || at.h[j] != 0
		}
		if !advanced {
			s.path = s.path[:len(s.path)-1]
		}
	}
	for j, t := range a.t {
		if t != to {
			s.fail(j, to)
		}
	}
}

// propose writes the steps to try, none beyond the end, and tells whether there
// is any.
func (s *Solver) propose(h []float64, to float64) (any bool) {
	for j := range h {
		h[j] = s.adaptive.h[j]
		if left := to - s.adaptive.t[j]; math.Abs(h[j]) >= math.Abs(left) {
			h[j] = left
		}
		any = any || h[j] != 0
	}
	return any
}

// judge accepts or refuses a step of equation j and sets the size of its next.
func (s *Solver) judge(j int, h, to float64) (accepted bool) {
	a, size := &s.adaptive, s.size()
	square := 0.0
	for at := j; at < size; at += s.n {
		e := a.err[at] / (s.o.Tolerance * max(1, math.Abs(s.state[at]), math.Abs(a.trial[at])))
		square += e * e
	}
	square /= float64(s.d + 1)
	if math.IsNaN(square) {
		s.fail(j, to)
		return false
	}
	// square is err^2; the exponent -1/5 is that of a method of fifth order
	a.h[j] = h * min(5, max(0.2, 0.9*math.Pow(square, -0.5/float64(s.o.Method.Order))))
	if square > 1 {
		return false
	}
	if h == to-a.t[j] {
		a.t[j] = to
	} else {
		a.t[j] += h
	}
	last := (s.o.Stages() - 1) * size
	for at := j; at < size; at += s.n {
		s.state[at] = a.trial[at]
		s.k[at] = s.k[last+at]
	}
	return true
}

// fail ends an equation without a solution.
func (s *Solver) fail(j int, to float64) {
	for at := j; at < s.size(); at += s.n {
		s.state[at] = math.NaN()
	}
	s.adaptive.t[j] = to
}

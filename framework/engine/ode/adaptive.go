package ode

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
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

type adaptive[T tensor.Real] struct {
	t, h         []float64 // where each equation is, and the step to try next
	trial, err   []T       // x after the step, and the error of each component
	trialL, errL []float64 // the same of l
}

func newAdaptive[T tensor.Real](s *Solver[T]) adaptive[T] {
	row := func() []float64 { return make([]float64, s.n) }
	return adaptive[T]{row(), row(), make([]T, s.size()), make([]T, s.size()), row(), row()}
}

func (s *Solver[T]) solveAdaptive(from, to float64) {
	a := &s.adaptive
	for j := range s.n {
		a.t[j], a.h[j] = from, (to-from)/8
	}
	s.field.Eval(0, s.of(s.k, 0), s.div[:s.n], a.t, s.state)
	for range maxSteps {
		at := s.record()
		copy(at.t, a.t)
		if !s.propose(at.h, to) {
			s.path = s.path[:len(s.path)-1]
			break
		}
		s.stages(at, 0, 1, s.o.Stages(), true)
		s.combine(a.trial, a.trialL, at.h, s.o.Method.B)
		kernels.Combine(a.err, nil, at.h, s.o.Method.E, s.k, s.stride())
		kernels.Combine(a.errL, nil, at.h, s.o.Method.E, s.div, s.n)
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
func (s *Solver[T]) propose(h []float64, to float64) (any bool) {
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
func (s *Solver[T]) judge(j int, h, to float64) (accepted bool) {
	a, square := &s.adaptive, 0.0
	add := func(err, before, after float64) {
		e := err / (s.o.Tolerance * max(1, math.Abs(before), math.Abs(after)))
		square += e * e
	}
	for at := j; at < s.size(); at += s.n {
		add(float64(a.err[at]), float64(s.state[at]), float64(a.trial[at]))
	}
	add(a.errL[j], s.l[j], a.trialL[j])
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
	last := s.o.Stages() - 1
	for at := j; at < s.size(); at += s.n {
		s.state[at] = a.trial[at]
		s.k[at] = s.k[last*s.stride()+at]
	}
	s.l[j], s.div[j] = a.trialL[j], s.div[last*s.n+j]
	return true
}

// fail ends an equation without a solution.
func (s *Solver[T]) fail(j int, to float64) {
	for at := j; at < s.size(); at += s.n {
		s.state[at] = T(math.NaN())
	}
	s.l[j] = math.NaN()
	s.adaptive.t[j] = to
}

package ode

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
)

// Field is the velocity v(t, x; theta) of n equations with its divergence. It
// keeps what Pull needs in slots: a number for each stage that has not been
// pulled back yet. Slot numbers are below Options.Slots.
type Field interface {
	// Eval writes v, d x n, and div v, n numbers, at x and the n times t. v and
	// div are nil where only the slot is to be filled. x is overwritten later.
	Eval(slot int, v, div, t, x []float64)
	// Pull writes xbar = (dv/dx)^T vbar + divbar grad div v at the slot's x. The
	// like in theta is wanted or not; together with PullParams it adds it to the
	// gradient.
	Pull(slot int, xbar, vbar, divbar []float64, theta bool)
	// PullParams follows the Pulls of the stages of one step with theta, in slots
	// from to to-1, for what is better done for all at once.
	PullParams(from, to int)
}

// Options of a Solver.
type Options struct {
	Method Tableau
	// Steps of equal size, or 0 for steps that meet Tolerance.
	Steps int
	// Tolerance of the local error in each component of x and in l, absolute
	// below 1 and relative above.
	Tolerance float64
	// Keep is the number of last steps whose stages stay in slots from Solve to
	// Pull, at least 1; with a Tolerance, none do. It changes speed and memory
	// only.
	Keep int
	// Relabel, where it is not nil, has a permutation of the components for each
	// of Steps (see relabel.go).
	Relabel [][]int
}

// none is no step.
const none = -1

// Stages is the number of slots that one step takes.
func (o Options) Stages() int { return max(len(o.Method.B), len(o.Method.E)) }

// Slots is the number of slots that the field needs.
func (o Options) Slots() int { return o.keep() * o.Stages() }

func (o Options) keep() int { return max(1, min(o.Keep, o.Steps)) }

// Solver integrates n equations of d components. It is used by one goroutine at
// a time, and does not allocate once its longest path has been seen.
type Solver struct {
	o     Options
	field Field
	d, n  int

	path  []step // the steps made, in order
	back  bool   // the path goes from the later to the earlier time
	held  []int  // the steps whose stages are in the field's slots
	state []float64
	stage []float64
	k     []float64 // (d+1) x n for each stage: v and div
	times []float64
	ones  []float64
	// of the adjoint: Xbar of each stage and, behind them, that of the step's end
	bars, kbar, coef []float64
	adaptive         adaptive
}

// step is what is kept of a step: x at its start, and where and how long it is
// for each equation.
type step struct {
	x, t, h []float64
}

// NewSolver returns a solver for a field with o.Slots() slots.
func NewSolver(o Options, field Field, d, n int) *Solver {
	s := &Solver{o: o, field: field, d: d, n: n}
	stages := o.Stages()
	s.state, s.stage = make([]float64, s.size()), make([]float64, d*n)
	s.k = make([]float64, stages*s.size())
	s.times, s.ones = make([]float64, n), make([]float64, n)
	s.held = make([]int, o.keep())
	for j := range s.ones {
		s.ones[j] = 1
	}
	s.bars, s.kbar = make([]float64, (stages+1)*s.size()), make([]float64, s.size())
	s.coef = make([]float64, stages+1)
	if o.Steps == 0 {
		if o.Method.E == nil || !(o.Tolerance > 0) {
			panic(fmt.Sprintf("ode: %s with tolerance %g and no number of steps", o.Method.Name, o.Tolerance))
		}
		s.adaptive = newAdaptive(s)
	}
	if o.Relabel != nil {
		s.checkRelabel()
	}
	return s
}

// size is the length of one state: x and l below it.
func (s *Solver) size() int { return (s.d + 1) * s.n }

// Solve integrates from x0 at one time to x1 at the other, forward or backward,
// and writes l. An equation that has no solution, or none within maxSteps
// steps, becomes NaN.
func (s *Solver) Solve(x1, l, x0 []float64, from, to float64) {
	s.path = s.path[:0]
	for i := range s.held {
		s.held[i] = none
	}
	copy(s.state, x0[:s.d*s.n])
	clear(s.state[s.d*s.n:])
	if s.o.Steps > 0 {
		s.solveFixed(from, to)
	} else {
		s.solveAdaptive(from, to)
	}
	copy(x1, s.state)
	copy(l, s.state[s.d*s.n:])
}

func (s *Solver) solveFixed(from, to float64) {
	h := (to - from) / float64(s.o.Steps)
	s.back = h < 0
	for i := range s.o.Steps {
		s.relabel(i)
		at := s.record()
		for j := range s.n {
			at.t[j], at.h[j] = from+float64(i)*h, h
		}
		s.stages(at, s.slot(i), 0, len(s.o.Method.B), true)
		s.held[i%len(s.held)] = i
		kernels.Combine(s.state, s.state, at.h, s.o.Method.B, s.k, s.size())
		s.unlabel(i)
	}
}

// record appends a step that starts at the present state.
func (s *Solver) record() step {
	if len(s.path) == cap(s.path) {
		s.path = append(s.path, step{make([]float64, s.d*s.n), make([]float64, s.n), make([]float64, s.n)})
	} else {
		s.path = s.path[:len(s.path)+1]
		if at := &s.path[len(s.path)-1]; at.x == nil {
			*at = step{make([]float64, s.d*s.n), make([]float64, s.n), make([]float64, s.n)}
		}
	}
	at := s.path[len(s.path)-1]
	copy(at.x, s.state)
	return at
}

// slot is the first slot of step i.
func (s *Solver) slot(i int) int { return i % len(s.held) * s.o.Stages() }

// stages evaluates stages first to last-1 of a step; without values, all that
// no later stage needs is left out.
func (s *Solver) stages(at step, slot, first, last int, values bool) {
	m, size := s.o.Method, s.size()
	for i := first; i < last; i++ {
		x, a, c := at.x, m.B, 1.0 // of the stage behind the last: the next step's first
		if i < len(m.A) {
			a, c = m.A[i], m.C[i]
		}
		if i > 0 {
			x = s.stage
			kernels.Combine(x, at.x, at.h, a, s.k, size)
		}
		for j, t := range at.t {
			s.times[j] = t + c*at.h[j]
		}
		k := s.k[i*size : (i+1)*size]
		if !values && i == last-1 {
			s.field.Eval(slot+i, nil, nil, s.times, x)
			continue
		}
		s.field.Eval(slot+i, k[:s.d*s.n], k[s.d*s.n:], s.times, x[:s.d*s.n])
	}
}

// Pull follows Solve: from the cotangents of x1 and l it writes that of x0 and,
// with theta, adds the gradient in theta to the field's.
func (s *Solver) Pull(x0bar, x1bar, lbar []float64, theta bool) {
	m, size := s.o.Method, s.size()
	stages := len(m.B)
	end := s.bars[stages*size : (stages+1)*size]
	copy(end, x1bar)
	copy(end[s.d*s.n:], lbar)
	for i := len(s.path) - 1; i >= 0; i-- {
		at, slot := s.path[i], s.slot(i)
		s.pullUnlabel(end, i)
		if s.held[i%len(s.held)] != i {
			s.stages(at, slot, 0, stages, false)
			s.held[i%len(s.held)] = i
		}
		for k := stages - 1; k >= 0; k-- {
			clear(s.coef)
			for j := k + 1; j < stages; j++ {
				s.coef[j] = m.A[j][k]
			}
			s.coef[stages] = m.B[k]
			kernels.Combine(s.kbar[:s.d*s.n], nil, at.h, s.coef, s.bars, size)
			for j, l := range lbar {
				s.kbar[s.d*s.n+j] = at.h[j] * m.B[k] * l
			}
			s.field.Pull(slot+k, s.bars[k*size:k*size+s.d*s.n], s.kbar[:s.d*s.n], s.kbar[s.d*s.n:], theta)
		}
		if theta {
			s.field.PullParams(slot, slot+stages)
		}
		for k := range stages {
			s.coef[k] = 1
		}
		kernels.Combine(end[:s.d*s.n], end[:s.d*s.n], s.ones, s.coef[:stages], s.bars, size)
		s.pullRelabel(end, i)
	}
	copy(x0bar, end[:s.d*s.n])
}

package ode

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Field is the velocity v(t, x; theta) of n equations with its divergence. It
// keeps what Pull needs in slots: a number for each stage that has not been
// pulled back yet. Slot numbers are below Options.Slots. Velocities are of the type of x,
// divergences and times are float64.
type Field[T tensor.Real] interface {
	// Eval writes v, d x n, and div v, n numbers, at x and the n times t. v and
	// div are nil where only the slot is to be filled. x is overwritten later.
	Eval(slot int, v []T, div, t []float64, x []T)
	// Pull writes xbar = (dv/dx)^T vbar + divbar grad div v at the slot's x. The
	// like in theta is wanted or not; together with PullParams it adds it to the
	// gradient.
	Pull(slot int, xbar, vbar []T, divbar []float64, theta bool)
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
type Solver[T tensor.Real] struct {
	o     Options
	field Field[T]
	d, n  int

	path  []step[T] // the steps made, in order
	back  bool      // the path goes from the later to the earlier time
	held  []int     // the steps whose stages are in the field's slots
	state []T       // x, and l below
	l     []float64
	stage []T
	k     []T       // v of each stage, one every stride numbers
	div   []float64 // and div
	times []float64
	ones  []float64
	// of the adjoint: Xbar of each stage and, behind them, that of the step's end
	bars, kbar   []T
	divbar, coef []float64
	adaptive     adaptive[T]
}

// step is what is kept of a step: x at its start, and where and how long it is
// for each equation.
type step[T tensor.Real] struct {
	x    []T
	t, h []float64
}

// NewSolver returns a solver for a field with o.Slots() slots.
func NewSolver[T tensor.Real](o Options, field Field[T], d, n int) *Solver[T] {
	s := &Solver[T]{o: o, field: field, d: d, n: n}
	stages := o.Stages()
	s.state, s.stage, s.kbar = make([]T, d*n), make([]T, d*n), make([]T, d*n)
	s.k, s.bars = make([]T, stages*s.stride()), make([]T, (stages+1)*s.stride())
	s.l, s.div, s.divbar = make([]float64, n), make([]float64, stages*n), make([]float64, n)
	s.times, s.ones = make([]float64, n), make([]float64, n)
	s.held = make([]int, o.keep())
	for j := range s.ones {
		s.ones[j] = 1
	}
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

// size is the length of x, and stride that of one stage of several: a little more, so that
// they do not meet in the cache.
func (s *Solver[T]) size() int { return s.d * s.n }

func (s *Solver[T]) stride() int { return (s.d + 1) * s.n }

// Solve integrates from x0 at one time to x1 at the other, forward or backward,
// and writes l. An equation that has no solution, or none within maxSteps
// steps, becomes NaN.
func (s *Solver[T]) Solve(x1 []T, l []float64, x0 []T, from, to float64) {
	s.path = s.path[:0]
	for i := range s.held {
		s.held[i] = none
	}
	copy(s.state, x0[:s.size()])
	clear(s.l)
	if s.o.Steps > 0 {
		s.solveFixed(from, to)
	} else {
		s.solveAdaptive(from, to)
	}
	copy(x1, s.state)
	copy(l, s.l)
}

func (s *Solver[T]) solveFixed(from, to float64) {
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
		s.combine(s.state, s.l, at.h, s.o.Method.B)
		s.unlabel(i)
	}
}

// combine adds h sum_i c_i k_i to x, and the like of the divergences to l.
func (s *Solver[T]) combine(x []T, l, h, c []float64) {
	kernels.Combine(x, s.state, h, c, s.k, s.stride())
	kernels.Combine(l, s.l, h, c, s.div, s.n)
}

// record appends a step that starts at the present state.
func (s *Solver[T]) record() step[T] {
	if len(s.path) < cap(s.path) {
		s.path = s.path[:len(s.path)+1]
	} else {
		s.path = append(s.path, step[T]{})
	}
	at := &s.path[len(s.path)-1]
	if at.x == nil {
		*at = step[T]{make([]T, s.size()), make([]float64, s.n), make([]float64, s.n)}
	}
	copy(at.x, s.state)
	return *at
}

// slot is the first slot of step i.
func (s *Solver[T]) slot(i int) int { return i % len(s.held) * s.o.Stages() }

// stages evaluates stages first to last-1 of a step; without values, all that
// no later stage needs is left out.
func (s *Solver[T]) stages(at step[T], slot, first, last int, values bool) {
	m := s.o.Method
	for i := first; i < last; i++ {
		x, a, c := at.x, m.B, 1.0 // of the stage behind the last: the next step's first
		if i < len(m.A) {
			a, c = m.A[i], m.C[i]
		}
		if i > 0 {
			x = s.stage
			kernels.Combine(x, at.x, at.h, a, s.k, s.stride())
		}
		for j, t := range at.t {
			s.times[j] = t + c*at.h[j]
		}
		if !values && i == last-1 {
			s.field.Eval(slot+i, nil, nil, s.times, x)
			continue
		}
		s.field.Eval(slot+i, s.of(s.k, i), s.div[i*s.n:(i+1)*s.n], s.times, x)
	}
}

// Hold follows Solve with steps of equal size: it fills the field's slots with the stages of
// step i of the path where they do not have them any more, and returns the first slot and the
// length of the step. The field evaluates what it did evaluate, with the same bits.
func (s *Solver[T]) Hold(i int) (slot int, h float64) {
	at, slot := s.path[i], s.slot(i)
	if s.held[i%len(s.held)] != i {
		s.stages(at, slot, 0, len(s.o.Method.B), false)
		s.held[i%len(s.held)] = i
	}
	return slot, at.h[0]
}

// of is what a stage has of several.
func (s *Solver[T]) of(all []T, stage int) []T { return all[stage*s.stride():][:s.size()] }

// Pull follows Solve: from the cotangents of x1 and l it writes that of x0 and,
// with theta, adds the gradient in theta to the field's.
func (s *Solver[T]) Pull(x0bar, x1bar []T, lbar []float64, theta bool) {
	m := s.o.Method
	stages := len(m.B)
	end := s.of(s.bars, stages)
	copy(end, x1bar)
	for i := len(s.path) - 1; i >= 0; i-- {
		at := s.path[i]
		slot, _ := s.Hold(i)
		s.pullUnlabel(end, i)
		for k := stages - 1; k >= 0; k-- {
			clear(s.coef)
			for j := k + 1; j < stages; j++ {
				s.coef[j] = m.A[j][k]
			}
			s.coef[stages] = m.B[k]
			kernels.Combine(s.kbar, nil, at.h, s.coef, s.bars, s.stride())
			for j, l := range lbar {
				s.divbar[j] = at.h[j] * m.B[k] * l
			}
			s.field.Pull(slot+k, s.of(s.bars, k), s.kbar, s.divbar, theta)
		}
		if theta {
			s.field.PullParams(slot, slot+stages)
		}
		for k := range stages {
			s.coef[k] = 1
		}
		kernels.Combine(end, end, s.ones, s.coef[:stages], s.bars, s.stride())
		s.pullRelabel(end, i)
	}
	copy(x0bar, end)
}

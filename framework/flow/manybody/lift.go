package manybody

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
)

// Lift carries first and second derivatives in the start of a path along it
// (kernels.Lift). Its integration by a Runge-Kutta method is exactly the derivative of
// that of the velocity, for a method of fixed steps commutes with differentiation. The
// functions of distance, most of the work, are those that the path's field has in its slots.
type Lift struct {
	kernels.Lift
	path   *VelocityOn
	pairs  [2][]kernels.Pair
	slot   int // the first one of the step
	n      int
	solver *ode.Solver[float64] // of one step
	l      []float64
}

// NewLift returns the lift of the paths of a field by a method. The field is that of a velocity
// with Jets on a multiple of kernels.Lanes configurations.
func NewLift(on *VelocityOn, method ode.Tableau) *Lift {
	if !on.jets {
		panic("manybody: a lift of a velocity without jets")
	}
	n := on.n
	lift := &Lift{Lift: kernels.Lift{Dim: on.dim, Size: on.dim * len(on.sums[1].vectors)}, path: on, n: n, l: make([]float64, n)}
	for k, s := range on.sums {
		for _, d := range s.vectors {
			lift.pairs[k] = append(lift.pairs[k], kernels.Pair{A: int32(d.a), B: int32(d.b)})
		}
	}
	lift.solver = ode.NewSolver(ode.Options{Method: method, Steps: 1, Keep: 1}, lift, lift.Rows(), n)
	return lift
}

// Carry takes a state from the start of a path of so many steps to its end; with first, all of
// it but the second derivatives.
func (l *Lift) Carry(state []float64, path *ode.Solver[float64], steps int, first bool) {
	l.First = first
	for i := range steps {
		slot, h := path.Hold(i)
		l.slot = slot
		l.solver.Solve(state, l.l, state, 0, h)
	}
}

// Eval implements ode.Field, of the stages of a step: div is the divergence of the velocity
// itself.
func (l *Lift) Eval(stage int, rates, div, _, state []float64) {
	clear(rates)
	clear(div)
	for k, pairs := range l.pairs {
		t := &l.path.slots[l.slot+stage][k]
		l.Add(rates, div, state, pairs, &[5][]float64{t.rho, t.f, t.df, t.d2f, t.d3f}, l.n)
	}
}

// Pull implements ode.Field.
func (l *Lift) Pull(int, []float64, []float64, []float64, bool) {
	panic("manybody: a lift cannot be pulled back")
}

// PullParams implements ode.Field.
func (l *Lift) PullParams(int, int) {}

var _ ode.Field[float64] = (*Lift)(nil)

package ode_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
)

// decay is v = -x on a line, whose divergence is -1.
type decay struct{}

func (decay) Eval(_ int, v, div, _, x []float64) {
	for i := range v {
		v[i], div[i] = -x[i], -1
	}
}

func (decay) Pull(_ int, xbar, vbar, _ []float64, _ bool) {
	for i, v := range vbar {
		xbar[i] = -v
	}
}

func (decay) PullParams(int, int) {}

// From x = 1 and 2 at time 0 to time 1: x shrinks by 1/e, an interval by as much, so that
// l = ln|dx(1)/dx(0)| = -1, and the cotangent 1 of x(1) is 1/e at the start.
func ExampleSolver() {
	o := ode.Options{Method: ode.RK4, Steps: 20, Keep: 1}
	s := ode.NewSolver(o, decay{}, 1, 2)
	x, l := make([]float64, 2), make([]float64, 2)
	s.Solve(x, l, []float64{1, 2}, 0, 1)
	start := make([]float64, 2)
	s.Pull(start, []float64{1, 1}, []float64{0, 0}, false)
	fmt.Printf("x %.4f, l %.4f, cotangent %.4f\n", x, l, start)
	// Output:
	// x [0.3679 0.7358], l [-1.0000 -1.0000], cotangent [0.3679 0.3679]
}

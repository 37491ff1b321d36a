package manybody

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
)

// What Lift carries is the derivative of the path of the same steps: against
// central differences, whose errors are h^2 and, of the second, 1e-16/h^2.
func TestLift(t *testing.T) {
	for _, name := range []string{"line", "plane", "timed", "alone"} {
		t.Run(name, func(t *testing.T) {
			const n, h = 8, 1e-3
			v, size := random(name, 0.3)
			v = v.Jets()
			o := ode.Options{Method: ode.RK4, Steps: 3, Keep: 2} // step 0 is evaluated again
			field := v.Open(n, o.Slots())
			path := ode.NewSolver(o, field, size, n)
			lift := NewLift(field, o.Method)
			x := make([]float64, size*n)
			for i := range x {
				x[i] = math.Sin(float64(3*i + 1))
			}
			run := func(p int, by float64) (z, l []float64) {
				moved := append([]float64(nil), x...)
				for j := range n {
					moved[p*n+j] += by
				}
				z, l = make([]float64, size*n), make([]float64, n)
				path.Solve(z, l, moved, 1, 0)
				return z, l
			}
			to, first0 := make([]float64, lift.Rows()*n), make([]float64, lift.Rows()*n)
			copy(to, x)
			for i := range size {
				for j := range n {
					to[lift.JRow(i, i)*n+j] = 1
				}
			}
			copy(first0, to)
			z0, l0 := run(0, 0)
			lift.Carry(to, path, o.Steps, false)
			lift.Carry(first0, path, o.Steps, true)
			for row := range lift.Rows() {
				second := row >= lift.LRow(0) && row < lift.GRow(0) || row == lift.HRow()
				for j := range n {
					if got, want := first0[row*n+j], to[row*n+j]; second && got != 0 || !second && math.Abs(got-want) > 1e-13*(1+math.Abs(want)) {
						t.Errorf("row %d, without second derivatives: %v, with: %v", row, got, want)
					}
				}
			}
			second, secondL := make([]float64, size*n), make([]float64, n)
			near := func(what string, row int, want []float64, tolerance float64) {
				t.Helper()
				for j, w := range want {
					if got := to[row*n+j]; math.Abs(got-w) > tolerance*(1+math.Abs(w)) {
						t.Errorf("%s of configuration %d is %v, want %v", what, j, got, w)
					}
				}
			}
			for p := range size {
				up, upL := run(p, h)
				down, downL := run(p, -h)
				first, firstL := make([]float64, n), make([]float64, n)
				for i := range size {
					for j := range n {
						at := i*n + j
						first[j] = (up[at] - down[at]) / (2 * h)
						second[at] += (up[at] - 2*z0[at] + down[at]) / (h * h)
					}
					near("J", lift.JRow(i, p), first, 1e-4)
				}
				for j := range n {
					firstL[j] = (upL[j] - downL[j]) / (2 * h)
					secondL[j] += (upL[j] - 2*l0[j] + downL[j]) / (h * h)
				}
				near("grad l", lift.GRow(p), firstL, 1e-4)
			}
			for i := range size {
				near("z", i, z0[i*n:(i+1)*n], 1e-13)
				near("lap z", lift.LRow(i), second[i*n:(i+1)*n], 1e-3)
			}
			near("lap l", lift.HRow(), secondL, 1e-3)
			if math.Abs(secondL[0]) < 1e-2 {
				t.Errorf("lap l = %v proves little", secondL[0])
			}
		})
	}
}

// The gradients of single configurations add up to that of all.
func TestApart(t *testing.T) {
	for _, name := range []string{"plane", "timed"} {
		const n = 5
		v, size := random(name, 0.3)
		x, vbar, lbar, xbar, times := make([]float64, size*n), make([]float64, size*n), make([]float64, n), make([]float64, size*n), make([]float64, n)
		for i := range x {
			x[i], vbar[i] = math.Sin(float64(3*i+1)), math.Cos(float64(i*i))
		}
		lbar[1], lbar[3] = 0.7, -2
		for j := range times {
			times[j] = 0.1 + 0.2*float64(j)
		}
		on := v.Open(n, 1)
		on.Eval(0, make([]float64, size*n), make([]float64, n), times, x)
		apart := on.Apart()
		on.Pull(0, xbar, vbar, lbar, true)
		on.Together()
		for _, p := range on.Grads() {
			if slices.ContainsFunc(p.Grad, func(g float64) bool { return g != 0 }) {
				t.Errorf("%s: apart, the sum of %s is not left alone", name, p.Name)
			}
		}
		on.Pull(0, xbar, vbar, lbar, true)
		for k, p := range on.Grads() {
			each := apart[k].Grad
			for i, want := range p.Grad {
				sum := 0.0
				for _, g := range each[i*n : (i+1)*n] {
					sum += g
				}
				if math.Abs(sum-want) > 1e-11*(1+math.Abs(want)) || want == 0 {
					t.Errorf("%s: parameter %d of %s: %v, want %v", name, i, p.Name, sum, want)
				}
			}
		}
	}
}

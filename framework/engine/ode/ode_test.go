package ode

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func wave(n int, by float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.Sin(by * float64(i+1))
	}
	return v
}

func maxDiff(a, b []float64) float64 {
	most := 0.0
	for i := range a {
		most = max(most, math.Abs(a[i]-b[i]))
	}
	return most
}

// starts are d*n numbers between 0.1 and 0.9, where the logistic field has its
// turning point.
func starts(size int) []float64 {
	x := wave(size, 2)
	for i := range x {
		x[i] = 0.5 + 0.4*x[i]
	}
	return x
}

func sum(a []float64) float64 {
	total := 0.0
	for _, v := range a {
		total += v
	}
	return total
}

// The conditions that make a tableau consistent, and its row sums.
func TestTableaux(t *testing.T) {
	for _, m := range []Tableau{RK4, DormandPrince} {
		if math.Abs(sum(m.B)-1) > 1e-15 || math.Abs(sum(m.E)) > 1e-15 {
			t.Errorf("%s: weights add up to %v, of the error to %v", m.Name, sum(m.B), sum(m.E))
		}
		for i, a := range m.A {
			if math.Abs(sum(a)-m.C[i]) > 2e-15 {
				t.Errorf("%s: row %d adds up to %v, not %v", m.Name, i, sum(a), m.C[i])
			}
		}
	}
}

// Halving the step divides the error of x and of l by 2^order; 0.15 is what
// remains of higher orders at these steps.
func TestOrder(t *testing.T) {
	const d, n, to = 2, 3, 2.0
	x0 := starts(d * n)
	for _, m := range []Tableau{RK4, DormandPrince} {
		var before [2]float64
		for _, steps := range []int{16, 32, 64} {
			f := &logistic[float64]{d: d, n: n}
			x, l, xe, le := make([]float64, d*n), make([]float64, n), make([]float64, d*n), make([]float64, n)
			NewSolver(Options{Method: m, Steps: steps}, f, d, n).Solve(x, l, x0, 0, to)
			f.exact(xe, le, x0, to)
			now := [2]float64{maxDiff(x, xe), maxDiff(l, le)}
			for k, name := range []string{"x", "l"} {
				if order := math.Log2(before[k] / now[k]); before[k] > 0 && math.Abs(order-float64(m.Order)) > 0.15 {
					t.Errorf("%s, %d steps: order of %s is %.3f", m.Name, steps, name, order)
				}
			}
			before = now
		}
	}
}

// The error follows the tolerance, and the number of steps grows like its root
// of fifth order: at least by 10^(2/5) = 2.5, less 1 for few steps, from one
// tolerance to the next.
func TestTolerance(t *testing.T) {
	const d, n, to = 2, 3, 6.0
	x0, before := starts(d*n), 0
	for _, tolerance := range []float64{1e-4, 1e-6, 1e-8, 1e-10, 1e-12} {
		f := &logistic[float64]{d: d, n: n}
		x, l, xe, le := make([]float64, d*n), make([]float64, n), make([]float64, d*n), make([]float64, n)
		s := NewSolver(Options{Method: DormandPrince, Tolerance: tolerance}, f, d, n)
		s.Solve(x, l, x0, 0, to)
		f.exact(xe, le, x0, to)
		if worst := max(maxDiff(x, xe), maxDiff(l, le)); worst > 20*tolerance {
			t.Errorf("tolerance %g: error %g", tolerance, worst)
		}
		if len(s.path) < before*3/2 {
			t.Errorf("tolerance %g: %d steps after %d", tolerance, len(s.path), before)
		}
		before = len(s.path)
	}
}

// Back in time is the inverse up to the integration error, which has the order
// of the method.
func TestReversibility(t *testing.T) {
	const d, n, to = 3, 4, 1.5
	x0 := wave(d*n, 1)
	back := func(o Options) (x, l float64) {
		s := NewSolver(o, newLayer(d, n, o.Slots()), d, n)
		x1, l1, again, l2 := make([]float64, d*n), make([]float64, n), make([]float64, d*n), make([]float64, n)
		s.Solve(x1, l1, x0, 0.2, to)
		if maxDiff(x1, x0) < 0.1 || maxDiff(l1, make([]float64, n)) < 0.1 {
			t.Fatal("nothing moved")
		}
		s.Solve(again, l2, x1, to, 0.2)
		for j := range l2 {
			l2[j] = -l2[j]
		}
		return maxDiff(again, x0), maxDiff(l2, l1)
	}
	for _, m := range []Tableau{RK4, DormandPrince} {
		x1, l1 := back(Options{Method: m, Steps: 10})
		x2, l2 := back(Options{Method: m, Steps: 40})
		if limit := math.Pow(4, float64(m.Order)-0.5); x1 < limit*x2 || l1 < limit*l2 || x2 > 1e-5 {
			t.Errorf("%s: 10 steps return within %.2g and %.2g in l, 40 within %.2g and %.2g", m.Name, x1, l1, x2, l2)
		}
	}
	if x, l := back(Options{Method: DormandPrince, Tolerance: 1e-10}); max(x, l) > 1e-9 {
		t.Errorf("with tolerance 1e-10: x within %.2g, l within %.2g", x, l)
	}
}

// options that the adjoint is tested with. The step sizes that meet a tolerance
// vary with x0 and theta, which the adjoint leaves out: at 1e-13 that is below
// what central differences see.
var options = []Options{
	{Method: RK4, Steps: 3}, {Method: RK4, Steps: 3, Keep: 2}, {Method: DormandPrince, Steps: 2, Keep: 9}, {Method: DormandPrince, Tolerance: 1e-13},
	{Method: RK4, Steps: 3, Keep: 2, Relabel: cycles},
}

var cycles = [][]int{{0, 1, 2}, {2, 0, 1}, {1, 0, 2}}

// Relabelling against permutations by hand between paths of one step; the way
// back undoes them.
func TestRelabel(t *testing.T) {
	const d, n, from, to = 3, 4, 0.1, 1.3
	x0 := wave(d*n, 1)
	x, l := make([]float64, d*n), make([]float64, n)
	whole := NewSolver(Options{Method: RK4, Steps: 3, Relabel: cycles}, newLayer(d, n, 4), d, n)
	whole.Solve(x, l, x0, from, to)

	one := NewSolver(Options{Method: RK4, Steps: 1}, newLayer(d, n, 4), d, n)
	y, part, sum := slices.Clone(x0), make([]float64, n), make([]float64, n)
	for i, labels := range cycles {
		moved := make([]float64, d*n)
		for j, k := range labels {
			copy(moved[j*n:(j+1)*n], y[k*n:(k+1)*n])
		}
		h := (to - from) / 3
		one.Solve(y, part, moved, from+float64(i)*h, from+float64(i+1)*h)
		for j := range sum {
			sum[j] += part[j]
		}
	}
	// The times of the steps are rounded differently.
	if e := max(maxDiff(x, y), maxDiff(l, sum)); e > 1e-13 {
		t.Errorf("off by %g", e)
	}
	whole.Solve(y, part, x, to, from)
	// Three coarse steps of a method of fourth order.
	if e := maxDiff(y, x0); e > 1e-2 || e == 0 {
		t.Errorf("the way back misses the start by %g", e)
	}
}

func TestAdjoint(t *testing.T) {
	const d, n, h = 3, 4, 1e-5
	x0, x1bar, lbar := wave(d*n, 1), wave(d*n, 3), wave(n, 5)
	for _, o := range options {
		for _, span := range [][2]float64{{0.1, 1.2}, {1.2, 0.1}} {
			t.Run(fmt.Sprint(o.Method.Name, o.Steps, o.Keep, o.Relabel, span), func(t *testing.T) {
				f := newLayer(d, n, o.Slots())
				s := NewSolver(o, f, d, n)
				x1, l := make([]float64, d*n), make([]float64, n)
				value := func() float64 {
					s.Solve(x1, l, x0, span[0], span[1])
					total := 0.0
					for i, v := range x1 {
						total += v * x1bar[i]
					}
					for j, v := range l {
						total += v * lbar[j]
					}
					return total
				}
				value()
				x0bar := make([]float64, d*n)
				s.Pull(x0bar, x1bar, lbar, false)
				if f.parameters != 0 || slices.ContainsFunc(f.grad, func(g float64) bool { return g != 0 }) {
					t.Error("a gradient in theta that was not asked for")
				}
				alone := slices.Clone(x0bar)
				s.Pull(x0bar, x1bar, lbar, true)
				if !slices.Equal(alone, x0bar) {
					t.Error("another gradient in x without that in theta")
				}
				if f.parameters != len(s.path) {
					t.Errorf("%d calls of PullParams in %d steps", f.parameters, len(s.path))
				}
				for _, c := range []struct {
					name       string
					at, pulled []float64
				}{{"x", x0, x0bar}, {"theta", f.theta, f.grad}} {
					for i := range c.at {
						old := c.at[i]
						c.at[i] = old + h
						up := value()
						c.at[i] = old - h
						down := value()
						c.at[i] = old
						if got := (up - down) / (2 * h); math.Abs(got-c.pulled[i]) > 3e-9 || c.pulled[i] == 0 {
							t.Errorf("%s %d: pulled %.12g, by central differences %.12g", c.name, i, c.pulled[i], got)
						}
					}
				}
			})
		}
	}
}

// Stages kept or computed once more: the same bits, with fewer evaluations.
func TestKeep(t *testing.T) {
	const d, n, steps = 3, 4, 5
	x0, x1bar, lbar := wave(d*n, 1), wave(d*n, 3), wave(n, 5)
	var want []float64
	for _, keep := range []int{0, 1, 3, 5, 50} {
		o := Options{Method: RK4, Steps: steps, Keep: keep}
		f := newLayer(d, n, o.Slots())
		s := NewSolver(o, f, d, n)
		x1, l, x0bar := make([]float64, d*n), make([]float64, n), make([]float64, d*n)
		for range 2 {
			clear(f.grad)
			f.evaluated = 0
			s.Solve(x1, l, x0, 0, 1)
			s.Pull(x0bar, x1bar, lbar, true)
		}
		evaluated := f.evaluated
		again := make([]float64, d*n)
		got := append(slices.Clone(x0bar), f.grad...)
		if s.Pull(again, x1bar, lbar, true); !slices.Equal(again, x0bar) {
			t.Errorf("keep %d: a second Pull differs", keep)
		}
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("keep %d: another gradient", keep)
		}
		if evaluations := 4 * (2*steps - max(1, min(keep, steps))); evaluated != evaluations {
			t.Errorf("keep %d: %d evaluations, want %d", keep, evaluated, evaluations)
		}
	}
}

// An equation is the same alone and among others, bit for bit.
func TestNeighboursDoNotMatter(t *testing.T) {
	const d, n = 3, 9
	x0 := wave(d*n, 1)
	for i := range x0 { // some slow, some fast
		x0[i] *= float64(i % n)
	}
	for _, o := range options {
		solve := func(x0 []float64, n int) []float64 {
			x, l := make([]float64, d*n), make([]float64, n)
			NewSolver(o, newLayer(d, n, o.Slots()), d, n).Solve(x, l, x0, 0, 3)
			return append(x, l...)
		}
		all := solve(x0, n)
		for j := range n {
			one := make([]float64, d)
			for i := range d {
				one[i] = x0[i*n+j]
			}
			for i, v := range solve(one, 1) {
				if v != all[i*n+j] {
					t.Errorf("%s %d steps, equation %d: component %d is %v alone, %v among others", o.Method.Name, o.Steps, j, i, v, all[i*n+j])
				}
			}
		}
	}
}

// The solution of x' = x^2 from 2 ends at 1/2: NaN, and the others go on.
func TestNoSolution(t *testing.T) {
	s := NewSolver(Options{Method: DormandPrince, Tolerance: 1e-8}, square{2}, 1, 2)
	x, l := make([]float64, 2), make([]float64, 2)
	s.Solve(x, l, []float64{2, -2}, 0, 1)
	if !math.IsNaN(x[0]) || !math.IsNaN(l[0]) || math.Abs(x[1]+2./3) > 1e-7 || math.Abs(l[1]+2*math.Log(3)) > 1e-7 {
		t.Errorf("x = %v, l = %v", x, l)
	}
}

func TestMalformedRelabel(t *testing.T) {
	for name, o := range map[string]Options{
		"steps missing":  {Method: RK4, Steps: 3, Relabel: cycles[:2]},
		"a component":    {Method: RK4, Steps: 1, Relabel: [][]int{{0, 1}}},
		"with tolerance": {Method: DormandPrince, Tolerance: 1e-3, Relabel: cycles},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			NewSolver(o, newLayer(3, 1, o.Slots()), 3, 1)
		}()
	}
}

func TestDoesNotAllocate(t *testing.T) {
	const d, n = 3, 4
	x0, x1, l, bar := wave(d*n, 1), make([]float64, d*n), make([]float64, n), make([]float64, d*n)
	for _, o := range options {
		s := NewSolver(o, newLayer(d, n, o.Slots()), d, n)
		step := func() {
			s.Solve(x1, l, x0, 0, 1)
			s.Pull(bar, x1, l, true)
		}
		step()
		if a := testing.AllocsPerRun(10, step); a != 0 {
			t.Errorf("%s %d steps: %v allocations", o.Method.Name, o.Steps, a)
		}
	}
}

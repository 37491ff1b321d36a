package sample

import (
	"math"
	"slices"
	"testing"
)

// at places ten chains with random momenta, for trajectories of a fixed step.
func at(t *testing.T, method Method, steps int, eps float64) *leapfrog {
	t.Helper()
	s := open(t, Options{Method: method, Chains: 10, Leapfrog: steps}).(*chains)
	l := s.kernel.(*leapfrog)
	state, err := s.Init(9)
	if err != nil {
		t.Fatal(err)
	}
	if q := state.Chains.Rows; method == MethodLatentHMC { // all at width 1, where second order shows
		for i := len(q) - elsewhere(state.Chains.N)*3; i < len(q); i++ {
			q[i] /= spread
		}
	}
	if err := l.enter(place{}, state.Chains.Rows, 0, 0); err != nil {
		t.Fatal(err)
	}
	for c, r := range s.random {
		l.eps[c] = eps
		for j := range 3 {
			l.p[3*c+j] = r.NormFloat64()
		}
		l.h[c] = l.now.u[c] + kinetic(l.p[3*c:3*c+3])
	}
	return l
}

// With its momenta turned round, a trajectory goes back to where it came from.
func TestLeapfrogIsReversible(t *testing.T) {
	for _, method := range stepping {
		l := at(t, method, 20, 0.1)
		q, p := slices.Clone(l.now.q), slices.Clone(l.p)
		if err := l.trajectory(); err != nil {
			t.Fatal(err)
		}
		far := 0.0
		for j := range p {
			far = max(far, math.Abs(l.next.q[j]-q[j]))
			l.p[j] = -l.p[j]
		}
		l.now, l.next = l.next, l.now
		if err := l.trajectory(); err != nil {
			t.Fatal(err)
		}
		for j := range p {
			// 40 steps of a dozen roundings each, of numbers of order 1
			if math.Abs(l.next.q[j]-q[j]) > 1e-13 || math.Abs(l.p[j]+p[j]) > 1e-13 {
				t.Errorf("%s: component %d came back to %v from %v", method, j, l.next.q[j], q[j])
			}
		}
		if far < 0.1 {
			t.Errorf("%s: nothing moved", method)
		}
	}
}

// The error in H after a fixed time is of second order: half the step, a
// quarter of it. The next order is smaller by eps^2 times a few.
func TestLeapfrogConservesEnergyToSecondOrder(t *testing.T) {
	for _, method := range []Method{MethodHMC, MethodLatentHMC} {
		var drift [2]float64
		for k, steps := range []int{50, 100} {
			l := at(t, method, steps, 1/float64(steps))
			if err := l.trajectory(); err != nil {
				t.Fatal(err)
			}
			for c := range l.h {
				drift[k] += math.Abs(l.next.u[c] + kinetic(l.p[3*c:3*c+3]) - l.h[c])
			}
		}
		if order := math.Log2(drift[0] / drift[1]); math.Abs(order-2) > 0.05 || drift[0] < 1e-5 {
			t.Errorf("%s: errors %v, order %v", method, drift, order)
		}
	}
}

// MALA proposes the Langevin step, Metropolis a normal one.
func TestOneLeapfrogStep(t *testing.T) {
	const eps = 0.3
	mala, metropolis := at(t, MethodMALA, 0, eps), at(t, MethodMetropolis, 0, eps)
	for _, l := range []*leapfrog{mala, metropolis} {
		q, p, g := slices.Clone(l.now.q), slices.Clone(l.p), slices.Clone(l.now.g)
		if err := l.trajectory(); err != nil {
			t.Fatal(err)
		}
		for j, x := range l.next.q {
			if want := q[j] - eps*eps/2*g[j] + eps*p[j]; math.Abs(x-want) > 1e-14 {
				t.Errorf("component %d steps to %v, want %v", j, x, want)
			}
		}
		if (l == mala) == (g[0] == 0) {
			t.Errorf("force %v", g[0])
		}
	}
}

// In latent space exp(-U) is the density of x times the Jacobian, and grad U
// its derivative: against the plain formula and central differences.
func TestLatentPotential(t *testing.T) {
	l := at(t, MethodLatentHMC, 1, 0)
	d, u := 3, l.potential
	for c := range l.h {
		want := 0.0
		for j := range d {
			z := l.now.q[c*d+j]
			x := z * (wide.s + wide.t*z*z)
			want += beta*target.energy(j, x) - math.Log(wide.slope(z))
		}
		if math.Abs(l.now.u[c]-want) > 1e-13 {
			t.Errorf("chain %d: U = %v, want %v", c, l.now.u[c], want)
		}
	}
	const h = 1e-5
	g := slices.Clone(l.now.g)
	shifted := u.point(10, d)
	for j := range d {
		var side [2][]float64
		for k, sign := range []float64{1, -1} {
			copy(shifted.q, l.now.q)
			for c := range l.h {
				shifted.q[c*d+j] += sign * h
			}
			u.at(&shifted)
			side[k] = slices.Clone(shifted.u)
		}
		for c := range l.h {
			// h^2 times a third derivative of order 10, rounding 1e-15/h
			if want := (side[0][c] - side[1][c]) / (2 * h); math.Abs(g[c*d+j]-want) > 1e-8 || want == 0 {
				t.Errorf("chain %d: dU/dz_%d = %v, want %v", c, j, g[c*d+j], want)
			}
		}
	}
}

// A step that is much too long ends in rejection, and asks for no energy at
// places that are not numbers.
func TestDivergentTrajectories(t *testing.T) {
	for _, method := range stepping {
		l := at(t, method, 10, 1e60)
		for range 3 {
			if err := l.trajectory(); err != nil {
				t.Fatal(err)
			}
		}
		if slices.Contains(l.lost, false) || !slices.Equal(l.next.q, l.now.q) {
			t.Errorf("%s: lost %v", method, l.lost)
		}
	}
}

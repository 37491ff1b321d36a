package mongeampere

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Between the normal densities N(0, A) and N(m, B) the map of least cost is x = m + T z with
//
//	T = A^(-1/2) (A^(1/2) B A^(1/2))^(1/2) A^(-1/2),   T A T = B,
//
// symmetric, and costs W_2^2 = |m|^2 + tr(A + B - 2 (A^(1/2) B A^(1/2))^(1/2)). The T here has
// the eigenvectors (1, 1) and (1, -1). A potential of second degree with one ridge function
// along each is its flow, exp(a_h |w_h|^2 time) their eigenvalue.
func TestBrenierMap(t *testing.T) {
	var (
		a    = [2][2]float64{{2, 0.6}, {0.6, 1}}
		b    = [2][2]float64{{1, -0.3}, {-0.3, 0.5}}
		m    = [2]float64{1, -2}
		map2 = [2][2]float64{{0.771516749810, -0.308606699924}, {-0.308606699924, 0.771516749810}}
	)
	const cost, time, steps = 5.611555580955, 1.0, 20
	space := core.Space{Kind: core.Field, Shape: []int{2}}
	model, err := Part.NewModel(complete(t, core.Settings{"activation": "quadratic", "hidden": int64(2), "time": time, "steps": int64(steps),
		"base_covariance": []any{2.0, 0.6, 0.6, 1.0}}), space)
	if err != nil {
		t.Fatal(err)
	}
	// Along e_h = (1, +-1)/sqrt 2 the flow is dy/dt = s (y + b), y(1) = k y(0) + (k - 1) b.
	theta := []float64{}
	s := [2]float64{math.Log(map2[0][0] + map2[0][1]), math.Log(map2[0][0] - map2[0][1])}
	along := [2]float64{(m[0] + m[1]) / math.Sqrt2, (m[0] - m[1]) / math.Sqrt2}
	theta = append(theta, 1/math.Sqrt2, 1/math.Sqrt2, 1/math.Sqrt2, -1/math.Sqrt2, s[0]/time, s[1]/time)
	for h := range s {
		theta = append(theta, along[h]/(math.Exp(s[h])-1))
	}
	if err := model.Load(theta); err != nil {
		t.Fatal(err)
	}
	// The map at 0, and its Jacobian: row j is the pull-back of the unit vector j.
	mapper := model.(core.Mapper)
	x, lnDet, rows := make([]float64, 4), make([]float64, 2), make([]float64, 4)
	if err := mapper.Map(x, lnDet, make([]float64, 4)); err != nil {
		t.Fatal(err)
	}
	if err := mapper.MapPull(rows, make([]float64, 4), []float64{1, 0, 0, 1}, make([]float64, 2)); err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s is %.12f, want %.12f", what, got, want)
		}
	}
	near("an element beside the diagonal", rows[1], rows[2], 1e-8)
	// A step of 1/20 has the error (s/20)^5/120, s = 0.77 at most: 7e-10 with all of them.
	const tolerance = 1e-8
	work := 0.0
	for i := range 2 {
		near("f(0)", x[i], m[i], tolerance)
		work += x[i] * x[i]
		for j := range 2 {
			near("T", rows[2*i+j], map2[i][j], tolerance)
			tat := 0.0
			for k := range 2 {
				for l := range 2 {
					tat += rows[2*i+k] * a[k][l] * rows[2*l+j]
					// tr (T - 1) A (T - 1)
					if i == j {
						one := func(r, c int) float64 {
							if r == c {
								return rows[2*r+c] - 1
							}
							return rows[2*r+c]
						}
						work += one(i, k) * a[k][l] * one(l, i)
					}
				}
			}
			near("T A T", tat, b[i][j], 4*tolerance)
		}
	}
	near("the cost", work, cost, 4*tolerance)
	// ln q = ln p_0(z) - ln|det T| is the density of N(m, B): at m, -ln(2 pi sqrt(det B)).
	logP := make([]float64, 1)
	if err := model.LogProb(logP, m[:]); err != nil {
		t.Fatal(err)
	}
	near("ln p(m)", logP[0], -math.Log(2*math.Pi*math.Sqrt(0.41)), tolerance)
}

// The velocity is a gradient: its Jacobian, the matrix of second derivatives of the
// potential, is symmetric for potentials of all kinds. By differences with a step of 1e-5,
// whose rounding is some 1e-11.
func TestVelocityIsGradient(t *testing.T) {
	const h = 1e-5
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			m := train(t, v.s, v.space, 0.3)
			d := v.space.Size()
			if !slices.Contains(m.Spec().Powers, core.PowerVelocity) {
				t.Skip("a lattice that moves has no velocity")
			}
			jacobian := make([]float64, d*d)
			for k := range d {
				x := make([]float64, 2*d)
				for i := range d {
					x[i] = math.Sin(float64(i + 1))
					x[d+i] = x[i]
				}
				x[k] += h
				x[d+k] -= h
				u := make([]float64, 2*d)
				if err := m.Velocity(u, x, make([]float64, 2)); err != nil {
					t.Fatal(err)
				}
				for i := range d {
					jacobian[i*d+k] = (u[i] - u[d+i]) / (2 * h)
				}
			}
			largest := 0.0
			for i := range d {
				for k := range i {
					largest = max(largest, math.Abs(jacobian[i*d+k]))
					if diff := jacobian[i*d+k] - jacobian[k*d+i]; math.Abs(diff) > 1e-8 {
						t.Errorf("elements %d, %d and %d, %d differ by %g", i, k, k, i, diff)
					}
				}
			}
			if largest < 1e-3 {
				t.Errorf("no element beside the diagonal is larger than %g", largest)
			}
		})
	}
}

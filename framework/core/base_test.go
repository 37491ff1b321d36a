package core_test

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// bases have a diagonal factor, and a full one: L L^T = [[4, 2, 0], [2, 2, 3], [0, 3, 10.25]].
var bases = map[string]*core.Base{
	"diagonal": {Mean: []float64{1, -2, 0.5}, Factor: []float64{0.5, 1, 3}},
	"full":     {Mean: []float64{1, -2, 0.5}, Factor: []float64{2, 0, 0, 1, 1, 0, 0, 3, 1.118033988749895}},
}

// logBase is ln p_0 but for the normal constants.
func logBase(b *core.Base, z []float64) float64 {
	u := append([]float64(nil), z...)
	b.Whiten(u, 1)
	sum := -b.LogDet()
	for _, v := range u {
		sum -= v * v / 2
	}
	return sum
}

func TestBase(t *testing.T) {
	for name, b := range bases {
		t.Run(name, func(t *testing.T) {
			// Two configurations side by side, and each of them alone.
			const n, d = 2, 3
			u := []float64{0.3, -1, 0.7, 2, -0.4, 0.1}
			z := append([]float64(nil), u...)
			b.Color(z, n)
			for i := range n {
				alone := []float64{u[i], u[n+i], u[2*n+i]}
				b.Color(alone, 1)
				for j, v := range alone {
					want := b.Mean[j]
					for k := range d {
						l := 0.0
						if len(b.Factor) > d {
							l = b.Factor[j*d+k]
						} else if j == k {
							l = b.Factor[j]
						}
						want += l * u[k*n+i]
					}
					if v != z[j*n+i] || math.Abs(v-want) > 1e-14 {
						t.Errorf("z_%d = %v in a batch and %v alone, want %v", j, z[j*n+i], v, want)
					}
				}
			}
			b.Whiten(z, n)
			for k := range u {
				if math.Abs(z[k]-u[k]) > 1e-14 {
					t.Errorf("u_%d = %v, want %v", k, z[k], u[k])
				}
			}
			// L^-T u against central differences of ln p_0, quadratic in z.
			at, slope := []float64{0.2, 0.4, -1}, []float64{0.2, 0.4, -1}
			b.Whiten(slope, 1)
			b.Slope(slope, 1)
			for j := range at {
				up, down := append([]float64(nil), at...), append([]float64(nil), at...)
				up[j] += 0.5
				down[j] -= 0.5
				if want := logBase(b, down) - logBase(b, up); math.Abs(slope[j]-want) > 1e-12*(1+math.Abs(want)) {
					t.Errorf("slope %d is %v, want %v", j, slope[j], want)
				}
			}
			if err := b.Check(d); err != nil {
				t.Error(err)
			}
		})
	}
	if got, want := bases["full"].LogDet(), math.Log(2*1.118033988749895); math.Abs(got-want) > 1e-15 {
		t.Errorf("ln det L = %v, want %v", got, want)
	}
}

func TestBaseKeepsSymmetries(t *testing.T) {
	field, particles := core.Space{Kind: core.Field, Shape: []int{2}}, core.Space{Kind: core.Particles, Shape: []int{2, 2}}
	round, shifted := &core.Base{Mean: make([]float64, 4), Factor: []float64{2, 2, 2, 2}}, &core.Base{Mean: []float64{1, 0, 1, 0}, Factor: []float64{1, 2, 1, 2}}
	for _, c := range []struct {
		base     *core.Base
		space    core.Space
		symmetry core.Symmetry
		want     bool
	}{
		{nil, field, core.Z2, true},
		{&core.Base{Mean: []float64{0, 0}, Factor: []float64{1, 0, 0.5, 1}}, field, core.Z2, true},
		{&core.Base{Mean: []float64{0, 1}, Factor: []float64{1, 1}}, field, core.Z2, false},
		{round, particles, core.Rotation, true}, {round, particles, core.Permutation, true},
		{shifted, particles, core.Rotation, false}, {shifted, particles, core.Permutation, true},
	} {
		if got := c.base.Keeps(c.symmetry, c.space); got != c.want {
			t.Errorf("%v keeps %s: %t", c.base, c.symmetry, got)
		}
	}
}

// The same density has one name, with diagonal or whole factors, and nil is that of standard
// normal numbers.
func TestBaseEqual(t *testing.T) {
	diagonal, whole := &core.Base{Mean: []float64{1, 0}, Factor: []float64{1, 2}}, &core.Base{Mean: []float64{1, 0}, Factor: []float64{1, 0, 0, 2}}
	coupled := &core.Base{Mean: []float64{1, 0}, Factor: []float64{1, 0, 0.5, 2}}
	standard, moved := &core.Base{Mean: []float64{0, 0}, Factor: []float64{1, 1}}, &core.Base{Mean: []float64{0, 1}, Factor: []float64{1, 1}}
	for _, c := range []struct {
		a, b *core.Base
		want bool
	}{
		{nil, nil, true}, {nil, standard, true}, {diagonal, whole, true},
		{nil, moved, false}, {whole, coupled, false}, {diagonal, coupled, false}, {diagonal, standard, false},
	} {
		if got, back := c.a.Equal(c.b), c.b.Equal(c.a); got != c.want || back != c.want {
			t.Errorf("%v and %v: equal is %t and %t, want %t", c.a, c.b, got, back, c.want)
		}
	}
	if got, want := coupled.String(), "a normal density of mean [1 0] and factor of the covariance [1 0 0.5 2]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestBaseRefuses(t *testing.T) {
	for _, c := range []struct {
		base core.Base
		want string
	}{
		{core.Base{Mean: []float64{0}, Factor: []float64{1, 1}}, "1 means and 2 numbers of a factor, for 2 components"},
		{core.Base{Mean: []float64{0, 0}, Factor: []float64{1, -1}}, "the width -1 at component 1"},
		{core.Base{Mean: []float64{math.NaN(), 0}, Factor: []float64{1, 1}}, "the mean NaN"},
		{core.Base{Mean: []float64{0, 0}, Factor: []float64{1, 1, 0, 1}}, "not lower triangular"},
	} {
		if err := c.base.Check(2); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.base, err, c.want)
		}
	}
}

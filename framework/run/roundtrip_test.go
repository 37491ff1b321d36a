package run

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// stretched is x = 2 z of two components, whose inverse misses z by 1e-4 in the first and
// whose determinant by 1e-5.
type stretched struct{}

func (stretched) Map(x, lnDet, z []float64) error {
	for i, v := range z {
		x[i] = 2 * v
	}
	for i := range lnDet {
		lnDet[i] = 2 * math.Ln2
	}
	return nil
}

func (stretched) Inverse(z, lnDet, x []float64) error {
	for i, v := range x {
		z[i] = v/2 + 1e-4*float64(1-i%2)
	}
	for i := range lnDet {
		lnDet[i] = 2*math.Ln2 + 1e-5
	}
	return nil
}

func (stretched) MapPull(zbar, z, xbar, lbar []float64) error { return nil }

// With z_1 off by e, ln p_0 is off by -e u - e^2/2, for a base of width 0.5 with e in units of
// it: of 256 u the largest is within 2 to 5.
func TestRoundTrip(t *testing.T) {
	base := &core.Base{Mean: []float64{1, -1}, Factor: []float64{0.5, 2}}
	spec := core.ModelSpec{Space: core.Space{Kind: core.Field, Shape: []int{2}}, Base: base}
	delta, deltaP, err := roundTrip(stretched{}, spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(delta-1e-4) > 1e-12 {
		t.Errorf("z is off by %v, want 1e-4", delta)
	}
	if e := 1e-4 / 0.5; deltaP < 2*e || deltaP > 5*e {
		t.Errorf("ln p is off by %v, want some %v", deltaP, 3*e)
	}
	again, _, _ := roundTrip(stretched{}, spec, 1)
	if again != delta {
		t.Errorf("the same seed gives %v and %v", delta, again)
	}
}

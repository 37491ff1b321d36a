package data

import (
	"fmt"
	"math"
)

// Scale measures numbers in a unit, y = x/Unit, with ln|det dy/dx| = -d ln Unit.
type Scale struct {
	Unit float64 `json:"unit"`
}

// Size is d.
func (t Scale) Size(d int) (int, error) {
	if !(t.Unit > 0) || math.IsInf(t.Unit, 1) {
		return 0, fmt.Errorf("its unit is %v, and has to be finite and above 0", t.Unit)
	}
	return d, nil
}

// Forward divides.
func (t Scale) Forward(y, x []float64, rows []int, lnDet []float64) error {
	for k, v := range x {
		y[k] = v / t.Unit
	}
	for i := range rows {
		lnDet[i] -= float64(len(x)/len(rows)) * math.Log(t.Unit)
	}
	return nil
}

// Inverse multiplies.
func (t Scale) Inverse(x, y []float64) {
	for k, v := range y {
		x[k] = v * t.Unit
	}
}

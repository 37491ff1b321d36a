package data

import (
	"fmt"
	"math"
)

// Logit makes all real numbers of those in [0, 1]:
//
//	y = ln(z/(1-z)),     z = a + (1-2a) x,
//	ln|det dy/dx| = sum_j ln(1-2a) - ln z_j - ln(1-z_j),
//
// with a margin 0 <= a < 1/2 that keeps y finite at the ends (L. Dinh, J. Sohl-Dickstein and
// S. Bengio, Density estimation using Real NVP, arXiv:1605.08803, section 4.1).
type Logit struct {
	// Margin is a.
	Margin float64 `json:"margin"`
}

// Size is d.
func (t Logit) Size(d int) (int, error) {
	if !(t.Margin >= 0 && t.Margin < 0.5) {
		return 0, fmt.Errorf("its margin is %v, and must be at least 0 and below 1/2", t.Margin)
	}
	return d, nil
}

// Forward takes the logarithms.
func (t Logit) Forward(y, x []float64, rows []int, lnDet []float64) error {
	d := len(x) / max(1, len(rows))
	scale := 1 - 2*t.Margin
	for k, v := range x {
		z := t.Margin + scale*v
		if !(v >= 0 && v <= 1) {
			return illegal(x, rows, k, "must be between 0 and 1")
		}
		if !(z > 0 && z < 1) {
			return illegal(x, rows, k, "with the margin 0 it has no finite logit")
		}
		below, above := math.Log(z), math.Log1p(-z)
		y[k] = below - above
		lnDet[k/d] += math.Log(scale) - below - above
	}
	return nil
}

// Inverse is x = (z - a)/(1-2a) with z = 1/(1 + exp(-y)), which may be outside [0, 1].
func (t Logit) Inverse(x, y []float64) {
	for k, v := range y {
		x[k] = (1/(1+math.Exp(-v)) - t.Margin) / (1 - 2*t.Margin)
	}
}

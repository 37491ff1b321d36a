package readout

import "math"

// Known is nil for what JSON cannot say.
func Known(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

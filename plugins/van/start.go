package van

import "math/rand/v2"

// within is the starting rule U(-bound, bound).
func within(bound float64) func([]float64, *rand.Rand) {
	return func(values []float64, r *rand.Rand) {
		for i := range values {
			values[i] = bound * (2*float64(r.Uint64()>>11)*0x1p-53 - 1)
		}
	}
}

// slope is the starting rule of PReLU's slopes.
func slope(values []float64, _ *rand.Rand) {
	for i := range values {
		values[i] = 0.5
	}
}

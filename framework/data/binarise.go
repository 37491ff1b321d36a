package data

// Binarise tells numbers from a threshold on from those below,
//
//	y = 1 where x >= Threshold, else 0.
//
// It forgets the rest of x: a likelihood is one of y, whatever went before.
type Binarise struct {
	Threshold float64 `json:"threshold"`
}

// Size is d.
func (t Binarise) Size(d int) (int, error) { return d, nil }

// Forward compares.
func (t Binarise) Forward(y, x []float64, _ []int, lnDet []float64) error {
	clear(lnDet)
	for k, v := range x {
		y[k] = 0
		if v >= t.Threshold {
			y[k] = 1
		}
	}
	return nil
}

// Inverse leaves the bits, since what they were made of is forgotten.
func (t Binarise) Inverse(x, y []float64) { copy(x, y) }

// Spins makes spins of bits, y = 2x - 1. It maps one countable set to another, so that
// nothing is added to ln|det dy/dx|.
type Spins struct{}

// Size is d.
func (t Spins) Size(d int) (int, error) { return d, nil }

// Forward makes the spins.
func (t Spins) Forward(y, x []float64, rows []int, _ []float64) error {
	if err := checkNumbers(x, rows, 2); err != nil {
		return err
	}
	for k, v := range x {
		y[k] = 2*v - 1
	}
	return nil
}

// Inverse makes the bits.
func (t Spins) Inverse(x, y []float64) {
	for k, v := range y {
		x[k] = (v + 1) / 2
	}
}

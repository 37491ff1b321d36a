package data

// OneHot writes each level x = 0, 1, ..., q-1 as q numbers,
//
//	y_a = 1 where a = x, else 0,
//
// with number j of x at j q to j q + q-1. It maps one countable set to another, so that
// P(y) is P(x), and nothing is added to ln|det dy/dx|.
type OneHot struct {
	// Levels is q.
	Levels int `json:"levels"`
}

// Size is d q.
func (t OneHot) Size(d int) (int, error) { return d * t.Levels, checkLevels(t.Levels) }

// Forward writes the ones.
func (t OneHot) Forward(y, x []float64, rows []int, _ []float64) error {
	if err := checkNumbers(x, rows, t.Levels); err != nil {
		return err
	}
	clear(y)
	for k, v := range x {
		y[k*t.Levels+int(v)] = 1
	}
	return nil
}

// Inverse is the place of the largest of q numbers, the first where there are several.
func (t OneHot) Inverse(x, y []float64) {
	for k := range x {
		of, most := y[k*t.Levels:(k+1)*t.Levels], 0
		for a, v := range of {
			if v > of[most] {
				most = a
			}
		}
		x[k] = float64(most)
	}
}

package data

import "fmt"

// Centre gives each coordinate the mean 0 over the training rows, y_j = x_j - m_j.
type Centre struct {
	// Mean is m; Fit sets it.
	Mean []float64 `json:"mean"`
}

var _ Fitter = Centre{}

// Size is d.
func (t Centre) Size(d int) (int, error) {
	if len(t.Mean) != d {
		return 0, fmt.Errorf("it has %d means, and configurations of %d numbers", len(t.Mean), d)
	}
	for j, m := range t.Mean {
		if m-m != 0 {
			return 0, fmt.Errorf("its mean %d is %v", j+1, m)
		}
	}
	return d, nil
}

// Fit takes the mean of x.
func (t Centre) Fit(x []float64, d int) (Transform, []string, error) {
	return Centre{Mean: means(x, d)}, nil, nil
}

// means are those of the columns of x.
func means(x []float64, columns int) []float64 {
	mean := make([]float64, columns)
	each := float64(len(x) / max(1, columns)) // numbers of a column
	for k, v := range x {
		mean[k%columns] += v / each
	}
	return mean
}

// Forward shifts.
func (t Centre) Forward(y, x []float64, _ []int, _ []float64) error {
	for k, v := range x {
		y[k] = v - t.Mean[k%len(t.Mean)]
	}
	return nil
}

// Inverse shifts back.
func (t Centre) Inverse(x, y []float64) {
	for k, v := range y {
		x[k] = v + t.Mean[k%len(t.Mean)]
	}
}

package data

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Standardise gives the training rows mean 0 and variance 1,
//
//	y_j = (x_j - m_j)/s_j,     ln|det dy/dx| = -sum_j ln s_j,
//
// with m_j and s_j^2 the mean and the variance (1/n, not 1/(n-1)) of coordinate j, or with
// one m and one s for all coordinates. A coordinate that is the same in all training rows
// has s_j = 1.
type Standardise struct {
	// Globally asks for one m and s.
	Globally bool `json:"globally"`
	// Mean and Scale are m and s, of one number where there is one for all coordinates. Fit
	// sets them.
	Mean  []float64 `json:"mean"`
	Scale []float64 `json:"scale"`
}

var _ Fitter = Standardise{}

// Size is d.
func (t Standardise) Size(d int) (int, error) {
	n := d
	if t.Globally {
		n = 1
	}
	if len(t.Mean) != n || len(t.Scale) != n {
		return 0, fmt.Errorf("it has %d means and %d scales, and configurations of %d numbers need %d", len(t.Mean), len(t.Scale), d, n)
	}
	for j := range n {
		if m, s := t.Mean[j], t.Scale[j]; m-m != 0 || !(s > 0) || math.IsInf(s, 1) {
			return 0, fmt.Errorf("its mean %d is %v and its scale %v; a scale is above 0 and both are finite", j+1, m, s)
		}
	}
	return d, nil
}

// Fit takes mean and variance of x, and names coordinates that do not vary.
func (t Standardise) Fit(x []float64, d int) (Transform, []string, error) {
	columns := d
	if t.Globally {
		columns = 1
	}
	fitted := Standardise{Globally: t.Globally, Mean: means(x, columns), Scale: make([]float64, columns)}
	each := float64(len(x) / max(1, columns)) // numbers of a column
	same := make([]bool, columns)
	for j := range same {
		same[j] = true
	}
	for k, v := range x {
		j := k % columns
		fitted.Scale[j] += (v - fitted.Mean[j]) * (v - fitted.Mean[j]) / each
		same[j] = same[j] && v == x[j]
	}
	var constant []int
	for j, is := range same {
		if fitted.Scale[j] = math.Sqrt(fitted.Scale[j]); is || fitted.Scale[j] == 0 {
			fitted.Mean[j], fitted.Scale[j] = x[j], 1
			constant = append(constant, j+1)
		}
	}
	if len(constant) == 0 {
		return fitted, nil, nil
	}
	return fitted, []string{fmt.Sprintf("standardise: %d of %d coordinates are the same in all training rows, %s: "+
		"they are shifted to 0 and not scaled, and a density of them has no bound", len(constant), columns, core.Shorten(fmt.Sprint(constant)))}, nil
}

// at are m and s of number k.
func (t Standardise) at(k int) (m, s float64) {
	j := k % len(t.Mean)
	return t.Mean[j], t.Scale[j]
}

// Forward shifts and scales.
func (t Standardise) Forward(y, x []float64, rows []int, lnDet []float64) error {
	d := len(x) / max(1, len(rows))
	lnScale := 0.0
	for j := range d {
		_, s := t.at(j)
		lnScale += math.Log(s)
	}
	for k, v := range x {
		m, s := t.at(k)
		y[k] = (v - m) / s
	}
	for i := range rows {
		lnDet[i] -= lnScale
	}
	return nil
}

// Inverse is x = m + s y.
func (t Standardise) Inverse(x, y []float64) {
	for k, v := range y {
		m, s := t.at(k)
		x[k] = m + s*v
	}
}

package data

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Whiten gives the training rows mean 0 and covariance 1, by the matrix that changes them
// least (A. Kessy, A. Lewin and K. Strimmer, Am. Stat. 72, 309 (2018)),
//
//	y = C^(-1/2) (x - m),     ln|det dy/dx| = -1/2 ln det C,
//
// with m and C the mean and the covariance (1/n) of the training rows. A normal density of y
// is one of x with any covariance, so that a model of y starts where the best normal density
// ends. Each y_j stays as near to its x_j as is possible. Directions in which the training
// rows do not vary are not scaled.
type Whiten struct {
	// Mean and Matrix are m and C^(-1/2), row-major. Fit sets them.
	Mean   []float64 `json:"mean"`
	Matrix []float64 `json:"matrix"`
}

var _ Fitter = Whiten{}

// Size is d.
func (t Whiten) Size(d int) (int, error) {
	if len(t.Mean) != d || len(t.Matrix) != d*d {
		return 0, fmt.Errorf("it has %d means and a matrix of %d numbers, and configurations of %d numbers need %d and %d", len(t.Mean), len(t.Matrix), d, d, d*d)
	}
	for j, m := range t.Mean {
		if m-m != 0 {
			return 0, fmt.Errorf("its mean %d is %v", j+1, m)
		}
	}
	if _, err := tensor.Factor(d, t.Matrix); err != nil {
		return 0, fmt.Errorf("its matrix %w", err)
	}
	return d, nil
}

// whitenRows are the rows of one product.
const whitenRows = 256

// Fit takes the mean and the covariance of x.
func (t Whiten) Fit(x []float64, d int) (Transform, []string, error) {
	// The covariance, its directions twice, and the matrix.
	if err := core.Afford(4*8*float64(d)*float64(d), "whiten", fmt.Sprintf("the covariance of %d coordinates", d), "standardise instead"); err != nil {
		return nil, nil, err
	}
	fitted := Whiten{Mean: means(x, d), Matrix: make([]float64, d*d)}
	covariance := make([]float64, d*d)
	n := len(x) / max(1, d)
	fitted.centred(x, func(_ int, rows []float64) {
		tensor.Gemm(true, false, d, d, len(rows)/d, 1/float64(n), rows, d, rows, d, 1, covariance, d)
	})
	var modes mat.EigenSym
	if !modes.Factorize(mat.NewSymDense(d, covariance), true) {
		return nil, nil, fmt.Errorf("the covariance of the training rows has no directions that could be found")
	}
	var axes mat.Dense // columns are the directions
	modes.VectorsTo(&axes)
	variances, flat := modes.Values(nil), 0
	scaled := make([]float64, d*d)
	for j, v := range variances {
		// Rounding leaves a variance of nothing within this of zero.
		if v <= float64(d)*0x1p-52*variances[d-1] {
			v, flat = 1, flat+1
		}
		for i := range d {
			scaled[i*d+j] = axes.At(i, j) / math.Sqrt(v)
		}
	}
	tensor.Gemm(false, true, d, d, d, 1, scaled, d, axes.RawMatrix().Data, d, 0, fitted.Matrix, d)
	symmetrise(fitted.Matrix, d)
	if flat == 0 {
		return fitted, nil, nil
	}
	return fitted, []string{fmt.Sprintf("whiten: the %d training rows do not vary in %d of %d directions: "+
		"they are not scaled there, and a density of them has no bound", n, flat, d)}, nil
}

// symmetrise takes the mean of a matrix and its transpose, which differ by rounding.
func symmetrise(a []float64, d int) {
	for i := range d {
		for j := range i {
			mean := (a[i*d+j] + a[j*d+i]) / 2
			a[i*d+j], a[j*d+i] = mean, mean
		}
	}
}

// centred gives x - m to do in blocks of rows, each with the place where it begins. The
// block is reused.
func (t Whiten) centred(x []float64, do func(from int, rows []float64)) {
	size := whitenRows * len(t.Mean)
	block := make([]float64, min(size, len(x)))
	for from := 0; from < len(x); from += size {
		rows := block[:min(size, len(x)-from)]
		for k := range rows {
			rows[k] = x[from+k] - t.Mean[k%len(t.Mean)]
		}
		do(from, rows)
	}
}

// Forward shifts and multiplies.
func (t Whiten) Forward(y, x []float64, rows []int, lnDet []float64) error {
	d := len(t.Mean)
	t.centred(x, func(from int, rows []float64) {
		tensor.Gemm(false, false, len(rows)/d, d, d, 1, rows, d, t.Matrix, d, 0, y[from:], d)
	})
	l, lnScale := t.factor(), 0.0
	for j := range d {
		lnScale += 2 * math.Log(l[j*d+j])
	}
	for i := range rows {
		lnDet[i] += lnScale
	}
	return nil
}

// factor is the lower triangle L of the matrix L L^T.
func (t Whiten) factor() []float64 {
	l, err := tensor.Factor(len(t.Mean), t.Matrix)
	if err != nil {
		panic("data: whiten with a matrix that Size refuses: " + err.Error())
	}
	return l
}

// Inverse solves for x.
func (t Whiten) Inverse(x, y []float64) {
	d := len(t.Mean)
	l := t.factor()
	copy(x, y)
	tensor.SolveLower(true, true, len(x)/d, d, l, d, x, d)
	tensor.SolveLower(true, false, len(x)/d, d, l, d, x, d)
	for k := range x {
		x[k] += t.Mean[k%d]
	}
}

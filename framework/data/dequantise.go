package data

import (
	"fmt"
	"math"
)

// Dequantise makes densities of levels: of x = 0, 1, ..., q-1 it makes
//
//	y = (x + u)/q,     ln|det dy/dx| = -d ln q,
//
// with u uniform in [0, 1). The cell of x has the volume q^-d, so that a density p of y has
// ln P(x) = ln < p(y) >_u - d ln q, and by Jensen's inequality -< ln P(x) > is at most
// -< ln p(y) + ln|det dy/dx| >: NLL(x) is a bound (L. Theis, A. van den Oord and M. Bethge,
// A note on the evaluation of generative models, arXiv:1511.01844, section 3.1).
//
// u of column j of row i is Noise.Uniform(i d + j), whichever other rows there are.
type Dequantise struct {
	// Levels is q.
	Levels int `json:"levels"`
	// Seed is that of the noise.
	Seed uint64 `json:"seed"`
}

// mostLevels is more than any picture or lattice has.
const mostLevels = 1 << 31

func checkLevels(q int) error {
	if q < 2 || q > mostLevels {
		return fmt.Errorf("it has %d levels, and needs 2 or more", q)
	}
	return nil
}

// Size is d.
func (t Dequantise) Size(d int) (int, error) { return d, checkLevels(t.Levels) }

// Forward adds noise.
func (t Dequantise) Forward(y, x []float64, rows []int, lnDet []float64) error {
	if err := checkNumbers(x, rows, t.Levels); err != nil {
		return err
	}
	noise, q := Noise{t.Seed}, float64(t.Levels)
	d := len(x) / max(1, len(rows))
	for i, row := range rows {
		for j := range d {
			v := x[i*d+j]
			u := noise.Uniform(uint64(row)*uint64(d) + uint64(j))
			// y may round up to the next level, of which Inverse would make another x.
			y[i*d+j] = min((v+u)/q, math.Nextafter((v+1)/q, 0))
		}
		lnDet[i] -= float64(d) * math.Log(q)
	}
	return nil
}

// checkNumbers tests that all numbers are levels.
func checkNumbers(x []float64, rows []int, q int) error {
	for k, v := range x {
		if !(v >= 0 && v < float64(q) && v == math.Trunc(v)) {
			return illegal(x, rows, k, fmt.Sprintf("levels are whole numbers from 0 to %d", q-1))
		}
	}
	return nil
}

// Inverse is the level in whose cell y is, the nearest one outside [0, 1).
func (t Dequantise) Inverse(x, y []float64) {
	q := float64(t.Levels)
	for k, v := range y {
		level := math.Floor(v * q)
		switch { // the product may be rounded across the border of a cell
		case (level+1)/q <= v:
			level++
		case level/q > v:
			level--
		}
		x[k] = max(0, min(q-1, level))
	}
}

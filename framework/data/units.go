package data

import "math"

// Units say what a model that learns y says of x, on the same rows:
//
//	NLL(x) = NLL(y) - < ln|det dy/dx| >     in nats,
//
// NLL(y) = -< ln p(y) >; in bits per dimension it is NLL(x)/(d ln 2).
type Units struct {
	// LnDet is < ln|det dy/dx| > over the rows.
	LnDet float64
	// Size is d, the numbers of one x.
	Size int
}

// UnitsOf configurations of d numbers that were transformed.
func UnitsOf(t Transformed, d int) Units {
	mean := 0.0
	for _, v := range t.LnDet {
		mean += v / float64(len(t.LnDet))
	}
	return Units{mean, d}
}

// Nats is NLL(x) of NLL(y).
func (u Units) Nats(y float64) float64 { return y - u.LnDet }

// BitsPerDimension of x where NLL(y) is given.
func (u Units) BitsPerDimension(y float64) float64 { return u.Nats(y) / (float64(u.Size) * math.Ln2) }

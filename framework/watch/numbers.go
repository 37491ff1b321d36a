package watch

import (
	"math"
	"strconv"
)

// digits of a number in JSON: a free energy of 10^6 with an error of 10^-5 keeps both.
const digits = 12

// Number is null in JSON where it is not finite.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) { return appendNumber(nil, float64(n)), nil }

// Numbers are a list of Number.
type Numbers []float64

// MarshalJSON implements json.Marshaler.
func (n Numbers) MarshalJSON() ([]byte, error) {
	text := append(make([]byte, 0, 12*len(n)+2), '[')
	for i, x := range n {
		if i > 0 {
			text = append(text, ',')
		}
		text = appendNumber(text, x)
	}
	return append(text, ']'), nil
}

func appendNumber(text []byte, x float64) []byte {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return append(text, "null"...)
	}
	return strconv.AppendFloat(text, x, 'g', digits, 64)
}

package stats

import (
	"fmt"
	"math"
)

// PlusMinus writes a value with the digits that its error supports; without an error, NaN, six.
func PlusMinus(value, stderr float64) string {
	format, d := notation(value, stderr)
	if math.IsNaN(stderr) {
		return fmt.Sprintf("%.*"+format, d, value)
	}
	if format == "e" {
		return fmt.Sprintf("%.*e +- %.1e", d, value, stderr)
	}
	return fmt.Sprintf("%.*f +- %.*f", d, value, d, stderr)
}

// ExactText writes an exact value with one digit more than the estimate has.
func ExactText(exact, value, stderr float64) string {
	format, d := notation(value, stderr)
	return fmt.Sprintf("%.*"+format, d+1, exact)
}

// notation is how to write a value: fixed (f), or scientific (e) where that
// would be all zeros, with the decimals that show two digits of the error, six
// digits of the value when the error is zero or unknown.
func notation(value, stderr float64) (format string, decimals int) {
	size, scale, digits := exponent(value), exponent(stderr), 1
	if !(stderr > 0) || math.IsInf(stderr, 0) {
		scale, digits = size, 5
	}
	if largest := max(size, scale); largest < -4 || largest > 8 {
		return "e", min(15, max(1, size-scale+digits))
	}
	return "f", min(15, max(0, digits-scale))
}

// exponent is that of the first digit of x; 0 where there is none.
func exponent(x float64) int {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return int(math.Floor(math.Log10(math.Abs(x))))
}

package tensor

// Erfc writes the complementary error function y = erfc(x) of x >= 0, with a
// relative error of some x^2 roundings; above 26 it may be 1e-300 for 0.
func Erfc(y, x []float64) {
	need("Erfc", x, 1, len(y), len(y))
	if len(y) > 0 {
		erfc(y, x)
	}
}

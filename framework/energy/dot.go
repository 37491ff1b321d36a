package energy

// Dot is a . b over the length of a. Two sums hide the latency of the additions; for
// spins they are sums of integers and exact in any order.
func Dot(a, b []float64) float64 {
	b = b[:len(a)]
	t, u := 0.0, 0.0
	for len(a) >= 2 && len(b) >= 2 {
		t += a[0] * b[0]
		u += a[1] * b[1]
		a, b = a[2:], b[2:]
	}
	if len(a) == 1 {
		t += a[0] * b[0]
	}
	return t + u
}

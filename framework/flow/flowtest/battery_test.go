package flowtest

import "testing"

func TestAutoregression(t *testing.T) {
	for _, d := range []int{1, 2, 7} {
		Battery(t, Autoregression(d, 4), Options{Dim: d})
	}
}

package optim

import (
	"math"
	"testing"
)

// With sgd and no other gradient, theta shrinks by 1 - rate weight a step; with
// a weight of 0 the gradient is as it was, also where theta is not finite.
func TestDecay(t *testing.T) {
	theta, grad := []float64{2, -3}, []float64{0, 0}
	AddDecay(grad, theta, 0.5)
	(&SGD{}).move(theta, grad, 0.1)
	if math.Abs(theta[0]-1.9) > 1e-15 || math.Abs(theta[1]+2.85) > 1e-15 {
		t.Errorf("theta %v, want 2 and -3 times 0.95", theta)
	}
	grad = []float64{7}
	AddDecay(grad, []float64{math.Inf(1)}, 0)
	if grad[0] != 7 {
		t.Errorf("gradient %v, want 7", grad)
	}
}

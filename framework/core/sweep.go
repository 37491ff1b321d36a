package core

// PowerSweep declares that the model is a Sweeper.
const PowerSweep Power = "sweep"

// Sweeper is a model of which a few parameters at a time can be fitted well while the
// others are fixed, as the tensors of a network, one or two of them after the other.
type Sweeper interface {
	// Sweep writes the gradient of
	//
	//	f(theta) = sum_i w_i ln p(x_i; theta),   w fixed,
	//
	// into grad, as Pull does, and into step what it has found, once through all
	// parameters: f(theta - step) is less than f(theta) where the gradient is not zero.
	// It leaves the parameters as they were loaded. len(w) = b.N, len(grad) = len(step) =
	// Spec().Parameters.
	Sweep(grad, step []float64, b *Batch, w []float64) error
}

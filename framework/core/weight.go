package core

// PowerWeight declares that the model is a Weigher. Such a model draws without ln p:
// LogProb and Pull are not asked for.
const PowerWeight Power = "weight"

// Weigher is a model that knows its density up to a constant: p(x) = exp(w(x)) / Z.
type Weigher interface {
	// LogWeight writes w(x_i). len(x) = len(dst) * Space.Size().
	LogWeight(dst []float64, x []float64) error
	// WeightPull writes sum_i bar_i grad_theta w(x_i) into grad (overwriting it).
	// len(bar) = b.N.
	WeightPull(grad []float64, b *Batch, bar []float64) error
}

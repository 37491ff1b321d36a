package core

// PowerWeight declares that the model is a Weigher. Such a model draws without ln p:
// LogProb and Pull are not asked for.
const PowerWeight Power = "weight"

// PowerLogZ declares that a Weigher is a Normaliser.
const PowerLogZ Power = "log_z"

// Normaliser is a Weigher that finds its own ln Z, exactly or as an estimate, so that
// ln p(x) = w(x) - ln Z can be judged after a training that did without.
type Normaliser interface {
	// LogZ returns ln Z of the loaded parameters and its standard error, 0 where it is
	// exact. The same parameters give the same numbers.
	LogZ() (value, stderr float64, err error)
}

// Weigher is a model that knows its density up to a constant: p(x) = exp(w(x)) / Z.
type Weigher interface {
	// LogWeight writes w(x_i). len(x) = len(dst) * Space.Size().
	LogWeight(dst []float64, x []float64) error
	// WeightPull writes sum_i bar_i grad_theta w(x_i) into grad (overwriting it).
	// len(bar) = b.N.
	WeightPull(grad []float64, b *Batch, bar []float64) error
}

package core

// Noise is a column of independent random numbers. Those of row i follow from the seed,
// the step and i alone.
type Noise struct {
	Column *Quantity[float64]
	Law    Law
	// Values is how many numbers a Uniform one can be, at equal distances from 0 to 1 with
	// both ends among them, or 1 alone; 0 stands for all of [0, 1).
	Values int
}

// Law is what random numbers are distributed by.
type Law string

const (
	// Normal numbers have mean 0 and variance 1.
	Normal Law = "normal"
	// FromBase is a configuration of latent variables as the base density of the model has
	// them.
	FromBase Law = "base"
	// Uniform numbers are in [0, 1).
	Uniform Law = "uniform"
	// Signs are 1 or -1, evenly.
	Signs Law = "signs"
)

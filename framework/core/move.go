package core

// PowerMove declares that the model is a Mover.
const PowerMove Power = "move"

// Mover is a Weigher that knows a Markov chain with the stationary density p, and takes steps
// of it from any configuration.
type Mover interface {
	Weigher
	// Move writes into each y_i the configuration to which the chain, started at x_i, has
	// come after the number of steps that the model's settings say. Every random number
	// follows from u_i, which are as many independent uniform numbers in [0, 1) as x_i has.
	// len(y) = len(x) = len(u).
	Move(y, x, u []float64) error
}

// movedPull is the sum over a batch of bar_i grad w(x_i) + moved_i grad w(y_i), y = [Moved],
// share by share, so that it does not depend on how the batch is cut.
func movedPull(m Weigher, c *Call) (err error) {
	grad := Gradient.Of(c.Out)
	one, d := make([]float64, len(grad)), len(X.Of(c.In))/max(1, c.In.N)
	c.In.Sum(grad, func(sum []float64, from, to int) {
		add := func(x, bar []float64) {
			if err == nil {
				err = m.WeightPull(one, &Batch{N: to - from, Shares: 1, X: x[from*d : to*d]}, bar[from:to])
			}
			for k, v := range one {
				sum[k] += v
			}
		}
		add(X.Of(c.In), LogWeight.Of(c.Bar))
		add(Moved.Of(c.In), MovedWeight.Of(c.Bar))
	})
	return err
}

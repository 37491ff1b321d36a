// Package run holds the one loop of Helmholtz: a checked plan and its bound
// parts in, a results folder out.
//
// A training step is a few calls across the plugin border, whatever the number
// of samples:
//
//	x, ln p  <- model draw (theta, seed, n)
//	E        <- energy evaluate (x)
//	grad     <- model pull (x, bars),   bars from objective.Cotangents(ln p, E, beta_t)
//	theta    <- optimizer.Step(theta, grad)
//
// An objective says which columns of a batch it wants and of which it gives
// cotangents, and no more. The calls in between are a recipe (recipe.Find), found
// before anything is drawn: the slope with E in one call, ln p of data, V and the
// Laplacian and from them the local energy of a density matrix; and the pull-back
// that takes just these cotangents. A step whose numbers are not finite ends as
// [train] nan says.
//
// Evaluation is the same circle without the last two lines: batches go to the
// estimators instead, from the model and, where the plan has a sampler of
// Markov chains, from those. A run without a model is that alone.
//
// The host owns everything that a continuation needs (theta, the optimiser's
// state, the step number, the history, what Markov chains within the model
// remember); all draws derive from (seed, purpose, step). So a run that was
// stopped and resumed is the run that was not, bit for bit, and a plugin that
// dies takes nothing with it.
package run

// Package learn is the loop in which parameters are learned: from energies, from
// data, or from both.
//
//	grad loss = sum over terms k of weight_k sum_i bar_k(x_i) d(columns)/dtheta,
//	x_i from the source of term k
//
// A [Source] is a stream of configurations: a model's draws, data, chains, noise, or
// others joined row by row. A [Term] is an objective on a source; the loop finds the
// calls by which the parts of the term give what the objective wants, makes them,
// and pulls the cotangents back. A [Learner] is a model whose parameters descend a
// weighted sum of terms. A [Loop] has learners that take turns, on one or several
// ranks: each rank has its own rows of every batch, and all have the same parameters,
// bit for bit those of a run on one rank.
package learn

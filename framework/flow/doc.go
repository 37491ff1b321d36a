// Package flow turns an invertible smooth map of normal variables, a
// [Bijection], into a model: a density that is drawn from, evaluated and
// differentiated in every way of package core.
//
//	x = f(z; theta),   z_j ~ N(0, 1) independent,
//	ln q(x) = sum_j ln N(z_j; 0, 1) - l,   l = ln|det dx/dz|
//
// With [Options.Images], a group of permutations and signs g with g_1 = 1, the
// model is the mean of q over the images (symmetrisation),
//
//	p(x) = 1/G sum_k q(g_k x),   drawn as x = g^-1 f(z) with a random g.
//
// A bijection knows nothing of probabilities, batches or threads: it maps a
// chunk of configurations both ways, and pulls cotangents back both ways.
// Everything else is here: random numbers, chunks on all processors, gradients
// summed in a fixed order, images, cotangents of ln p.
package flow

// Package autoregressive makes a model of a network that reads a configuration site by
// site, of spins or of levels:
//
//	q(x)     = prod_i q(x_i | x_<i)           sites in raster order
//	q_Z2(x)  = [q(x) + q(-x)] / 2             with Z2, of spins: exactly symmetric
//
// A [Network] gives logits, and nothing else. Sampling, ln p, symmetrisation, the cut of
// a batch into chunks, and the hidden states that a pull-back goes on from are here and the
// same for all.
//
//	m := autoregressive.New(autoregressive.Options{Name: "van", Network: net, Space: space})
//
// Site i reads one number of its sample's stream; with Z2 there is one more for the flip.
package autoregressive

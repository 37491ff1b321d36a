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
//	m := autoregressive.New(autoregressive.Options[float64]{Name: "van", Network: net, Space: space})
//
// The network computes in float64 or in float32. Draws and ln q are made of its logits in
// float64, and what is drawn has the ln p of the same configuration given, bit for bit: so the
// density is normalised and reweighting exact in either precision.
//
// Site i reads one number of its sample's stream; with Z2 there is one more for the flip.
package autoregressive

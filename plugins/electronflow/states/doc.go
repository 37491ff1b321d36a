// Package states is the part of a density matrix that says which orbitals are
// occupied,
//
//	p(K) = prod_i p(k_i | k_1 ... k_(i-1)),   K = k_1 < ... < k_N out of M orbitals,
//
// an autoregressive distribution over all M!/N!(M-N)! sets of N orbitals (H. Xie,
// L. Zhang and L. Wang, SciPost Phys. 14, 154 (2023), arXiv:2201.03156).
//
// Electrons of two spins have a set each, and those of the second are chosen after, and
// knowing, those of the first: K = k_1 < ... < k_N1, k_N1+1 < ... < k_N. The free gas is then
// a product, and exact as well. That both spins are alike where there are as many of one as
// of the other is not built in.
//
// The logits are those of the free gas plus those of a causal transformer that
// reads the wave vectors of the orbitals chosen so far:
//
//   - [PlaneWaves] lists the orbitals, those of high energy first: electrons far
//     from the Fermi sea are chosen first, and what is left fills the sea.
//   - choice.go: the choices that are left (each k_i is above the one before and
//     leaves room for those that follow), so that p is normalised over sets.
//   - prior.go: the conditional probabilities of the free gas, which are exact.
//   - transformer.go: the network, of the layers in package nn.
//   - chunk.go: states drawn and evaluated some at a time; model.go: [Model], whole
//     batches of them; pretrain.go: a start without the prior.
//
// # For the caller
//
//	m, err := states.New(states.Options{Particles: n, Orbitals: states.PlaneWaves(d, eMax, twist), ...})
//	m.Parameters(), m.Blocks()            // its piece of theta
//	err = m.Init(theta, seed)
//	m.Load(theta)
//	err = m.Sample(k, logP, seed)         // len(logP) states; k row-major, orbitals of PlaneWaves
//	err = m.LogProb(logP, k)
//	err = m.Pull(grad, par.All(len(w)), k, w)              // sum_b w_b grad ln p(K_b)
//	err = m.Scores(scores, stride, k)     // row b: grad ln p(K_b)
//
// The methods of one value are called from one goroutine at a time; they use all
// processors, and their results depend neither on how many these are nor, for one
// state, on the others of the batch.
package states

package core

import (
	"fmt"
	"slices"
)

// PowerBound declares that the model is a Bounder. Such a model draws without ln p:
// LogProb and Pull are not asked for.
const PowerBound Power = "bound"

// Bounder is a model with latent variables z, of which it has q = ModelSpec.Latents, and
// with an encoder q(z|x) that stands for p(z|x), which nobody knows:
//
//	p(x) = int p(x|z) p(z) dz,   z = f(eps; x) ~ q(z|x) of standard normal numbers eps,
//	w = p(x|z) p(z)/q(z|x),   <w> = p(x),   < ln w > <= ln p(x).
//
// The mean of ln w is the evidence lower bound (Kingma and Welling, "Auto-encoding
// variational Bayes", arXiv:1312.6114), and that of ln 1/k sum_j w_j over k independent z a
// bound that grows with k (Burda, Grosse and Salakhutdinov, "Importance weighted
// autoencoders", arXiv:1509.00519).
type Bounder interface {
	// Bound writes ln w_i at x_i and eps_i. len(x) = len(dst) * Space.Size(), len(eps) =
	// len(dst) * Latents.
	Bound(dst, x, eps []float64) error
	// BoundPull writes the derivative of sum_i bar_i ln w_i in theta into grad (overwriting
	// it), with that through z at fixed noise, at b.X and the noise of b's column
	// [LatentNoise]. len(bar) = b.N, len(grad) = Spec().Parameters.
	BoundPull(grad []float64, b *Batch, bar []float64) error
	// Encode writes mean and standard deviation of each latent variable in q(z|x_i).
	Encode(mean, deviation, x []float64) error
}

// withoutLogP are the powers of models that do not know their ln p.
var withoutLogP = []Power{PowerWeight, PowerBound}

// LacksLogP tells whether a model with these powers does not know its ln p, and draws
// without it.
func LacksLogP(powers []Power) bool {
	return slices.ContainsFunc(powers, func(p Power) bool { return slices.Contains(withoutLogP, p) })
}

// dependent are powers of models whose draws are not independent ones of a density that has
// an ln p at every x.
var dependent = []Power{PowerQuantum, PowerWalk, PowerWeight, PowerBound}

// LacksDensity says why a model with these powers has no density of independent draws,
// nil where it has one.
func LacksDensity(powers []Power) error {
	for _, p := range dependent {
		if slices.Contains(powers, p) {
			return fmt.Errorf("a model with the power %q has no density of independent draws", p)
		}
	}
	return nil
}

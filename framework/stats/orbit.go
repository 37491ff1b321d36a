package stats

import "math"

// A density p and its images under a finite group G of maps that keep the measure make the mixture
//
//	p_G(x) = 1/|G| sum_g p(g x),
//
// which is normalised and has the symmetry. All symmetric f have < f >_p = < f >_(p_G), so that where
// the energy is symmetric draws of p serve as draws of p_G: E + T ln p_G bounds F from above, and
// closer than E + T ln p does, and exp(-beta E)/p_G are weights for ln Z. How far p is from
// symmetric is
//
//	D = < ln p(x) - ln p(g x) >_p >= 0,
//
// the divergence of p from its image: 0 where they are the same and nowhere else.

// Orbit writes ln p_G of the n = len(dst) configurations. lnp[i*images+g] is ln p of image g of
// configuration i, all elements of the group once, the identity too. -Inf where p is 0 on all of
// them.
func Orbit(dst, lnp []float64, images int) {
	if images < 1 || len(lnp) != len(dst)*images {
		panic("stats: not as many ln p as images of configurations")
	}
	for i := range dst {
		dst[i] = LogMeanExp(lnp[i*images:(i+1)*images], 1)
	}
}

// SymmetryDefect is D with its standard error, of independent draws of p: lnp[i] is ln p of draw i, and
// image[i*images+g] that of its image g, over which D is the mean; the identity, which adds
// 0, is left out of them. With ln p_G of Orbit as the one image it is the divergence of p from p_G, at most
// ln |G|. It is +Inf, with the error NaN, where p is 0 on an image of a draw; both are NaN where there are
// no draws, the error below two.
func SymmetryDefect(lnp, image []float64, images int) (value, stderr float64) {
	if images < 1 || len(image) != len(lnp)*images {
		panic("stats: not as many ln p as images of configurations")
	}
	d := make([]float64, len(lnp))
	for i, l := range lnp {
		for _, v := range image[i*images : (i+1)*images] {
			d[i] += (l - v) / float64(images)
		}
		if math.IsInf(d[i], 1) {
			return d[i], math.NaN()
		}
	}
	var m Moments
	m.Add(d)
	return m.Mean(), m.Stderr()
}

package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// latentMutualInformation is the mutual information of two latent variables of
// the same scale at a distance r on the lattice, z = f^-1(x) with x from the
// Boltzmann density: what the renormalisation by the model's map has left
// between them (Hu, Li, Wang and You 2020, Phys. Rev. Research 2, 023369,
// arXiv:1903.00804). It is that of a normal density with the same correlation,
//
//	I = -1/2 ln(1 - rho^2),   rho = Cov(z_i, z_j)/sqrt(Var z_i Var z_j),
//
// in nats, averaged over the pairs whose distance rounds to r. For variables
// that are each normal, as a trained model makes them, it is a lower bound; it
// does not see dependence that leaves no correlation. The bias 1/(2n) that chance
// correlations of n draws give is taken away by the jackknife. Entries without a
// pair are NaN.
//
// Under the model's own density latent variables are independent and there is
// nothing to see: it is estimated from Markov chains. Autocorrelation time and
// R-hat are those of the energy.
func latentMutualInformation() core.Part {
	const name = "latent_mutual_information"
	m := manifest(name, "mutual information between latent variables by scale and distance", "Hu, Li, Wang and You 2020, Phys. Rev. Research 2, 023369 (arXiv:1903.00804)", core.Field)
	type config struct {
		Latents int `key:"latents" min:"2" help:"latent variables of each scale that enter, the first in the order of the sites"`
	}
	m.Params = core.SchemaOf(config{Latents: 256})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
			var c config
			core.Decode(settings, &c)
			l, err := newLatents(name, s)
			if err != nil {
				return nil, err
			}
			pairs, distances := l.pairs(c.Latents)
			if distances == 0 {
				return nil, core.Errorf(core.Mismatch, "open estimator", name, "no scale has two latent variables")
			}
			r := core.Axis{Name: "distance", Units: "1"}
			for k := range distances {
				r.Values = append(r.Values, float64(k+1))
			}
			d, size := s.Energy.Space.Size(), len(l.scales)*distances
			count := make([]float64, size)
			for _, p := range pairs {
				count[p.bin]++
			}
			return &function{
				description: description{
					core.Estimate{Name: name, Long: "mutual information between latent variables, in nats", Units: "1", Axes: []core.Axis{l.scaleAxis(), r}},
					core.EstimatorSpec{Spaces: m.Spaces, ModelPowers: []core.Power{core.PowerMap}, Source: core.OfChains},
				},
				blocks:  stats.NewBlocks(2*d + len(pairs)),
				size:    size,
				prepare: l.invert,
				add: func(sums []float64, b *core.Batch, i int) float64 {
					z := l.z[i*d : (i+1)*d]
					for k, v := range z {
						sums[k] += v
						sums[d+k] += v * v
					}
					for k, p := range pairs {
						sums[2*d+k] += z[p.i] * z[p.j]
					}
					return b.E[i]
				},
				of: func(dst, mean []float64) {
					clear(dst)
					z, square := mean[:d], mean[d:2*d]
					for k, p := range pairs {
						c := mean[2*d+k] - z[p.i]*z[p.j]
						c *= c / ((square[p.i] - z[p.i]*z[p.i]) * (square[p.j] - z[p.j]*z[p.j]))
						dst[p.bin] -= math.Log1p(-c) / 2 / count[p.bin]
					}
					for bin, n := range count {
						if n == 0 {
							dst[bin] = math.NaN()
						}
					}
				},
			}, nil
		},
	}
}

// pair is one of two latents, and the entry that it belongs to.
type pair struct{ i, j, bin int }

// pairs are those of the first latents of each scale; distances is the largest
// distance among them, rounded.
func (l *latents) pairs(first int) (pairs []pair, distances int) {
	r := func(i, j int) int { return int(math.Round(distance(l.setting.Energy.Space, i, j))) }
	each := func(do func(scale, i, j int)) {
		for scale, members := range l.scales {
			members = members[:min(first, len(members))]
			for a, i := range members {
				for _, j := range members[:a] {
					do(scale, i, j)
				}
			}
		}
	}
	each(func(_, i, j int) { distances = max(distances, r(i, j)) })
	each(func(scale, i, j int) { pairs = append(pairs, pair{i, j, scale*distances + r(i, j) - 1}) })
	return pairs, distances
}

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
// Where the base density of the map has correlations of its own, z stands for u = L^-1 (z - m),
// whose components are independent under it.
//
// Under the model's own density latent variables are independent and there is
// nothing to see: it is estimated from Markov chains. Autocorrelation time and
// R-hat are those of the energy.
func latentMutualInformation() core.Part {
	const name = "latent_mutual_information"
	m := manifest(name, "mutual information between latent variables by scale and distance", "Hu, Li, Wang and You 2020, Phys. Rev. Research 2, 023369 (arXiv:1903.00804)", core.Field)
	type config struct {
		Latents int `key:"latents" min:"2" max:"1000" help:"latent variables of each scale that enter, the first in the order of the sites"`
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
			p := l.pairs(c.Latents)
			if p.distances == 0 {
				return nil, core.Errorf(core.Mismatch, "open estimator", name, "no scale has two latent variables")
			}
			r := core.Axis{Name: "distance", Units: "1"}
			for k := range p.distances {
				r.Values = append(r.Values, float64(k+1))
			}
			return &function{
				description: description{
					estimate: core.Estimate{Name: name, Long: "mutual information between latent variables, in nats", Units: "1", Axes: []core.Axis{l.scaleAxis(), r}},
					needs:    core.EstimatorSpec{Spaces: m.Spaces, ModelPowers: []core.Power{core.PowerMap}, Source: core.OfChains, Memory: ofBlocks(2*p.d + len(p.pairs))},
				},
				blocks:  stats.NewBlocks(2*p.d + len(p.pairs)),
				size:    len(p.count),
				prepare: l.independent,
				add: func(sums []float64, b *core.Batch, i int) float64 {
					p.add(sums, l.z[i*p.d:(i+1)*p.d])
					return witness(b, i)
				},
				of: p.information,
			}, nil
		},
	}
}

// latentPairs are pairs of latents of the same scale.
type latentPairs struct {
	d         int // latents in all
	pairs     []latentPair
	distances int       // the largest distance of a pair, rounded
	count     []float64 // pairs in entry scale*distances + distance-1
}

// latentPair is one of two latents, and the entry that it belongs to.
type latentPair struct{ i, j, entry int }

// pairs are those of the first latents of each scale.
func (l *latents) pairs(first int) *latentPairs {
	p := &latentPairs{d: len(l.setting.Model.LatentScale)}
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
	each(func(_, i, j int) { p.distances = max(p.distances, r(i, j)) })
	p.count = make([]float64, len(l.scales)*p.distances)
	each(func(scale, i, j int) {
		entry := scale*p.distances + r(i, j) - 1
		p.pairs = append(p.pairs, latentPair{i, j, entry})
		p.count[entry]++
	})
	return p
}

// add adds z, z^2 and the products of pairs to the sums.
func (p *latentPairs) add(sums, z []float64) {
	for k, v := range z {
		sums[k] += v
		sums[p.d+k] += v * v
	}
	for k, o := range p.pairs {
		sums[2*p.d+k] += z[o.i] * z[o.j]
	}
}

// information averages I over the pairs of each entry.
func (p *latentPairs) information(dst, mean []float64) {
	clear(dst)
	z, square := mean[:p.d], mean[p.d:2*p.d]
	for k, o := range p.pairs {
		c := mean[2*p.d+k] - z[o.i]*z[o.j]
		rho2 := c * c / ((square[o.i] - z[o.i]*z[o.i]) * (square[o.j] - z[o.j]*z[o.j]))
		dst[o.entry] -= math.Log1p(-rho2) / 2 / p.count[o.entry]
	}
	for entry, n := range p.count {
		if n == 0 {
			dst[entry] = math.NaN()
		}
	}
}

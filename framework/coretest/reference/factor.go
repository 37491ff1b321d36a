package reference

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Factor is the analysis of one common factor (Spearman 1904), with an encoder: of d real
// numbers
//
//	x_j = m + v z + s n_j,   z and n_j standard normal,   so that x ~ N(m, v^2 1 1^T + s^2),
//	q(z|x) = N(b + a sum_j x_j, t^2).
//
// For a = v/(s^2 + d v^2), b = -a d m, t^2 = s^2/(s^2 + d v^2) it is p(z|x), and ln w = ln p(x)
// for every z. theta is m, v, ln s, b, a and ln t.
func Factor() core.Part {
	return model("factor", "real numbers with a common factor", func(space core.Space) core.Model {
		return &factor{space: space, d: space.Size()}
	})
}

type factor struct {
	space            core.Space
	d                int
	m, v, s, b, a, t float64
	drawn            uint64
}

var (
	_ core.Model   = (*factor)(nil)
	_ core.Bounder = (*factor)(nil)
)

// Spec implements core.Model.
func (f *factor) Spec() core.ModelSpec {
	return core.ModelSpec{Space: f.space, Parameters: 6, Latents: 1, Powers: []core.Power{core.PowerBound}}
}

// Init implements core.Model.
func (f *factor) Init(theta []float64, seed uint64) error {
	random := core.Streams(seed)(0)
	for k := range theta {
		theta[k] = 0.1 * random.NormFloat64()
	}
	return nil
}

// Load implements core.Model.
func (f *factor) Load(theta []float64) error {
	f.m, f.v, f.s, f.b, f.a, f.t = theta[0], theta[1], math.Exp(theta[2]), theta[3], theta[4], math.Exp(theta[5])
	return nil
}

// Sample implements core.Density.
func (f *factor) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, f.d)
	dst.LogP = dst.LogP[:0]
	f.drawn++
	dst.ID = f.drawn
	var stream rand.PCG
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		random := rand.New(&stream)
		mean := f.m + f.v*random.NormFloat64()
		for j := range f.d {
			dst.X[i*f.d+j] = mean + f.s*random.NormFloat64()
		}
	}
	return nil
}

// LogProb implements core.Density: what is asked for is a bound.
func (f *factor) LogProb([]float64, []float64) error { return core.RowLogProb.Lacks("factor") }

// Pull implements core.Model, likewise.
func (f *factor) Pull([]float64, *core.Batch, []float64) error { return core.RowPull.Lacks("factor") }

// encoded is the mean of z and the sum of x.
func (f *factor) encoded(x []float64) (mean, sum float64) {
	for _, v := range x {
		sum += v
	}
	return f.b + f.a*sum, sum
}

// residuals are the sums of x - m - v z and of its square.
func (f *factor) residuals(x []float64, z float64) (sum, square float64) {
	for _, v := range x {
		r := v - f.m - f.v*z
		sum, square = sum+r, square+r*r
	}
	return sum, square
}

// Bound implements core.Bounder.
func (f *factor) Bound(dst, x, eps []float64) error {
	for i, e := range eps {
		of := x[i*f.d : (i+1)*f.d]
		mean, _ := f.encoded(of)
		z := mean + f.t*e
		_, square := f.residuals(of, z)
		dst[i] = -square/(2*f.s*f.s) - float64(f.d)*(math.Log(f.s)+math.Log(2*math.Pi)/2) + (e*e-z*z)/2 + math.Log(f.t)
	}
	return nil
}

// BoundPull implements core.Bounder.
func (f *factor) BoundPull(grad []float64, b *core.Batch, bar []float64) error {
	eps := core.LatentNoise.Of(b)
	b.Sum(grad, func(total []float64, from, to int) {
		for i := from; i < to; i++ {
			of := b.X[i*f.d : (i+1)*f.d]
			mean, sum := f.encoded(of)
			z := mean + f.t*eps[i]
			r, square := f.residuals(of, z)
			precision := 1 / (f.s * f.s)
			zbar := f.v*r*precision - z
			for k, g := range []float64{r * precision, z * r * precision, square*precision - float64(f.d), zbar, zbar * sum, zbar*f.t*eps[i] + 1} {
				total[k] += bar[i] * g
			}
		}
	})
	return nil
}

// Encode implements core.Bounder.
func (f *factor) Encode(mean, deviation, x []float64) error {
	for i := range mean {
		mean[i], _ = f.encoded(x[i*f.d : (i+1)*f.d])
		deviation[i] = f.t
	}
	return nil
}

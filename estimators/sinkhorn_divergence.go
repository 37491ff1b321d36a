package estimators

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// sinkhornDivergence compares what is drawn, x, with given rows y by what it costs to carry
// one to the other,
//
//	T(a, b) = min over pi of < |x - y|^2 >_pi + epsilon KL(pi || a b),
//	S = T(a, b) - T(a, a)/2 - T(b, b)/2,
//
// over all joint densities pi with the marginals a and b (Cuturi 2013, arXiv:1306.0895;
// without its bias Feydy et al. 2019, arXiv:1810.08278). S is zero where a = b, and goes to the
// squared Wasserstein distance W_2^2 as epsilon goes to 0. Of n points each it is found by
// the iteration of Sinkhorn for the potentials
//
//	f_i = -epsilon ln 1/n sum_j exp[(g_j - |x_i - y_j|^2)/epsilon],   and g_j alike,
//	T = 1/n sum_i (f_i + g_i).
//
// The points' own scatter makes S too large by a term of order 1/n. The jackknife over
// groups of points takes it away, and gives the error.
func sinkhornDivergence() core.Part {
	type config struct {
		sampleKeys
		Epsilon float64 `key:"epsilon" min:"0" help:"the weight of the entropy, a squared length; 0: a tenth of the median squared distance between rows"`
	}
	const name = "sinkhorn_divergence"
	m := manifest(name, "entropic transport cost of what is drawn to the rows of the energy, without its bias", "Cuturi 2013, arXiv:1306.0895; Feydy et al. 2019, arXiv:1810.08278", core.Field, core.Particles)
	m.Params = core.SchemaOf(config{sampleKeys: sampleKeys{Rows: core.TestRows, Samples: 400}})
	return core.Part{Manifest: m, NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
		var c config
		core.Decode(settings, &c)
		e, err := newTwoSamples(name, c.sampleKeys, s, 5*8, name)
		if err != nil {
			return nil, err
		}
		e.Spaces = m.Spaces
		e.of = func(x, y []float64, n int) []core.Estimate {
			epsilon := c.Epsilon
			if epsilon == 0 {
				epsilon = 0.1 * medianSquare(y, n)
			}
			value, stderr, converged := sinkhorn(x, y, n, epsilon)
			found := core.Scalar(name, "entropic transport cost of draws to rows", value, stderr, "1", int64(n))
			if !converged {
				found.Warn(core.CautionNotConverged, "the iteration has not converged in %d rounds at epsilon = %.3g: set a larger epsilon, or 0", mostRounds*sweeps, epsilon)
			}
			return []core.Estimate{found}
		}
		return e, nil
	}}
}

// transportGroups is how many groups the jackknife leaves out in turn: the error is known to a
// quarter, and takes ten solutions. Of fewer points each is a group.
const transportGroups = 10

// sinkhorn is S of n points x and y, and its standard error. Of fewer points than have an error
// both are NaN.
func sinkhorn(x, y []float64, n int, epsilon float64) (value, stderr float64, converged bool) {
	if n < least {
		return math.NaN(), math.NaN(), true
	}
	costs := [3]*transport{newTransport(x, y, n, epsilon), newTransport(x, x, n, epsilon), newTransport(y, y, n, epsilon)}
	converged = true
	divergence := func(of []int) (sum float64) {
		for k, weight := range []float64{1, -0.5, -0.5} {
			cost, ended := costs[k].solve(of)
			sum, converged = sum+weight*cost, converged && ended
		}
		return sum
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	groups := min(transportGroups, n)
	whole, m := divergence(all), float64(groups)
	var without []float64
	mean := 0.0
	for g := range groups {
		of := slices.DeleteFunc(slices.Clone(all), func(i int) bool { return i%groups == g })
		without = append(without, divergence(of))
		mean += without[g] / m
	}
	for _, v := range without {
		stderr += (v - mean) * (v - mean)
	}
	return m*whole - (m-1)*mean, math.Sqrt((m - 1) / m * stderr), converged
}

// transport is the problem between two sets of n points. Its potentials are where a
// solution of some of the points begins.
type transport struct {
	n       int
	epsilon float64
	c       []float64 // |x_i - y_j|^2 / epsilon
	same    bool      // whether both sets are one
	f, g    []float64 // over epsilon
}

func newTransport(x, y []float64, n int, epsilon float64) *transport {
	t := &transport{n: n, epsilon: epsilon, c: make([]float64, n*n), same: &x[0] == &y[0], f: make([]float64, n), g: make([]float64, n)}
	d := len(x) / n
	for i := range n {
		for j := range n {
			t.c[i*n+j] = stats.SquaredDistance(x[i*d:(i+1)*d], y[j*d:(j+1)*d]) / epsilon
		}
	}
	return t
}

// Iterations end where no potential moves by more than transportTolerance epsilon, which
// leaves T far below any error bar, or after mostRounds rounds: one step with logarithms, for
// numbers of any size, then sweeps of the factors exp(f) and exp(g) of what it left.
const (
	transportTolerance = 1e-4
	mostRounds, sweeps = 100, 50
)

// solve is T of some of the points of both sets, and whether the iteration came to its end.
func (t *transport) solve(of []int) (cost float64, converged bool) {
	m := len(of)
	p := &plan{m: m, same: t.same, c: make([]float64, m*m), k: make([]float64, m*m)}
	for _, s := range []*[]float64{&p.f, &p.g, &p.u, &p.v, &p.sum} {
		*s = make([]float64, m)
	}
	for a, i := range of {
		p.f[a], p.g[a] = t.f[i], t.g[i]
		for b, j := range of {
			p.c[a*m+b] = t.c[i*t.n+j]
		}
	}
	for range mostRounds {
		p.step()
		if converged = p.sweep() < transportTolerance; converged {
			break
		}
	}
	sum := 0.0
	for a, i := range of {
		sum += p.f[a] + p.g[a]
		if m == t.n {
			t.f[i], t.g[i] = p.f[a], p.g[a]
		}
	}
	return t.epsilon * sum / float64(m), converged
}

// plan is the iteration for m points of both sets, with lengths in units of epsilon:
// exp(f_i + g_j - c_ij)/m is the mass that goes from i to j.
type plan struct {
	m               int
	same            bool
	c, k            []float64
	f, g, u, v, sum []float64
}

// step updates both potentials, by logarithms. Of one set with itself the mean of the old
// and the new one converges where f = g.
func (p *plan) step() {
	if p.same {
		p.half(p.u, p.f, p.m, 1)
		for i, f := range p.u {
			p.f[i] = (p.f[i] + f) / 2
		}
		copy(p.g, p.f)
		return
	}
	p.half(p.f, p.g, p.m, 1)
	p.half(p.g, p.f, 1, p.m)
}

// half writes -ln 1/m sum_j exp(g_j - c_ij) with strides of c.
func (p *plan) half(dst, g []float64, row, col int) {
	for i := range dst {
		high := math.Inf(-1)
		for j, v := range g {
			high = max(high, v-p.c[i*row+j*col])
		}
		sum := 0.0
		for j, v := range g {
			sum += math.Exp(v - p.c[i*row+j*col] - high)
		}
		dst[i] = math.Log(float64(p.m)) - high - math.Log(sum)
	}
}

// sweep multiplies the masses by u_i v_j, such that all rows and columns have their sums,
// and adds the logarithms to the potentials. It returns how much the last u moved.
func (p *plan) sweep() (moved float64) {
	for i := range p.m {
		p.u[i], p.v[i] = 1, 1
		for j := range p.m {
			p.k[i*p.m+j] = math.Exp(p.f[i]+p.g[j]-p.c[i*p.m+j]) / float64(p.m)
		}
	}
	for range sweeps {
		if moved = p.rows(); moved < transportTolerance {
			break
		}
		if p.same {
			copy(p.v, p.u)
		} else {
			p.columns()
		}
	}
	for i := range p.m {
		p.f[i] += math.Log(p.u[i])
		p.g[i] += math.Log(p.v[i])
	}
	return moved
}

// rows sets u.
func (p *plan) rows() (moved float64) {
	for i, before := range p.u {
		sum := 0.0
		for j, k := range p.k[i*p.m : (i+1)*p.m] {
			sum += k * p.v[j]
		}
		p.sum[i] = 1 / sum
		if p.same {
			p.sum[i] = math.Sqrt(before / sum)
		}
		moved = max(moved, math.Abs(p.sum[i]/before-1))
	}
	copy(p.u, p.sum)
	return moved
}

// columns sets v.
func (p *plan) columns() {
	clear(p.sum)
	for i, u := range p.u {
		for j, k := range p.k[i*p.m : (i+1)*p.m] {
			p.sum[j] += u * k
		}
	}
	for j, sum := range p.sum {
		p.v[j] = 1 / sum
	}
}

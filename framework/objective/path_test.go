package objective

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// normal is the density of x = mu + exp(s) z, z ~ N(0, 1).
type normal struct{ mu, s float64 }

func (p normal) at(z float64) float64   { return p.mu + math.Exp(p.s)*z }
func (p normal) logP(x float64) float64 { return -p.z(x)*p.z(x)/2 - p.s - math.Log(2*math.Pi)/2 }
func (p normal) z(x float64) float64    { return (x - p.mu) * math.Exp(-p.s) }

// score is grad ln p at fixed x, in mu and s.
func (p normal) score(x float64) [2]float64 {
	z := p.z(x)
	return [2]float64{z * math.Exp(-p.s), z*z - 1}
}

// slope is d ln p/dx.
func (p normal) slope(x float64) float64 { return -p.z(x) * math.Exp(-p.s) }

// path is xbar dx/dtheta + lbar d ln p(x(theta); theta)/dtheta at fixed z.
// There ln p = -z^2/2 - s + const.
func (p normal) path(z, xbar, lbar float64) [2]float64 {
	return [2]float64{xbar, xbar*math.Exp(p.s)*z - lbar}
}

// well has one minimum, not at 0, and no symmetry.
func well(x float64) float64      { return x*x*x*x/4 + x*x/2 - 0.7*x }
func wellSlope(x float64) float64 { return x*x*x + x - 0.7 }

// grid is a trapezoidal rule for < >_{z~N(0,1)}: its error is below rounding
// for analytic functions of this width.
func grid(visit func(z, weight float64)) {
	const h = 1.0 / 16
	for k := -160; k <= 160; k++ {
		z := h * float64(k)
		visit(z, h*math.Exp(-z*z/2)/math.Sqrt(2*math.Pi))
	}
}

// exactGradient is that of <ln p + beta E> (of <E> in the ground state), by
// central difference of the integral.
func exactGradient(p normal, beta float64) (g [2]float64) {
	loss := func(p normal) (sum float64) {
		grid(func(z, weight float64) {
			x := p.at(z)
			f := well(x)
			if !math.IsInf(beta, 1) {
				f = p.logP(x) + beta*well(x)
			}
			sum += weight * f
		})
		return sum
	}
	const h = 1e-5
	g[0] = (loss(normal{p.mu + h, p.s}) - loss(normal{p.mu - h, p.s})) / (2 * h)
	g[1] = (loss(normal{p.mu, p.s + h}) - loss(normal{p.mu, p.s - h})) / (2 * h)
	return g
}

// batchAt is a batch of two equal draws: n > 1 shows a missing 1/n.
func batchAt(p normal, z float64) *core.Batch {
	b := &core.Batch{N: 2}
	for range 2 {
		x := p.at(z)
		b.X, b.LogP, b.E = append(b.X, x), append(b.LogP, p.logP(x)), append(b.E, well(x))
		b.Slope, b.LogPSlope = append(b.Slope, wellSlope(x)), append(b.LogPSlope, p.slope(x))
	}
	return b
}

// In expectation, both forms are the gradient of the exact integral. The
// central difference has errors h^2 = 1e-10 and 1e-16/h of rounding.
func TestPathGradientsAreUnbiased(t *testing.T) {
	p := normal{0.4, -0.3}
	for name, o := range map[string]core.Objective{"pathwise": &Pathwise{}, "path gradient": &PathGradient{}} {
		if spec := o.Spec(); !slices.Contains(spec.Wants, core.Column(core.Slope)) || !slices.Contains(spec.Bars, core.Column(core.X)) {
			t.Errorf("%s wants %v and gives %v", name, spec.Wants, spec.Bars)
		}
		for _, beta := range []float64{0.5, 2, math.Inf(1)} {
			var g [2]float64
			grid(func(z, weight float64) {
				var c core.Batch
				if _, err := cotangents(o, &c, batchAt(p, z), beta); err != nil {
					t.Fatal(err)
				}
				for i := range c.LogP {
					for k, v := range p.path(z, c.X[i], c.LogP[i]) {
						g[k] += weight * v
					}
				}
			})
			for k, want := range exactGradient(p, beta) {
				if math.Abs(want) < 0.1 || math.Abs(g[k]-want) > 1e-8 {
					t.Errorf("%s, beta %v: component %d is %v, want %v (not small)", name, beta, k, g[k], want)
				}
			}
		}
	}
}

// Where p is the Boltzmann density the path gradient vanishes for each sample;
// the pathwise one does so only in the mean.
func TestPathGradientSticksTheLanding(t *testing.T) {
	p := normal{0.4, -0.3}
	const beta = 2.0
	width := math.Exp(2 * p.s)
	x := []float64{-1, 0.1, 3}
	b := &core.Batch{N: 3, X: x}
	for _, x := range x { // E = (x - mu)^2/(2 beta sigma^2)
		b.LogP, b.E = append(b.LogP, p.logP(x)), append(b.E, (x-p.mu)*(x-p.mu)/(2*beta*width))
		b.Slope, b.LogPSlope = append(b.Slope, (x-p.mu)/(beta*width)), append(b.LogPSlope, p.slope(x))
	}
	var path, landing core.Batch
	if _, err := cotangents(&Pathwise{}, &path, b, beta); err != nil {
		t.Fatal(err)
	}
	if _, err := cotangents(&PathGradient{}, &landing, b, beta); err != nil {
		t.Fatal(err)
	}
	for i := range x {
		if g := p.path(p.z(x[i]), path.X[i], path.LogP[i]); math.Abs(g[0]) < 0.05 {
			t.Errorf("sample %d: the pathwise gradient is %v, too small to test anything", i, g)
		}
		for k, g := range p.path(p.z(x[i]), landing.X[i], landing.LogP[i]) {
			if math.Abs(g) > 1e-15 {
				t.Errorf("sample %d: component %d of the path gradient is %v, want 0", i, k, g)
			}
		}
	}
}

// All gradients of the reverse divergence report the same loss.
func TestLossIsThatOfReverseKL(t *testing.T) {
	b := batchAt(normal{0.4, -0.3}, 0.8)
	b.E[1]++
	for _, beta := range []float64{0.5, math.Inf(1)} {
		want, err := cotangents(&ReverseKL{Divergence{Target: 3}}, &core.Batch{}, b, beta)
		for _, o := range []core.Objective{&Pathwise{Divergence{Target: 3}}, &PathGradient{Divergence{Target: 3}}} {
			if got, err2 := cotangents(o, &core.Batch{}, b, beta); err != nil || err2 != nil || !slices.Equal(got, want) {
				t.Errorf("%T, beta %v: %+v, want %+v (%v, %v)", o, beta, got, want, err, err2)
			}
		}
	}
}

// The negative log-likelihood of the data and its gradient, against a central
// difference.
func TestMaximumLikelihood(t *testing.T) {
	data := []float64{-0.4, 1.3, 0.2}
	p := normal{0.4, -0.3}
	of := func(p normal) *core.Batch {
		b := &core.Batch{N: len(data), X: data}
		for _, x := range data {
			b.LogP = append(b.LogP, p.logP(x))
		}
		return b
	}
	var c core.Batch
	loss, err := cotangents(&MaximumLikelihood{}, &c, of(p), 1)
	if err != nil || len((&MaximumLikelihood{}).Spec().Wants) != 1 {
		t.Fatal(err)
	}
	value := func(p normal) float64 {
		l := of(p).LogP
		return -(l[0] + l[1] + l[2]) / 3
	}
	if len(loss) != 2 || math.Abs(loss[0]-value(p)) > 1e-15 || !(loss[1] > 0) {
		t.Errorf("loss %v, want the value %v", loss, value(p))
	}
	var g [2]float64
	for i, x := range data {
		for k, s := range p.score(x) {
			g[k] += c.LogP[i] * s
		}
	}
	const h = 1e-5
	want := [2]float64{(value(normal{p.mu + h, p.s}) - value(normal{p.mu - h, p.s})) / (2 * h), (value(normal{p.mu, p.s + h}) - value(normal{p.mu, p.s - h})) / (2 * h)}
	for k := range g {
		if math.Abs(want[k]) < 0.01 || math.Abs(g[k]-want[k]) > 1e-9 {
			t.Errorf("component %d is %v, want %v", k, g[k], want[k])
		}
	}
}

package app

import (
	"context"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// moments of f = E and f^2 under the normal density of mean mu and width sigma, in closed
// form, with the slopes of < f > in mu and sigma.
func momentsOf(function string, k, mu, sigma float64) (mean, square, dmu, dsigma float64) {
	d, v := mu-k, sigma*sigma
	switch function {
	case "exponential": // < exp(-k x^2) > = exp(-k mu^2/c)/sqrt(c), c = 1 + 2 k v; f^2 is that of 2 k
		of := func(k float64) float64 { c := 1 + 2*k*v; return math.Exp(-k*mu*mu/c) / math.Sqrt(c) }
		c := 1 + 2*k*v
		mean = of(k)
		return mean, of(2 * k), -2 * k * mu / c * mean, mean * 2 * k * sigma * (2*k*mu*mu/c - 1) / c
	case "cosine": // f^2 = (1 + cos 2 k x)/2
		of := func(k float64) float64 { return math.Exp(-k*k*v/2) * math.Cos(k*mu) }
		mean = of(k)
		return mean, (1 + of(2*k)) / 2, -k * math.Exp(-k*k*v/2) * math.Sin(k*mu), -k * k * sigma * mean
	}
	return d*d + v, d*d*d*d + 6*d*d*v + 3*v*v, 2 * d, 2 * sigma
}

// Variances of the estimates of one sample at mu = sigma = 1, in mu and sigma. Those of the
// square are, with d = mu - k = 4: score d^4 + 14 d^2 + 15 and 2 d^4 + 60 d^2 + 74; with the
// mean as baseline 8 d^2 + 10 and 40 d^2 + 56, with the best 8 d^2 + 6 and 40 d^2 + 24;
// pathwise 4 and 4 d^2 + 8; measure-valued (16/pi - 4) d^2 and 4 d^2 + 4. The others come
// from Gauss-Hermite quadrature, and quadrature over Rayleigh's and Maxwell's densities. NaN
// is not known.
var variances = []struct {
	function string
	k        float64
	of       map[string][2]float64
}{
	{"square", -3, map[string][2]float64{"score_raw": {495, 1546}, "score": {138, 696}, "score_optimal": {134, 664},
		"pathwise": {4, 72}, "measure_valued": {16 * (16/math.Pi - 4), 68}}},
	{"exponential", 1, map[string][2]float64{"score_raw": {0.17575024, 0.17669049}, "score": {0.08067300, 0.22317270}, "score_optimal": {0.07222169, 0.11278398},
		"pathwise": {0.21172339, 0.17573121}, "measure_valued": {0.01256762, 0.07066471}}},
	{"cosine", 0.5, map[string][2]float64{"score_raw": {0.45524838, math.NaN()}, "score": {0.15535122, math.NaN()}, "score_optimal": {0.11786408, math.NaN()},
		"pathwise": {0.03928465, math.NaN()}, "measure_valued": {0.00827547, math.NaN()}}},
	{"cosine", 1.58, map[string][2]float64{"score_raw": {0.32484723, math.NaN()}, "score": {0.32487509, math.NaN()}, "score_optimal": {0.32483160, math.NaN()},
		"pathwise": {1.05103104, math.NaN()}, "measure_valued": {0.16272580, math.NaN()}}},
}

// compared runs the command on a function of one number.
func compared(t *testing.T, function string, k float64, batch, repeats int) []store.GradientEstimate {
	t.Helper()
	file := fmt.Sprintf("../../runs/gradients/%s.toml", function)
	f := gradientsFlags{binding: binding{builtins: parts, inProcess: true, callTimeout: 1e9}, repeats: repeats}
	f.set = []string{"expect={}", fmt.Sprintf("sweep={energy.k=[%v]}", k), fmt.Sprintf("train.batch=%d", batch)}
	all := &store.Gradients{}
	if err := f.point(context.Background(), io.Discard, file, 0, all); err != nil {
		t.Fatal(err)
	}
	return all.Points[0]
}

// Means and variances of all estimators are those of the closed forms, within four of their
// standard errors. The baseline of score is the mean of the other n - 1 draws, for which
//
//	n Var = V + [ (d<f>/dtheta)^2 + Var f Var(d ln p/dtheta) ]/(n-1),
//
// V of the exact mean, where d ln p/dtheta has the variances 1 and 2.
func TestVariancesOfFunctions(t *testing.T) {
	const batch, repeats = 32, 1000
	for _, c := range variances {
		t.Run(fmt.Sprint(c.function, c.k), func(t *testing.T) {
			mean, square, dmu, dsigma := momentsOf(c.function, c.k, 1, 1)
			slope, score := [2]float64{dmu, dsigma}, [2]float64{1, 2}
			found := 0
			for _, e := range compared(t, c.function, c.k, batch, repeats) {
				want, ok := c.of[e.Name]
				if !ok {
					continue
				}
				found++
				for k, v := range want {
					if e.Name == "score" {
						v += (slope[k]*slope[k] + (square-mean*mean)*score[k]) / (batch - 1)
					}
					if stderr := math.Sqrt(e.Variance[k] / (batch * repeats)); math.Abs(e.Mean[k]-slope[k]) > 4*stderr {
						t.Errorf("%s: derivative %d is %v(%v), want %v", e.Name, k, e.Mean[k], stderr, slope[k])
					}
					if math.Abs(e.Variance[k]-v) > 4*e.VarianceStderr[k] || e.VarianceStderr[k] > 0.1*e.Variance[k] {
						t.Errorf("%s: variance %d is %v(%v), want %v", e.Name, k, e.Variance[k], e.VarianceStderr[k], v)
					}
				}
				if e.Z > 4 {
					t.Errorf("%s: z = %v", e.Name, e.Z)
				}
			}
			if found != len(c.of) {
				t.Errorf("%d estimators, want %d", found, len(c.of))
			}
		})
	}
}

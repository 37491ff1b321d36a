package sample

import (
	"math"
	"os"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// line is the score of 0.7 N(-2, 1/4) + 0.3 N(1, 1/4) under the noise of Ornstein and
// Uhlenbeck for a time of 5, which leaves exp(-5) of the data:
//
//	p_t = sum_k w_k N(a m_k, v),   v = 1 - 3/4 a^2,   s = sum_k r_k (a m_k - x)/v.
type line struct{ core.Model }

const lineTime = 5

var lineWeights, lineMeans = []float64{0.7, 0.3}, []float64{-2, 1}

// at are the densities of the modes, with their weights, and a and v.
func (line) at(x, t float64) (modes [2]float64, a, v float64) {
	a = math.Exp(-lineTime * (1 - t))
	v = 1 - 0.75*a*a
	for k, w := range lineWeights {
		d := x - a*lineMeans[k]
		modes[k] = w * math.Exp(-d*d/(2*v)) / math.Sqrt(2*math.Pi*v)
	}
	return modes, a, v
}

func (l line) score(x, t float64) float64 {
	modes, a, v := l.at(x, t)
	return (a*(modes[0]*lineMeans[0]+modes[1]*lineMeans[1])/(modes[0]+modes[1]) - x) / v
}

func (l line) Score(s, x, t []float64) error {
	for i := range s {
		s[i] = l.score(x[i], t[i])
	}
	return nil
}

func (line) ScorePull([]float64, *core.Batch, []float64) error { return nil }

func (line) Noising(signal, noise, t []float64) error {
	for i, at := range t {
		signal[i], noise[i] = math.Exp(-lineTime*(1-at)), math.Sqrt(-math.Expm1(-2*lineTime*(1-at)))
	}
	return nil
}

func (line) Diffusion(drift, diffusion, _ []float64) error {
	for i := range drift {
		drift[i], diffusion[i] = -lineTime, 2*lineTime
	}
	return nil
}

// bins are those in which the densities are compared, all the draws but 1e-5 of them.
const bins, low, breadth = 40, -5.0, 0.225

// binned is the share of x in each bin.
func binned(x []float64) []float64 {
	share := make([]float64, bins)
	for _, v := range x {
		if k := int(math.Floor((v - low) / breadth)); k >= 0 && k < bins {
			share[k] += 1 / float64(len(x))
		}
	}
	return share
}

// fokkerPlanck solves, from the standard normal density at t = 0, the equation of the
// density of what moves by dx = (-f x + g^2 s) dt + g dW,
//
//	dp/dt = -dj/dx,   j = (-f x + g^2 s) p - g^2/2 dp/dx,
//
// with p in cells and j on their faces: central differences, an error of second order in
// their width. The steps of Euler's method are half as long as they may be.
func fokkerPlanck(field line) []float64 {
	const parts = 5 // cells of a bin
	const h = breadth / parts
	const n = bins * parts
	p, j := make([]float64, n), make([]float64, n+1) // nothing leaves by the ends
	for i := range p {
		x := low + (float64(i)+0.5)*h
		p[i] = math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
	}
	steps := int(math.Ceil(2 * 2 * lineTime / (h * h)))
	for k := range steps {
		t := float64(k) / float64(steps)
		for i := 1; i < n; i++ {
			x := low + float64(i)*h
			j[i] = lineTime*(x+2*field.score(x, t))*(p[i]+p[i-1])/2 - lineTime*(p[i]-p[i-1])/h
		}
		for i := range p {
			p[i] -= (j[i+1] - j[i]) / (h * float64(steps))
		}
	}
	share := make([]float64, bins)
	for i, v := range p {
		share[i/parts] += v * h
	}
	return share
}

// particles follows dx/dt = -f x + g^2 s/2 from the quantiles of the standard normal
// density, by the Runge-Kutta method of fourth order.
func particles(field line, n, steps int) []float64 {
	x, h := make([]float64, n), 1/float64(steps)
	velocity := func(x, t float64) float64 { return lineTime * (x + field.score(x, t)) }
	for i := range x {
		at := math.Sqrt2 * math.Erfinv(2*(float64(i)+0.5)/float64(n)-1)
		for k := range steps {
			t := float64(k) * h
			k1 := velocity(at, t)
			k2 := velocity(at+h/2*k1, t+h/2)
			k3 := velocity(at+h/2*k2, t+h/2)
			k4 := velocity(at+h*k3, t+h)
			at += h / 6 * (k1 + 2*k2 + 2*k3 + k4)
		}
		x[i] = at
	}
	return x
}

// Three equations have one density: Langevin's for particles that are kicked, that of
// Fokker and Planck for the density itself, and the probability flow for particles that
// are not (Song et al. 2021, arXiv:2011.13456, appendix D). All go from noise to two modes,
// whose density is known. Per bin, of at most 0.13 of the whole, the equation of Fokker and
// Planck has the error of its cells; the flow one particle more or less at each edge and the
// 0.004 by which noise and density differ at t = 0; Langevin's 4 standard errors
// besides, and the bias of its steps, in the variance of a mode some 2 %.
func TestThreeEquations(t *testing.T) {
	const n, flowing = 10000, 2000
	var field line
	kicked := binned(byScore(t, &ByScore{Model: field, Size: 1, ScoreSteps: ScoreSteps{Steps: 400, Predict: true}}, n))
	found := [][]float64{kicked, fokkerPlanck(field), binned(particles(field, flowing, 60))}
	errors := make([]float64, 0, 3*bins)
	for k, share := range found {
		far := 0.0
		for i, got := range share {
			exact := 0.0
			for m, mean := range lineMeans {
				edge := func(k int) float64 { return math.Erf((low + float64(k)*breadth - mean) * math.Sqrt2) }
				exact += lineWeights[m] * (edge(i+1) - edge(i)) / 2
			}
			stderr := 0.0
			if k == 0 {
				stderr = math.Sqrt(exact * (1 - exact) / n)
			}
			errors = append(errors, stderr/breadth)
			far = max(far, math.Abs(got-exact))
			if math.Abs(got-exact) > 0.003+4*stderr {
				t.Errorf("equation %d, bin %d: %v, exact %v", k+1, i, got, exact)
			}
		}
		t.Logf("equation %d: the largest deviation of a bin is %.2g", k+1, far)
	}
	if dir := os.Getenv("HELMHOLTZ_KEEP"); dir != "" {
		keep(t, dir, found, errors)
	}
}

// keep writes the densities as results, which helmholtz plot draws.
func keep(t *testing.T, dir string, found [][]float64, stderr []float64) {
	t.Helper()
	e := core.Estimate{Name: "density", Long: "density at t = 1 by three equations: 1 Langevin, 2 Fokker and Planck, 3 the probability flow", Units: "1", Tau: 1, Stderr: stderr,
		Axes: []core.Axis{{Name: "equation", Units: "1", Values: []float64{1, 2, 3}}, {Name: "x", Units: "1"}}}
	for i := range bins {
		e.Axes[1].Values = append(e.Axes[1].Values, low+(float64(i)+0.5)*breadth)
	}
	for _, share := range found {
		for _, v := range share {
			e.Value = append(e.Value, v/breadth)
		}
	}
	folder, err := store.Open(dir)
	if err == nil {
		defer folder.Close()
		err = folder.SaveResults(&core.Results{Run: core.RunInfo{Name: "equations", Status: core.Done}, Estimates: []core.Estimate{e}, SamplesSpace: core.Space{Kind: core.Field, Shape: []int{1}}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

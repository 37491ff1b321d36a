package van

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// variants are all shapes of network that the settings can ask for, in a precision.
func variants(p core.Precision) []core.Settings {
	var all []core.Settings
	for _, network := range []string{"made", "pixelcnn"} {
		for _, depth := range []int64{1, 2, 4} {
			for bits := range map[string]int{"made": 8, "pixelcnn": 16}[network] {
				s := core.Settings{"network": network, "depth": depth, "width": int64(3), "kernel": int64(3),
					"residual": bits&1 > 0, "bias": bits&2 > 0, "z2": bits&4 > 0, "periodic": bits&8 > 0, "precision": string(p)}
				if depth < 3 && bits&1 > 0 || depth == 2 && bits&8 > 0 {
					continue // no place for a residual block; wrapping is that of depth 4
				}
				all = append(all, s)
			}
		}
	}
	return all
}

func name(s core.Settings) string {
	text := fmt.Sprintf("%v%v", s["network"], s["depth"])
	for _, key := range []string{"residual", "bias", "z2", "periodic"} {
		if s[key] == true {
			text += "-" + key
		}
	}
	if s.Precision() == core.Float32 {
		text += "-float32"
	}
	return text
}

func eachVariant(t *testing.T, test func(t *testing.T, s core.Settings)) {
	for _, p := range core.Precisions {
		eachOf(t, p, test)
	}
}

func eachOf(t *testing.T, p core.Precision, test func(t *testing.T, s core.Settings)) {
	for _, s := range variants(p) {
		t.Run(name(s), func(t *testing.T) { test(t, s) })
	}
}

// rounding is the error of a gradient relative to its largest component: that of sums of
// some hundred terms, 1e-16 or 6e-8 each, with some cancellation.
func rounding(s core.Settings) float64 {
	if s.Precision() == core.Float32 {
		return 1e-4
	}
	return 1e-11
}

// build returns a model on a ly x lx lattice and its parameters: the starting
// ones, with some noise and a scale that keeps conditionals away from 1/2.
func build(t *testing.T, s core.Settings, ly, lx int) (core.Model, []float64) {
	t.Helper()
	full, problems := core.Complete(Part.Keys(), s)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m, err := Part.NewModel(full, core.Space{Kind: core.Spins, Shape: []int{ly, lx}, Periodic: true})
	if err != nil {
		t.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 5); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range theta {
		theta[i] += 0.3 * r.NormFloat64()
	}
	load(t, m, theta)
	return m, theta
}

func load(t *testing.T, m core.Model, theta []float64) {
	t.Helper()
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
}

func sample(t *testing.T, m core.Model, seed uint64, n int) *core.Batch {
	t.Helper()
	var b core.Batch
	if err := m.Sample(&b, seed, n); err != nil {
		t.Fatal(err)
	}
	return &b
}

func logProb(t *testing.T, m core.Model, x []float64, n int) []float64 {
	t.Helper()
	lp := make([]float64, n)
	if err := m.LogProb(lp, x); err != nil {
		t.Fatal(err)
	}
	return lp
}

func pull(t *testing.T, m core.Model, b *core.Batch, w []float64) []float64 {
	t.Helper()
	g := make([]float64, m.Spec().Parameters)
	if err := m.Pull(g, b, w); err != nil {
		t.Fatal(err)
	}
	return g
}

func weightsFor(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = math.Sin(float64(3*i + 1))
	}
	return w
}

// allStates lists the 2^sites configurations; bit i of the index is site i.
func allStates(sites int) []float64 {
	x := make([]float64, sites<<sites)
	for k := range 1 << sites {
		for i := range sites {
			x[k*sites+i] = float64(2*(k>>i&1) - 1)
		}
	}
	return x
}

func maxDiff(a, b []float64) float64 {
	d := 0.0
	for i := range a {
		d = max(d, math.Abs(a[i]-b[i]))
	}
	return d
}

func maxAbs(a []float64) float64 { return maxDiff(a, make([]float64, len(a))) }

// Normalisation over all 2^16 states of the 4x4 lattice, to the rounding of float64 whatever
// the network computes in.
func TestProbabilitiesSumToOne(t *testing.T) {
	x := allStates(16)
	eachVariant(t, func(t *testing.T, s core.Settings) {
		m, _ := build(t, s, 4, 4)
		lp := logProb(t, m, x, 1<<16)
		sum, low, high := 0.0, 0.0, 0.0
		for _, l := range lp {
			sum += math.Exp(l)
			low, high = min(low, l), max(high, l, -1e9)
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("sum p - 1 = %g", sum-1)
		}
		if low > -16*math.Ln2-0.1 {
			t.Errorf("smallest ln p %v: the density is flat, which would prove nothing", low)
		}
		if s["z2"] == true {
			for k, l := range lp {
				if d := l - lp[len(lp)-1-k]; d != 0 {
					t.Fatalf("ln p(s) - ln p(-s) = %g", d)
				}
			}
		}
	})
}

// What is drawn has the ln p of the same configuration given, bit for bit. A histogram of
// draws against p by chi-square: 2^6 states, 40000 draws. The
// mean of chi-square is 63, its standard deviation sqrt(126) = 11.2; 5 of them
// above the mean has probability below 1e-5.
func TestSamplesFollowTheDensity(t *testing.T) {
	x := allStates(6)
	eachVariant(t, func(t *testing.T, s core.Settings) {
		const n = 40000
		m, _ := build(t, s, 2, 3)
		lp := logProb(t, m, x, 64)
		b := sample(t, m, 11, n)
		var count [64]float64
		for j := range n {
			k := 0
			for i := range 6 {
				if b.X[6*j+i] > 0 {
					k |= 1 << i
				}
			}
			count[k]++
			if b.LogP[j] != lp[k] {
				t.Fatalf("sample %d: ln p from sampling and from its spins differ by %g", j, b.LogP[j]-lp[k])
			}
		}
		chi2, pooled, pooledP, bins := 0.0, 0.0, 0.0, 0.0
		for k, c := range count {
			p := math.Exp(lp[k])
			if n*p < 8 { // too rare for the chi-square law: one bin for all of them
				pooled, pooledP = pooled+c, pooledP+p
				continue
			}
			chi2 += (c - n*p) * (c - n*p) / (n * p)
			bins++
		}
		if n*pooledP >= 8 {
			chi2 += (pooled - n*pooledP) * (pooled - n*pooledP) / (n * pooledP)
			bins++
		}
		if dof := bins - 1; bins < 10 || chi2 > dof+5*math.Sqrt(2*dof) {
			t.Errorf("chi-square %.1f for %v bins", chi2, bins)
		}
	})
}

// The pull-back against central differences, in the direction of every third
// parameter.
func TestPullIsTheGradient(t *testing.T) {
	eachOf(t, core.Float64, func(t *testing.T, s core.Settings) {
		m, theta := build(t, s, 3, 3)
		b := sample(t, m, 3, 21)
		w := weightsFor(21)
		if g := pull(t, m, b, w); maxAbs(g) < 0.1 {
			t.Fatalf("largest derivative %g proves nothing", maxAbs(g))
		}
		checkPull(t, m, theta, b, w, 3)
	})
}

// checkPull compares the pull-back with central differences of
// sum_j w_j ln p(x_j), of error h^2, for one in so many parameters.
func checkPull(t *testing.T, m core.Model, theta []float64, b *core.Batch, w []float64, every int) {
	t.Helper()
	g := pull(t, m, b, w)
	value := func() float64 {
		load(t, m, theta)
		sum := 0.0
		for j, l := range logProb(t, m, b.X, b.N) {
			sum += w[j] * l
		}
		return sum
	}
	const h = 1e-5
	for i := 0; i < len(theta); i += every {
		old := theta[i]
		theta[i] = old + h
		up := value()
		theta[i] = old - h
		down := value()
		theta[i] = old
		if d := (up-down)/(2*h) - g[i]; math.Abs(d) > 2e-8*(1+maxAbs(g)) {
			t.Errorf("parameter %d: pull %g, off by %g", i, g[i], d)
		}
	}
}

func TestPullFromHiddenStatesAndFromSpins(t *testing.T) {
	eachVariant(t, func(t *testing.T, s core.Settings) {
		m, theta := build(t, s, 4, 5)
		w := weightsFor(301)
		b := sample(t, m, 9, 301)
		held := pull(t, m, b, w)
		again := pull(t, m, b, w)
		if !slices.Equal(held, again) {
			t.Error("pulling twice differs")
		}
		stranger := *b
		stranger.ID = 0
		fresh := pull(t, m, &stranger, w)
		if d := maxDiff(held, fresh); d > rounding(s)*maxAbs(held) {
			t.Errorf("held and recomputed pull-backs differ by %g of %g", d, maxAbs(held))
		}
		// After Load the hidden states are stale.
		for i := range theta {
			theta[i] *= 1.1
		}
		b = sample(t, m, 9, 301)
		load(t, m, theta)
		moved := pull(t, m, b, w)
		stranger = *b
		stranger.ID = 0
		if fresh := pull(t, m, &stranger, w); maxDiff(moved, fresh) > rounding(s)*maxAbs(fresh) {
			t.Error("a pull-back after Load used the old parameters")
		}
		// Another batch in between.
		first := sample(t, m, 1, 33)
		sample(t, m, 2, 33)
		stranger = *first
		stranger.ID = 0
		if maxDiff(pull(t, m, first, w[:33]), pull(t, m, &stranger, w[:33])) > rounding(s)*maxAbs(fresh) {
			t.Error("a pull-back used the hidden states of another batch")
		}
	})
}

// E[grad ln p] = 0: with w = 1/n every component is a mean of n independent
// scores. Var(score) is estimated from ten sub-batches; the chi-square-like sum
// over components is compared with its mean.
func TestMeanScoreVanishes(t *testing.T) {
	eachVariant(t, func(t *testing.T, s core.Settings) {
		const parts, n = 20, 2000
		m, theta := build(t, s, 3, 3)
		mean, square := make([]float64, len(theta)), make([]float64, len(theta))
		w := make([]float64, n)
		for i := range w {
			w[i] = 1.0 / n
		}
		for k := range uint64(parts) {
			for i, g := range pull(t, m, sample(t, m, 100+k, n), w) {
				mean[i] += g / parts
				square[i] += g * g / parts
			}
		}
		// t_i^2 has mean (parts-1)/(parts-3) for a t-distributed t_i.
		sum, live := 0.0, 0.0
		for i := range mean {
			v := (square[i] - mean[i]*mean[i]) / (parts - 1)
			if v > 0 {
				sum += mean[i] * mean[i] / v
				live++
				if tt := math.Abs(mean[i]) / math.Sqrt(v); tt > 8 {
					t.Errorf("component %d is %.1f standard errors from zero", i, tt)
				}
			}
		}
		if live == 0 || sum/live > 5 {
			t.Errorf("mean t^2 = %.2f over %v components, want about 1.1", sum/live, live)
		}
	})
}

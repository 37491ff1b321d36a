package stats

import (
	"math"
	"slices"
	"testing"
)

// jackknife leaves out one of the weights at a time, plainly.
func jackknife(lnw []float64, of func(lnw []float64) float64) (value, stderr float64) {
	n := float64(len(lnw))
	without := make([]float64, len(lnw))
	for i := range lnw {
		without[i] = of(slices.Concat(lnw[:i], lnw[i+1:]))
	}
	mean, m2, _, _ := powers(without)
	return n*of(lnw) - (n-1)*mean, math.Sqrt((n - 1) / n * m2)
}

func logMean(lnw []float64) float64 {
	sum := 0.0
	for _, l := range lnw {
		sum += math.Exp(l)
	}
	return math.Log(sum / float64(len(lnw)))
}

func weightsOf(lnw []float64) *Weights {
	var w Weights
	half := len(lnw) / 2
	w.Add(lnw[:half])
	w.Add(lnw[half:])
	return &w
}

func TestLogMeanIsTheJackknife(t *testing.T) {
	for _, lnw := range [][]float64{normals(1, 700, 0, 1), normals(2, 30, 0, 3), {0, 1}} {
		value, stderr := weightsOf(lnw).LogMean()
		wantValue, wantStderr := jackknife(lnw, logMean)
		// The plain twin loses (n-1) times the rounding of its mean.
		if math.Abs(value-wantValue) > 1e-11 || math.Abs(stderr-wantStderr) > 1e-11 || stderr < 0.01 {
			t.Errorf("n = %d: %v +- %v, want %v +- %v", len(lnw), value, stderr, wantValue, wantStderr)
		}
	}
}

// Adding a constant to all ln w multiplies Z and leaves the rest: also where
// exp would overflow. One weight far above all others leaves finite numbers.
func TestWeightsOfAnySize(t *testing.T) {
	lnw := normals(3, 1000, 0, 1)
	value, stderr := weightsOf(lnw).LogMean()
	fraction, _, _ := weightsOf(lnw).EffectiveFraction()
	for i := range lnw {
		lnw[i] += 5000
	}
	shiftedValue, shiftedStderr := weightsOf(lnw).LogMean()
	shiftedFraction, _, _ := weightsOf(lnw).EffectiveFraction()
	// ln w + 5000 is rounded to 1e-12.
	if math.Abs(shiftedValue-5000-value) > 1e-11 || math.Abs(shiftedStderr-stderr) > 1e-12 || math.Abs(shiftedFraction-fraction) > 1e-12 {
		t.Errorf("shifted %v +- %v, %v; not %v +- %v, %v", shiftedValue-5000, shiftedStderr, shiftedFraction, value, stderr, fraction)
	}
	w := weightsOf([]float64{-3000, 0, -3000, -3000})
	value, stderr = w.LogMean()
	fraction, _, _ = w.EffectiveFraction()
	if math.IsNaN(value) || math.IsInf(value, 0) || !(stderr > 1000) || math.IsInf(stderr, 0) || fraction != 0.25 || w.Largest() != 1 {
		t.Errorf("one that dominates: %v +- %v, effective fraction %v, largest %v", value, stderr, fraction, w.Largest())
	}
}

func TestEqualWeightsAreExact(t *testing.T) {
	lnw := make([]float64, 1000)
	for i := range lnw {
		lnw[i] = -12.5
	}
	w := weightsOf(lnw)
	value, stderr := w.LogMean()
	fraction, fractionStderr, _ := w.EffectiveFraction()
	if math.Abs(value+12.5) > 1e-13 || stderr > 1e-15 || math.Abs(fraction-1) > 1e-15 || fractionStderr > 1e-15 || math.Abs(w.Largest()-1e-3) > 1e-15 {
		t.Errorf("ln mean %v +- %v, effective fraction %v +- %v, largest %v", value, stderr, fraction, fractionStderr, w.Largest())
	}
}

func TestEffectiveFraction(t *testing.T) {
	// w = 1, 2, 3: 36/(3*14).
	fraction, _, _ := weightsOf([]float64{0, math.Log(2), math.Log(3)}).EffectiveFraction()
	if math.Abs(fraction-36.0/42) > 1e-15 {
		t.Errorf("effective fraction %v, want 6/7", fraction)
	}
	// The infinitesimal jackknife is the plain one to order 1/n, with a factor
	// for the tails of the weights: 1 % at this n (0.5 % for this seed).
	lnw := normals(4, 2000, 0, 0.5)
	_, stderr, _ := weightsOf(lnw).EffectiveFraction()
	_, want := jackknife(lnw, func(lnw []float64) float64 {
		f, _, _ := weightsOf(lnw).EffectiveFraction()
		return f
	})
	if math.Abs(stderr/want-1) > 0.01 {
		t.Errorf("error %v, want %v", stderr, want)
	}
}

func TestFewWeights(t *testing.T) {
	var w Weights
	value, stderr := w.LogMean()
	fraction, _, _ := w.EffectiveFraction()
	if !math.IsNaN(value) || !math.IsNaN(stderr) || !math.IsNaN(fraction) || !math.IsNaN(w.Largest()) {
		t.Errorf("nothing: %v +- %v, %v, %v", value, stderr, fraction, w.Largest())
	}
	w.Add([]float64{3})
	value, stderr = w.LogMean()
	fraction, fractionStderr, _ := w.EffectiveFraction()
	if value != 3 || !math.IsNaN(stderr) || fraction != 1 || !math.IsNaN(fractionStderr) || w.Largest() != 1 || w.N() != 1 {
		t.Errorf("one: %v +- %v, %v +- %v, %v", value, stderr, fraction, fractionStderr, w.Largest())
	}
}

// Log-normal weights with ln w of variance s2 and mean -s2/2 have <w> = 1 and
// <w>^2/<w^2> = exp(-s2), exactly. Over many replicas the deviations from them
// must have the variance that the errors claim: the mean of R squared pulls is
// 1 with standard error sqrt(2/R), of which 4 are allowed, and 3 % for how far
// the mean of 1000 skewed values is from normal. The error of the effective
// fraction hangs on the fourth power of w, hence the smaller variance.
func TestErrorsAreHonest(t *testing.T) {
	const replicas, n = 2000, 1000
	for _, c := range []struct {
		name  string
		s2    float64
		exact func(s2 float64) float64
		of    func(w *Weights) (value, stderr float64)
	}{
		{"ln <w>", 0.5, func(float64) float64 { return 0 }, (*Weights).LogMean},
		{"effective fraction", 0.1, func(s2 float64) float64 { return math.Exp(-s2) }, func(w *Weights) (value, stderr float64) {
			value, stderr, _ = w.EffectiveFraction()
			return value, stderr
		}},
	} {
		square := 0.0
		for r := range replicas {
			w := weightsOf(normals(uint64(100+r), n, -c.s2/2, math.Sqrt(c.s2)))
			value, stderr := c.of(w)
			pull := (value - c.exact(c.s2)) / stderr
			square += pull * pull / replicas
		}
		if math.Abs(square-1) > 4*math.Sqrt(2.0/replicas)+0.03 {
			t.Errorf("mean squared pull of %s is %v", c.name, square)
		}
	}
}

// The bias of ln of a mean is -(e^s2 - 1)/(2n) to first order: -0.0162 for
// n = 20. The jackknife leaves the second order, a few times 1/n of it.
func TestJackknifeTakesTheBiasAway(t *testing.T) {
	const replicas, n, s2 = 20000, 20, 0.5
	var raw, corrected Moments
	for r := range replicas {
		lnw := normals(uint64(5000+r), n, -s2/2, math.Sqrt(s2))
		value, _ := weightsOf(lnw).LogMean()
		raw.Add([]float64{logMean(lnw)})
		corrected.Add([]float64{value})
	}
	bias := -(math.Exp(s2) - 1) / (2 * n)
	if math.Abs(raw.Mean()-bias) > 0.15*math.Abs(bias)+4*raw.Stderr() {
		t.Errorf("the plain estimate is off by %v +- %v, want %v: nothing is tested", raw.Mean(), raw.Stderr(), bias)
	}
	if math.Abs(corrected.Mean()) > 0.15*math.Abs(bias)+4*corrected.Stderr() {
		t.Errorf("the jackknife is off by %v +- %v", corrected.Mean(), corrected.Stderr())
	}
}

// With n-1 equal weights and one larger, w = 1 + d: the mean is 1 + d/n, the
// sum of squares d^2 (1 - 1/n), and the large one's part of it 1 - 1/n.
func TestLargestSpread(t *testing.T) {
	lnw := make([]float64, 1000)
	var w Weights
	w.Add(lnw)
	if got := w.LargestSpread(); got != 0 {
		t.Errorf("equal weights: %v, want 0", got)
	}
	for _, d := range []float64{1e-3, 2, 1e6} {
		lnw[17] = 300 + math.Log1p(d)
		for i := range lnw {
			if i != 17 {
				lnw[i] = 300
			}
		}
		var w Weights
		w.Add(lnw)
		if got, want := w.LargestSpread(), 1-1.0/1000; math.Abs(got-want) > 1e-9 {
			t.Errorf("one weight larger by %v: %v, want %v", d, got, want)
		}
	}
	if got := new(Weights).LargestSpread(); !math.IsNaN(got) {
		t.Errorf("no weights: %v, want NaN", got)
	}
}

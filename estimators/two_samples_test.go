package estimators

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// plane is an energy of two coordinates with many test rows.
func plane() core.Setting {
	space := core.Space{Kind: core.Field, Shape: []int{2}}
	return core.Setting{Beta: 1, Model: core.ModelSpec{Space: space}, Energy: core.EnergySpec{Space: space, Units: "1",
		Rows: []core.Range{{Name: "train", From: 0, To: 10}, {Name: "test", From: 10, To: 1 << 20}}, Powers: []core.Power{core.PowerRows}}}
}

// normals are n points of N((mean, 0), width^2 1) in the plane.
func normals(r *rand.Rand, n int, mean, width float64) []float64 {
	x := make([]float64, 2*n)
	for i := range x {
		x[i] = width * r.NormFloat64()
	}
	for i := 0; i < len(x); i += 2 {
		x[i] += mean
	}
	return x
}

// given is a batch of rows, from number 10 on.
func given(x []float64) *core.Batch {
	b := &core.Batch{N: len(x) / 2, X: x}
	number := make([]int32, b.N)
	for i := range number {
		number[i] = int32(10 + i)
	}
	core.RowNumber.Put(b, number)
	return b
}

// The densities compared: draws of N(0, 1), rows of N((1/2, 0), 1.2^2 1).
const shift, wide = 0.5, 1.2

// expected of Gaussian kernels of width s, < k > = (s^2/(s^2 + v))^(d/2) exp(-|m|^2/(2 (s^2 +
// v))) between normal densities at the distance m whose variances add up to v; of |x - y| in the
// plane (Rice's mean) v^(1/2) (pi/2)^(1/2) L_1/2(-m^2/(2 v)), here by its series.
func kernelMean(s, m, v float64) float64 {
	return s * s / (s*s + v) * math.Exp(-m*m/(2*(s*s+v)))
}

func distanceMean(m, v float64) float64 {
	sum, term := 0.0, 1.0 // 1F1(-1/2; 1; -a)
	for k := range 60 {
		sum += term
		term *= (float64(k) - 0.5) / float64(k+1) * -(m * m / (2 * v)) / float64(k+1)
	}
	return math.Sqrt(v*math.Pi/2) * sum
}

func TestTwoSamples(t *testing.T) {
	const n = 600
	r := rand.New(rand.NewPCG(1, 2))
	x, y := normals(r, n, 0, 1), normals(r, n, shift, wide)
	v := 1 + wide*wide
	mmd := 0.0
	for _, s := range []float64{0.5, 2} {
		mmd += (kernelMean(s, 0, 2) + kernelMean(s, 0, 2*wide*wide) - 2*kernelMean(s, shift, v)) / 2
	}
	// Entropic transport of isotropic normal densities with variances a and b, epsilon = 2 q
	// (Janati, Muzellec, Peyre and Cuturi 2020, arXiv:2006.02572), of each of two dimensions;
	// what S does not have of it is left out.
	const epsilon = 0.5
	cost := func(a, b float64) float64 {
		q := epsilon / 2
		root := math.Sqrt(4*a*b + q*q)
		return a + b - root + q*(1-math.Log(2*q)) + q*math.Log(root+q)
	}
	transport := shift*shift + 2*(cost(1, wide*wide)-cost(1, 1)/2-cost(wide*wide, wide*wide)/2)
	for name, c := range map[string]struct {
		settings core.Settings
		want     float64
		most     float64 // of the standard error
	}{
		"maximum_mean_discrepancy": {core.Settings{"widths": []any{0.5, 2.0}}, mmd, 0.01},
		"energy_distance":          {nil, 2*distanceMean(shift, v) - distanceMean(0, 2) - distanceMean(0, 2*wide*wide), 0.03},
		"sinkhorn_divergence":      {core.Settings{"epsilon": epsilon, "samples": int64(200)}, transport, 0.15},
	} {
		t.Run(name, func(t *testing.T) {
			whole, err := build(name, c.settings, plane())
			if err != nil {
				t.Fatal(err)
			}
			parts, _ := build(name, c.settings, plane())
			other, _ := build(name, c.settings, plane())
			for _, add := range []error{
				whole.Add(&core.Batch{N: n, X: x}), whole.Add(given(y)),
				parts.Add(given(y[:n])), parts.Add(&core.Batch{N: n / 2, X: x[:n]}), // rows first: any order will do
				other.Add(given(y[n:])), other.Add(&core.Batch{N: n / 2, X: x[n:]}), parts.Merge(other.State()),
			} {
				if add != nil {
					t.Fatal(add)
				}
			}
			all, err := whole.Report()
			if err != nil {
				t.Fatal(err)
			}
			e := all[0]
			if math.Abs(e.Value[0]-c.want) > 4*e.Stderr[0] || !(e.Stderr[0] < c.most) || len(e.Cautions) > 0 {
				t.Errorf("%s is %v +- %v, want %v; cautions %v", e.Name, e.Value[0], e.Stderr[0], c.want, e.Cautions)
			}
			if len(all) > 1 && !(all[1].Value[0] < 0.01 && strings.HasSuffix(all[1].Name, "_p_value")) {
				t.Errorf("%s is %v", all[1].Name, all[1].Value)
			}
			if again, _ := parts.Report(); !reflect.DeepEqual(again, all) {
				t.Errorf("in parts %v, at once %v", again, all)
			}
			if err := other.Restore(core.EstimatorState{"draws": {1, 2, 3}, "rows": nil, "chains": {0}}); err == nil {
				t.Error("half a configuration is restored")
			}
		})
	}
}

// The estimated variance of U has no bias where the densities are apart. Where they are one,
// zeta_1 = 0 is estimated as 0 or more, which makes the variance up to twice too large, and
// p-values are even. Of 300 repetitions, variances are known to sqrt(2/300) = 8 % or, where
// U is not normal, to twice that, and the mean of p to 0.017.
func TestPairsAreHonest(t *testing.T) {
	const repetitions, n = 300, 60
	for _, c := range []struct {
		shift, from, to float64
	}{{0, 0.85, 2.35}, {1, 0.8, 1.25}} {
		var first, second, variance, p float64
		for i := range repetitions {
			r := rand.New(rand.NewPCG(uint64(i), 3))
			h := newPairs(normals(r, n, 0, 1), normals(r, n, c.shift, 1), n, stats.Gaussians{1}.At)
			u, stderr := h.mean()
			value, _ := h.test(uint64(i), 50)
			first, second, variance, p = first+u/repetitions, second+u*u/repetitions, variance+stderr*stderr/repetitions, p+value/repetitions
		}
		if spread := second - first*first; variance/spread < c.from || variance/spread > c.to {
			t.Errorf("shift %v: the variance is %.3g, estimated are %.3g", c.shift, spread, variance)
		}
		if want := kernelMean(1, 0, 2)*2 - 2*kernelMean(1, c.shift, 2); math.Abs(first-want) > 4*math.Sqrt(variance/repetitions) {
			t.Errorf("shift %v: the mean is %v, want %v", c.shift, first, want)
		}
		if c.shift == 0 && math.Abs(p-0.51) > 4*0.017 { // (1 + 51/2)/52 = 0.51
			t.Errorf("the mean p-value is %v", p)
		}
		if c.shift == 1 && p > 0.05 {
			t.Errorf("the mean p-value of two densities is %v", p)
		}
	}
}

func TestTwoSamplesDoubt(t *testing.T) {
	e, err := build("energy_distance", nil, plane())
	if err != nil {
		t.Fatal(err)
	}
	report := func() core.Estimate {
		t.Helper()
		all, err := e.Report()
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		return all[0]
	}
	r := rand.New(rand.NewPCG(1, 2))
	if err := e.Add(&core.Batch{N: 50, X: normals(r, 50, 0, 1), Chains: 5}); err != nil {
		t.Fatal(err)
	}
	if found := report(); !math.IsNaN(found.Value[0]) || len(found.Cautions) != 1 || found.Cautions[0].Code != core.CautionFewDraws {
		t.Errorf("without rows: %+v", found)
	}
	if err := e.Add(given(normals(r, 50, 0, 1))); err != nil {
		t.Fatal(err)
	}
	if found := report(); math.IsNaN(found.Value[0]) || len(found.Cautions) != 1 || found.Cautions[0].Code != core.CautionCorrelated {
		t.Errorf("of chains: %+v", found)
	}
	if err := e.Add(&core.Batch{N: 1, X: []float64{0, math.NaN()}}); core.KindOf(err) != core.Numeric || !strings.Contains(err.Error(), "sample 0") {
		t.Errorf("of NaN: %v", err)
	}
	for name, c := range map[string]struct {
		settings core.Settings
		want     string
	}{
		"energy_distance":          {core.Settings{"rows": "validation"}, `the energy has no rows "validation"`},
		"maximum_mean_discrepancy": {core.Settings{"widths": []any{1.0, 0.0}}, "widths must be greater than 0, got 0"},
		"mode_coverage":            {core.Settings{"modes": []any{1.0, 0.0, 2.0}}, "modes must have 2 numbers for each mode, got 3"},
	} {
		if _, err := build(name, c.settings, plane()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	for _, c := range []struct {
		modes, weights []any
		want           string
	}{
		{[]any{1.0, 0.0}, []any{1.0, 2.0}, "weights must have 1 numbers"},
		{[]any{1.0, 0.0, math.Inf(-1), 0.0}, []any{}, "modes must be finite, got -Inf"},
		{[]any{1.0, 0.0, 2.0, 0.0}, []any{1e308, 1e308}, "weights have a sum that is too large"},
	} {
		if _, err := build("mode_coverage", core.Settings{"modes": c.modes, "weights": c.weights}, plane()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("modes %v, weights %v: error %v, want %q", c.modes, c.weights, err, c.want)
		}
	}
}

// Where epsilon is far below the squared distances, 10^-4 of them here, the iteration does not come
// to its end, and the value says so; at epsilon = 1 it does. Both have a value.
func TestSinkhornSaysWhereItHasNotConverged(t *testing.T) {
	for epsilon, code := range map[float64]core.CautionCode{1: "", 1e-4: core.CautionNotConverged} {
		e, err := build("sinkhorn_divergence", core.Settings{"epsilon": epsilon}, plane())
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 2))
		if err := errors.Join(e.Add(&core.Batch{N: 40, X: normals(r, 40, 0, 1)}), e.Add(given(normals(r, 40, shift, wide)))); err != nil {
			t.Fatal(err)
		}
		all, err := e.Report()
		if err != nil {
			t.Fatal(err)
		}
		found := all[0]
		if math.IsNaN(found.Value[0]) || (code == "") != (len(found.Cautions) == 0) || code != "" && found.Cautions[0].Code != code {
			t.Errorf("epsilon %v: %+v", epsilon, found)
		}
	}
}

// Eight samples have a value and an error, as of every other estimator: the exact cost of
// draws 0 to rows at the distance 2 is 4, and no group that is left out changes it.
func TestSinkhornOfFewSamples(t *testing.T) {
	for _, n := range []int{least, least + 1} {
		e, err := build("sinkhorn_divergence", core.Settings{"epsilon": 1.0}, plane())
		if err != nil {
			t.Fatal(err)
		}
		x, y := make([]float64, 2*n), make([]float64, 2*n)
		for i := range n {
			y[2*i] = 2
		}
		if err := errors.Join(e.Add(&core.Batch{N: n, X: x}), e.Add(given(y))); err != nil {
			t.Fatal(err)
		}
		all, err := e.Report()
		if err != nil {
			t.Fatal(err)
		}
		if v, stderr := all[0].Value[0], all[0].Stderr[0]; !(math.Abs(v-4) < 1e-3) || !(stderr < 1e-3) || len(all[0].Cautions) > 0 {
			t.Errorf("%d samples: %+v", n, all[0])
		}
	}
}

// 300 draws near the first of two modes and 100 near the second, where 1/2 and 1/2 are due:
// coverage 1/2 + 1/4, with the error sqrt(3/16/400) of a share.
func TestModeCoverage(t *testing.T) {
	e, err := build("mode_coverage", core.Settings{"modes": []any{-3.0, 0.0, 3.0, 0.0}}, plane())
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var x []float64
	for i := range 400 {
		at := -3.0
		if i%4 == 3 {
			at = 3
		}
		x = append(x, normals(r, 1, at, 0.3)...)
	}
	if err := e.Add(&core.Batch{N: 400, X: x}); err != nil {
		t.Fatal(err)
	}
	all, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	if v := all[0].Value[0]; math.Abs(v-0.75) > 1e-12 {
		t.Errorf("coverage %v", v)
	}
}

// Of balanced modes the value is the sum of min(s_k, 1/2) as it is drawn, by counting, and so 1 at
// most: of 50 evaluations of 400 draws a jackknife reports more in some. The
// error is not above twice that of a share, sqrt(1/4/n).
func TestModeCoverageIsAtMostOne(t *testing.T) {
	const n = 400
	for seed := range uint64(50) {
		e, err := build("mode_coverage", core.Settings{"modes": []any{-3.0, 0.0, 3.0, 0.0}}, plane())
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 2))
		var x []float64
		right := 0
		for range n {
			at := 6*r.IntN(2) - 3
			if at > 0 {
				right++
			}
			x = append(x, float64(at), 0)
		}
		if err := e.Add(&core.Batch{N: n, X: x}); err != nil {
			t.Fatal(err)
		}
		all, err := e.Report()
		if err != nil {
			t.Fatal(err)
		}
		want := 0.5 + float64(min(right, n-right))/n
		if v, stderr := all[0].Value[0], all[0].Stderr[0]; math.Abs(v-want) > 1e-14 || v > 1 || !(stderr < 2*0.5/math.Sqrt(n)) {
			t.Errorf("seed %d: coverage %v +- %v, want %v", seed, v, stderr, want)
		}
	}
}

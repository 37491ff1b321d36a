package stats

import (
	"math"
	"testing"
)

func binder(dst, mean []float64) { dst[0] = 1 - mean[1]/(3*mean[0]*mean[0]) }
func root(dst, mean []float64)   { dst[0] = math.Sqrt(mean[0]/mean[1] + 1) }

func square(x float64) float64 { return x * x }
func fourth(x float64) float64 { return x * x * x * x }

// pyerrors has the slopes of f exactly. Those here are differences over a standard error h, off by
// h^2/6 f”' as against f': with a relative error e of < x^2 > by about 4 e^2 of the first term for the
// Binder cumulant, where e^2 is 3e-4.
func TestLinearisedIsThatOfPyerrors(t *testing.T) {
	for name, of := range map[string]func(dst, mean []float64){"binder": binder, "root": root} {
		for _, r := range references(t, name) {
			x := chainsOf(r.column(t), 1)
			columns := []*Chains{x.Map(square), x.Map(fourth)}
			if name == "root" {
				other := r
				other.Seed++
				columns[1] = chainsOf(other.column(t), 1).Map(square)
			}
			value, y := Linearised(columns, 1, of)
			if !near(value[0], r.is(t, "value"), 1e-9) || !near(y[0].Mean(), value[0], 1e-9) {
				t.Errorf("%s: %v, mean of the projection %v, want %v", name, value[0], y[0].Mean(), r.is(t, "value"))
			}
			u, window := gammaMethod(y[0], r.is(t, "S"))
			checkGamma(t, r, u, window, 0.01)
		}
	}
}

// Over many replicas of fewer chains than blocks, with a long memory, the Binder cumulant is off by its errors, while
// blocks of draws no longer than tau give too small ones. It is 0 for normal x. The
// mean squared pull is 1 with the standard error sqrt(2/R), of which 4 are allowed, and a tenth
// for the bias and for tails.
func TestLinearisedErrorsAreHonest(t *testing.T) {
	const replicas, m, draws, a = 300, 30, 600, 0.97
	linear, blocked := 0.0, 0.0
	for seed := range uint64(replicas) {
		x := chainsOf(reference{Kind: "autoregressive", Seed: 9000 + seed, Chains: m, Draws: draws, A: a}.make(), m)
		value, y := Linearised([]*Chains{x.Map(square), x.Map(fourth)}, 1, binder)
		stderr, _ := y[0].Error()
		linear += value[0] * value[0] / (stderr * stderr) / replicas
		b := NewBlocks(2)
		for _, v := range x.x {
			sums := b.Row(m)
			sums[0] += square(v)
			sums[1] += fourth(v)
		}
		f, e := b.Jackknife(1, binder)
		blocked += f[0] * f[0] / (e[0] * e[0]) / replicas
	}
	if math.Abs(linear-1) > 4*math.Sqrt(2./replicas)+0.1 || blocked < 1.5*linear {
		t.Errorf("mean squared pull %v, of blocks %v", linear, blocked)
	}
}

// Of a linear function the projection is the function of each draw; a column that does not vary
// adds nothing; what f has no value at is NaN.
func TestLinearisedOfLinearFunctions(t *testing.T) {
	x, one := chainsOf(normals(1, 200, 1, 1), 2), chainsOf(normals(1, 200, 7, 0), 2)
	value, y := Linearised([]*Chains{x, one}, 2, func(dst, mean []float64) {
		dst[0], dst[1] = 3*mean[0]-mean[1], math.Sqrt(-mean[0])
	})
	for i, v := range x.x {
		if math.Abs(y[0].x[i]-(3*v-7)) > 1e-12 {
			t.Fatalf("draw %d: %v, want %v", i, y[0].x[i], 3*v-7)
		}
	}
	if stderr, _ := y[1].Error(); !math.IsNaN(value[1]) || !math.IsNaN(stderr) {
		t.Errorf("the root of a negative number is %v +- %v", value[1], stderr)
	}
}

package estimators

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Target and model of these tests are mixtures of two normal densities at -1 and
// 2, in the target of width 0.5 with the right one higher by 0.3, in the model
// of width 0.7 with the right one drawn with probability 0.4. The split, 3
// widths from both, leaves a difference near 0.3 at beta = 1.
const wellsSplit = 0.5

func wellsEnergy(x float64) float64 {
	return -math.Log(math.Exp(-2*(x+1)*(x+1)) + math.Exp(-0.3-2*(x-2)*(x-2)))
}

// wellsExact is the difference by the trapezoidal rule.
func wellsExact() float64 {
	const h = 1e-3
	var left, right float64
	for k := -8000; k < 8000; k++ {
		x := wellsSplit + (float64(k)+0.5)*h
		if k < 0 {
			left += math.Exp(-wellsEnergy(x))
		} else {
			right += math.Exp(-wellsEnergy(x))
		}
	}
	return math.Log(left / right)
}

func drawWells(b *core.Batch, r *rand.Rand, n int) {
	b.Reset(n, 2)
	b.E = core.Resize(b.E, n)
	for i := range n {
		centre := -1.0
		if r.Float64() < 0.4 {
			centre = 2
		}
		x, y := centre+0.7*r.NormFloat64(), r.NormFloat64()
		b.X[2*i], b.X[2*i+1] = x, y
		normal := func(c float64) float64 { return math.Exp(-(x-c)*(x-c)/(2*0.49)) / (0.7 * math.Sqrt(2*math.Pi)) }
		b.LogP[i] = math.Log(0.6*normal(-1)+0.4*normal(2)) - y*y/2 - math.Log(2*math.Pi)/2
		b.E[i] = wellsEnergy(x) + y*y/2
	}
}

func openWells(t *testing.T, split float64) core.Estimator {
	t.Helper()
	s := core.Setting{Beta: 1, Energy: core.EnergySpec{Space: core.Space{Kind: core.Particles, Shape: []int{1, 2}}, Units: "kJ"}}
	e, err := wellFreeEnergyDifference().NewEstimator(core.Settings{"split": split}, s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func reportWells(t *testing.T, e core.Estimator) core.Estimate {
	t.Helper()
	r, err := e.Report()
	if err != nil || len(r) != 1 {
		t.Fatalf("report %v, error %v", r, err)
	}
	return r[0]
}

// 400 evaluations of 500 draws: deviations from the exact value in standard
// errors have mean 0 +- 1/20 and mean square 1 +- sqrt(2/400), each up to 4 of
// those.
func TestWellDifferenceIsHonest(t *testing.T) {
	const repeats, n = 400, 500
	want := wellsExact()
	if math.Abs(want-0.3) > 0.01 || math.Abs(want) < 0.1 {
		t.Fatalf("exact difference %v", want)
	}
	r := rand.New(rand.NewPCG(11, 12))
	var b core.Batch
	mean, square := 0.0, 0.0
	for range repeats {
		e := openWells(t, wellsSplit)
		for range 2 {
			drawWells(&b, r, n/2)
			if err := e.Add(&b); err != nil {
				t.Fatal(err)
			}
		}
		x := reportWells(t, e)
		if x.N != n || x.Units != "kJ" || x.Caution() != "" || x.Extensive {
			t.Fatalf("estimate %+v", x)
		}
		pull := (x.Value[0] - want) / x.Stderr[0]
		mean += pull / repeats
		square += pull * pull / repeats
	}
	if math.Abs(mean) > 4/math.Sqrt(repeats) || math.Abs(square-1) > 4*math.Sqrt(2./repeats) {
		t.Errorf("deviations in standard errors: mean %.3f, mean square %.3f", mean, square)
	}
}

// With equal weights it is a matter of counting: 300 right, 700 left.
func TestWellDifferenceOfCounts(t *testing.T) {
	b := core.Batch{N: 1000, X: make([]float64, 2000), LogP: make([]float64, 1000), E: make([]float64, 1000)}
	for i := range 300 {
		b.X[2*i] = 1
	}
	e := openWells(t, 0)
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	x := reportWells(t, e)
	if want := math.Log(7. / 3); math.Abs(x.Value[0]-want) > 1e-13 {
		t.Errorf("difference %v, want %v", x.Value[0], want)
	}
	// The binomial error of the log-odds.
	if want := math.Sqrt(1/300. + 1/700.); math.Abs(x.Stderr[0]-want) > 1e-13 {
		t.Errorf("standard error %v, want %v", x.Stderr[0], want)
	}
}

func TestWellDifferenceOfOneWell(t *testing.T) {
	if x := reportWells(t, openWells(t, 0)); !math.IsNaN(x.Value[0]) || !math.IsNaN(x.Stderr[0]) || x.Caution() != "" {
		t.Errorf("of nothing: %+v", x)
	}
	var b core.Batch
	drawWells(&b, rand.New(rand.NewPCG(1, 2)), 50)
	e := openWells(t, 100)
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	x := reportWells(t, e)
	if !math.IsNaN(x.Value[0]) || !strings.Contains(x.Caution(), "all 50 configurations are on one side of 100: the model has not found the other well") {
		t.Errorf("of one well: %+v", x)
	}
	// One configuration rules the left well.
	drawWells(&b, rand.New(rand.NewPCG(1, 2)), 50)
	b.X[0], b.LogP[0] = -1, -50
	e = openWells(t, wellsSplit)
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	if x := reportWells(t, e); !strings.HasPrefix(x.Caution(), "left well: effective sample size") {
		t.Errorf("caution %q", x.Caution())
	}
}

package objective

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const sites = 3

// product is the density prod_i sigmoid(theta_i x_i) of independent spins.
type product [sites]float64

func (p product) logP(x []float64) float64 {
	l := 0.0
	for i, t := range p {
		l -= math.Log1p(math.Exp(-t * x[i]))
	}
	return l
}

// score is grad_theta ln p(x).
func (p product) score(x []float64) (g product) {
	for i, t := range p {
		g[i] = x[i] / (1 + math.Exp(t*x[i]))
	}
	return g
}

// energyOf is a frustrated triangle in a field; the numbers are arbitrary, and
// no symmetry makes a gradient vanish.
func energyOf(x []float64) float64 {
	return -0.9*x[0]*x[1] - 0.4*x[1]*x[2] + 0.7*x[0]*x[2] - 0.3*x[0] + 0.2*x[2] + 5
}

// states are the 2^3 configurations.
func states() [][]float64 {
	var all [][]float64
	for s := range 1 << sites {
		x := make([]float64, sites)
		for i := range x {
			x[i] = float64(2*(s>>i&1) - 1)
		}
		all = append(all, x)
	}
	return all
}

// target is what ReverseKL descends, summed over all states: beta F, or the
// mean energy in the ground state.
func target(p product, beta float64) float64 {
	f := 0.0
	for _, x := range states() {
		value := energyOf(x)
		if !math.IsInf(beta, 1) {
			value = p.logP(x) + beta*energyOf(x)
		}
		f += math.Exp(p.logP(x)) * value
	}
	return f
}

func batchOf(p product, xs ...[]float64) *core.Batch {
	b := &core.Batch{N: len(xs)}
	for _, x := range xs {
		b.X = append(b.X, x...)
		b.LogP = append(b.LogP, p.logP(x))
		b.E = append(b.E, energyOf(x))
	}
	return b
}

// expectedPull is the exact mean, over all batches of n draws, of
// sum_i w_i grad ln p(x_i).
func expectedPull(t *testing.T, p product, beta float64, n int) (g product) {
	all := states()
	var c core.Batch
	xs := make([][]float64, n)
	for code := range int(math.Pow(float64(len(all)), float64(n))) {
		weight := 1.0
		for i := range xs {
			xs[i] = all[code%len(all)]
			code /= len(all)
			weight *= math.Exp(p.logP(xs[i]))
		}
		if _, err := cotangents(&ReverseKL{}, &c, batchOf(p, xs...), beta); err != nil {
			t.Fatal(err)
		}
		for i, x := range xs {
			for k, s := range p.score(x) {
				g[k] += weight * c.LogP[i] * s
			}
		}
	}
	return g
}

// The estimate is unbiased for every batch size, also the smallest: its exact
// expectation is the gradient of the exactly summed free energy, by central
// difference (error h^2 = 1e-10, and 1e-16/h of rounding). Weights with 1/n
// for 1/(n-1) would miss by a factor 1/2 at n = 2.
func TestGradientIsUnbiased(t *testing.T) {
	p := product{0.3, -0.8, 0.5}
	const h = 1e-5
	for _, beta := range []float64{0, 0.7, math.Inf(1)} {
		for n := 2; n <= 4; n++ {
			g := expectedPull(t, p, beta, n)
			for k := range p {
				up, down := p, p
				up[k] += h
				down[k] -= h
				want := (target(up, beta) - target(down, beta)) / (2 * h)
				if math.Abs(want) < 0.02 {
					t.Errorf("beta %v: component %d is %v, too small to test anything", beta, k, want)
				}
				if math.Abs(g[k]-want) > 1e-9 {
					t.Errorf("beta %v, n %d: component %d is %v, want %v", beta, n, k, g[k], want)
				}
			}
		}
	}
}

// A constant added to E changes nothing but the mean: it is what the baseline
// takes away.
func TestConstantEnergyDropsOut(t *testing.T) {
	p := product{0.3, -0.8, 0.5}
	b := batchOf(p, states()...)
	var plain, shifted core.Batch
	if _, err := cotangents(&ReverseKL{}, &plain, b, 0.7); err != nil {
		t.Fatal(err)
	}
	for i := range b.E {
		b.E[i] += 100
	}
	if _, err := cotangents(&ReverseKL{}, &shifted, b, 0.7); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i, w := range plain.LogP {
		sum += w
		if math.Abs(w-shifted.LogP[i]) > 1e-13 {
			t.Errorf("weight %d: %v, and %v with E + 100", i, w, shifted.LogP[i])
		}
	}
	if math.Abs(sum) > 1e-14 || math.Abs(plain.LogP[0]) < 1e-3 {
		t.Errorf("weights add up to %v, the first is %v", sum, plain.LogP[0])
	}
}

// The loss of a batch of three with round numbers, worked out by hand: at
// beta 1/2, f = (0, 1, 2); at the target beta 2, E + ln p/2 = (1.5, 3, 4.5).
func TestLossByHand(t *testing.T) {
	b := &core.Batch{N: 3, LogP: []float64{-1, -1, -1}, E: []float64{2, 4, 6}}
	var c core.Batch
	loss, err := cotangents(&ReverseKL{Divergence{Target: 2}}, &c, b, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	third := 1 / math.Sqrt(3)
	// loss, free energy and its error, energy, entropy
	if want := []float64{1, 3.5, 2 * third, 4, 1}; !near(loss, want) {
		t.Errorf("loss %v, want %v", loss, want)
	}
	if w := c.LogP; w[0] != -0.5 || w[1] != 0 || w[2] != 0.5 {
		t.Errorf("weights %v, want -1/2, 0, 1/2", c.LogP)
	}
	// The ground state is about E alone; without a target it is that of beta.
	loss, err = cotangents(&ReverseKL{}, &c, b, math.Inf(1))
	if want := []float64{4, 4, 2 * third, 4, 1}; err != nil || !near(loss, want) {
		t.Errorf("ground state: loss %v, want %v, error %v", loss, want, err)
	}
}

func near(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) < 1e-14 })
}

// cotangents are those of a batch that is not cut; the numbers are copied.
func cotangents(o core.Objective, bar, b *core.Batch, beta float64) ([]float64, error) {
	numbers, err := o.Cotangents(bar, b, b, beta)
	return slices.Clone(numbers), err
}

func TestBatchOfOne(t *testing.T) {
	for _, o := range []core.Objective{&ReverseKL{}, &DensityMatrix{}, &Alpha{}, &AlphaPath{}, &AlphaOfData{}} {
		_, err := cotangents(o, &core.Batch{}, &core.Batch{N: 1, LogP: []float64{-1}, E: []float64{1}}, 1)
		if core.KindOf(err) != core.Invalid || err == nil {
			t.Errorf("%T: error %v, want one of kind invalid", o, err)
		}
	}
}

// all are the objectives of this package.
func all() []core.Objective {
	d := Divergence{Target: 1}
	low, high := AlphaDivergence{Order: -0.4, Known: true, Target: 0.5}, AlphaDivergence{Order: 0.9}
	return []core.Objective{&ReverseKL{d}, &ScoreRaw{d}, &DensityMatrix{Divergence: d, Clip: 1}, &Pathwise{d}, &PathGradient{d}, &MaximumLikelihood{},
		&Alpha{high}, &AlphaPath{low}, &AlphaOfData{low}, &AlphaOfData{high}}
}

// fullBatch has all that any of them wants.
func fullBatch() *core.Batch {
	b := batchOf(product{0.3, -0.8, 0.5}, states()...)
	b.Slope, b.LogPSlope = slices.Clone(b.X), slices.Clone(b.X)
	for k := range b.Slope {
		b.Slope[k] *= 0.3 * float64(k)
		b.LogPSlope[k] *= 0.1 * float64(k*k)
	}
	b.K, b.EIm = []int32{1, 0, 1, 1, 2, 3, 0, 1}, []float64{0.1, -0.2, 0.3, 0, 2, 0.7, -1, 0.4}
	return b
}

func TestCotangentsAllocateNothing(t *testing.T) {
	b := fullBatch()
	for _, o := range all() {
		var c core.Batch
		o.Cotangents(&c, b, b, 0.5)
		if n := testing.AllocsPerRun(10, func() { o.Cotangents(&c, b, b, 0.5) }); n != 0 {
			t.Errorf("%T: %v allocations a step", o, n)
		}
	}
}

// rows are those of b from first to end, of a batch that is numbered from 100.
func rows(b *core.Batch, first, end int) *core.Batch {
	d := len(b.X) / b.N
	return &core.Batch{N: end - first, From: 100 + first, X: b.X[d*first : d*end], LogP: b.LogP[first:end], E: b.E[first:end], EIm: b.EIm[first:end],
		K: b.K[first:end], Slope: b.Slope[d*first : d*end], LogPSlope: b.LogPSlope[d*first : d*end]}
}

// A batch cut into uneven pieces gives the cotangents and the numbers of the
// whole, bit for bit. The pieces see of all rows what is not as long as x.
func TestPiecesGiveTheBitsOfTheWhole(t *testing.T) {
	b := fullBatch()
	b.From = 100
	summary := *b
	summary.X, summary.Slope, summary.LogPSlope = nil, nil, nil
	for _, o := range all() {
		var whole, piece core.Batch
		want, err := cotangents(o, &whole, b, 0.5)
		if err != nil {
			t.Fatal(err)
		}
		for _, bar := range o.Spec().Bars {
			if bar.Len(&whole) < b.N || bar.Say(&whole, 1) == bar.Say(&whole, 2) && bar != core.LogP {
				t.Errorf("%T: %s has %d cotangents", o, bar.Info().Name, bar.Len(&whole))
			}
			var joined []string
			for _, cut := range [][2]int{{0, 1}, {1, 6}, {6, 8}} {
				got, err := o.Cotangents(&piece, rows(b, cut[0], cut[1]), &summary, 0.5)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%T, rows %v: numbers %v, want %v (%v)", o, cut, got, want, err)
				}
				for i := range bar.Len(&piece) {
					joined = append(joined, bar.Say(&piece, i))
				}
			}
			for i := range bar.Len(&whole) {
				if i >= len(joined) || joined[i] != bar.Say(&whole, i) {
					t.Fatalf("%T: cotangents of %s %v, want %s at %d", o, bar.Info().Name, joined, bar.Say(&whole, i), i)
				}
			}
		}
	}
}

// What a run file chooses, and what it may not.
func TestPartsMakeObjectives(t *testing.T) {
	make := func(part core.Part, kinetic float64, given core.Settings) (core.Objective, error) {
		s, problems := core.Complete(part.Params, given)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return part.NewObjective(s, core.Setting{Beta: 3, Energy: core.EnergySpec{Units: "J", Kinetic: kinetic}})
	}
	for gradient, want := range map[string]core.Objective{"score": &ReverseKL{}, "pathwise": &Pathwise{}, "path_gradient": &PathGradient{},
		"score_raw": &ScoreRaw{}, "measure_valued": &MeasureValued{}} {
		o, err := make(reversePart, 0, core.Settings{"gradient": gradient})
		if err != nil || reflect.TypeOf(o) != reflect.TypeOf(want) {
			t.Errorf("gradient %s makes %T, want %T (%v)", gradient, o, want, err)
		}
		spec := o.Spec()
		if spec.Numbers[0].Name != "loss" || spec.Numbers[1] != (core.NumberInfo{Name: "free_energy", Long: "variational free energy of the batch", Units: "J"}) || spec.Watch != "free_energy" {
			t.Errorf("gradient %s reports %+v", gradient, spec)
		}
	}
	o, err := make(reversePart, 0.5, core.Settings{"clip_local": 7.0})
	if d, ok := o.(*DensityMatrix); err != nil || !ok || d.Clip != 7 || d.Target != 3 {
		t.Errorf("of a quantum energy %+v, error %v", o, err)
	}
	_, err = make(reversePart, 0.5, core.Settings{"gradient": "pathwise"})
	if core.KindOf(err) != core.Mismatch || !strings.Contains(err.Error(), `gradient = "pathwise" is for classical energies`) {
		t.Errorf("error %v", err)
	}
	if o, err := make(likelihoodPart, 0, nil); err != nil || len(o.Spec().Numbers) != 2 {
		t.Errorf("maximum likelihood %v, %v", o, err)
	}
}

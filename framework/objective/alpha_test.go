package objective

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// orders are on both sides of 1/2, where the forms change, and at both limits.
var orders = []float64{-1, -0.3, 0, 0.25, 0.5, 0.75, 1, 2}

// modes is the target: two modes that overlap, so that all integrals below exist, and no
// symmetry.
var modes = []struct {
	weight float64
	normal
}{{0.7, normal{-1, math.Log(0.8)}}, {0.3, normal{1.5, math.Log(0.6)}}}

// student is the model.
var student = normal{0.2, math.Log(0.9)}

func lnTarget(x float64) float64 {
	sum := 0.0
	for _, m := range modes {
		sum += m.weight * math.Exp(m.logP(x))
	}
	return math.Log(sum)
}

func targetSlope(x float64) float64 {
	sum := 0.0
	for _, m := range modes {
		sum += m.weight * math.Exp(m.logP(x)) * m.slope(x)
	}
	return sum * math.Exp(-lnTarget(x))
}

// The target is exp(-beta E)/Z with this beta and ln Z.
const temper, lnZ = 0.5, 3.0

// batchOn is a batch at given x. E is such that the target is the Boltzmann density.
func batchOn(p normal, xs ...float64) *core.Batch {
	b := &core.Batch{N: len(xs), X: xs}
	for _, x := range xs {
		b.LogP, b.E = append(b.LogP, p.logP(x)), append(b.E, -(lnTarget(x)+lnZ)/temper)
		b.Slope, b.LogPSlope = append(b.Slope, -targetSlope(x)/temper), append(b.LogPSlope, p.slope(x))
	}
	return b
}

// line visits x from -12 to 12 in steps whose trapezoidal rule is exact to rounding: the
// nearest zero of the target is 0.6 from the real axis.
func line(visit func(x, h float64)) {
	const h = 0.15
	for k := -80; k <= 80; k++ {
		visit(h*float64(k), h)
	}
}

// divergenceOf is D_alpha of the target from p, by its definition.
func divergenceOf(alpha float64, p normal) (d float64) {
	line(func(x, h float64) {
		a, b := lnTarget(x), p.logP(x)
		switch alpha {
		case 0:
			d += h * math.Exp(b) * (b - a)
		case 1:
			d += h * math.Exp(a) * (a - b)
		default:
			d += h * (alpha*math.Exp(a) + (1-alpha)*math.Exp(b) - math.Exp(alpha*a+(1-alpha)*b)) / (alpha * (1 - alpha))
		}
	})
	return d
}

// exactSlope is its gradient by central differences: errors h^2 = 1e-10, and 1e-16/h.
func exactSlope(alpha float64, p normal) [2]float64 {
	const h = 1e-5
	at := func(mu, s float64) float64 { return divergenceOf(alpha, normal{p.mu + mu, p.s + s}) }
	return [2]float64{(at(h, 0) - at(-h, 0)) / (2 * h), (at(0, h) - at(0, -h)) / (2 * h)}
}

func alphaAt(alpha float64, known bool) AlphaDivergence {
	return AlphaDivergence{Order: alpha, Known: known, LogZ: lnZ, Target: temper}
}

// pulled is the gradient that cotangents of a batch give.
func pulled(bar, b *core.Batch, path bool) (g [2]float64) {
	for i, x := range b.X {
		one := student.score(x)
		if path {
			one = student.path(student.z(x), bar.X[i], bar.LogP[i])
		} else {
			one[0], one[1] = one[0]*bar.LogP[i], one[1]*bar.LogP[i]
		}
		g[0], g[1] = g[0]+one[0], g[1]+one[1]
	}
	return g
}

// The estimates are unbiased, also of a batch of two: its exact expectation, as an integral
// over both draws, is the gradient of the divergence, and so is that of the loss. This is
// where ln Z is known, and at alpha = 0 where it is not.
func TestAlphaIsUnbiased(t *testing.T) {
	var xs, steps []float64
	line(func(x, h float64) { xs, steps = append(xs, x), append(steps, h) })
	each, pair := batchOn(student, xs...), batchOn(student, 0, 0)
	for _, alpha := range orders {
		want, d := exactSlope(alpha, student), divergenceOf(alpha, student)
		for name, c := range map[string]struct {
			o    core.Objective
			from func(x float64) float64 // ln of the density of draws
		}{
			"model": {&Alpha{alphaAt(alpha, true)}, student.logP}, "path": {&AlphaPath{alphaAt(alpha, true)}, student.logP}, "data": {&AlphaOfData{alphaAt(alpha, true)}, lnTarget},
		} {
			var g [2]float64
			loss := 0.0
			var bar core.Batch
			weights := make([]float64, len(xs))
			for k, x := range xs {
				weights[k] = steps[k] * math.Exp(c.from(x))
			}
			for k := range xs {
				for l := range xs {
					weight := weights[k] * weights[l]
					if weight < 1e-40 {
						continue
					}
					for i, at := range []int{k, l} {
						pair.X[i], pair.LogP[i], pair.E[i], pair.Slope[i], pair.LogPSlope[i] = xs[at], each.LogP[at], each.E[at], each.Slope[at], each.LogPSlope[at]
					}
					numbers, err := c.o.Cotangents(&bar, pair, pair, temper)
					if err != nil {
						t.Fatal(err)
					}
					loss += weight * numbers[0]
					for j, v := range pulled(&bar, pair, name == "path") {
						g[j] += weight * v
					}
				}
			}
			for j := range g {
				if math.Abs(want[j]) < 0.02 || math.Abs(g[j]-want[j]) > 1e-8*(1+math.Abs(want[j])) {
					t.Errorf("alpha %v from %s: component %d is %v, want %v (not small)", alpha, name, j, g[j], want[j])
				}
			}
			if math.Abs(loss-d) > 1e-9 {
				t.Errorf("alpha %v from %s: the loss is %v, want %v", alpha, name, loss, d)
			}
		}
	}
}

// quantiles are n evenly spread ones of a density, by bisection of its distribution.
func quantiles(n int, parts ...int) (all []float64) {
	cdf := func(x float64) (sum float64) {
		if len(parts) == 0 {
			return math.Erfc(-student.z(x)/math.Sqrt2) / 2
		}
		for _, m := range modes {
			sum += m.weight * math.Erfc(-m.z(x)/math.Sqrt2) / 2
		}
		return sum
	}
	low := -12.0
	for i := range n {
		u := (float64(i) + 0.5) / float64(n)
		from, to := low, 12.0
		for range 60 {
			if middle := (from + to) / 2; cdf(middle) < u {
				from = middle
			} else {
				to = middle
			}
		}
		low = from
		all = append(all, from)
	}
	return all
}

// Without ln Z, and while beta is annealed, that of the batch stands for it. With as many
// draws as make the difference small loss and gradient are those of the divergence. What 20000
// quantiles leave out, beyond 4 widths, is below 3 % of the heaviest integrals, those of
// p^2/pi at alpha = -1 and of pi^2/p at alpha = 2.
func TestAlphaWithoutLogZ(t *testing.T) {
	const n = 20000
	ofModel, ofData := batchOn(student, quantiles(n)...), batchOn(student, quantiles(n, 1)...)
	for _, alpha := range orders {
		want, d := exactSlope(alpha, student), divergenceOf(alpha, student)
		for name, c := range map[string]struct {
			o core.Objective
			b *core.Batch
		}{
			"model": {&Alpha{alphaAt(alpha, false)}, ofModel}, "path": {&AlphaPath{alphaAt(alpha, false)}, ofModel}, "data": {&AlphaOfData{alphaAt(alpha, false)}, ofData},
			"annealed": {&Alpha{AlphaDivergence{Order: alpha, Known: true, LogZ: 17, Target: 2 * temper}}, ofModel},
		} {
			var bar core.Batch
			numbers, err := c.o.Cotangents(&bar, c.b, c.b, temper)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(numbers[0]-d) > 0.01*d || !(numbers[1] > 0) {
				t.Errorf("alpha %v from %s: loss %v, want %v", alpha, name, numbers, d)
			}
			g := pulled(&bar, c.b, name == "path")
			scale := math.Hypot(want[0], want[1])
			for j := range g {
				if math.Abs(g[j]-want[j]) > 0.03*scale {
					t.Errorf("alpha %v from %s: component %d is %v, want %v", alpha, name, j, g[j], want[j])
				}
			}
		}
	}
}

// The standard error is the spread of the loss over batches: 200 of them tell it to 5 %,
// and it is allowed to miss by 5 times that.
func TestAlphaStderr(t *testing.T) {
	const batches, n = 200, 200
	for _, alpha := range []float64{0, 0.5, 0.75, 1} {
		for name, o := range map[string]core.Objective{"known": &Alpha{alphaAt(alpha, true)}, "unknown": &Alpha{alphaAt(alpha, false)}, "data": &AlphaOfData{alphaAt(alpha, false)}} {
			r := rand.New(rand.NewPCG(4, 5))
			var losses []float64
			mean := 0.0
			for range batches {
				x := make([]float64, n)
				for i := range x {
					x[i] = student.at(r.NormFloat64())
					if name == "data" {
						m := modes[0]
						if r.Float64() > m.weight {
							m = modes[1]
						}
						x[i] = m.at(r.NormFloat64())
					}
				}
				numbers, err := cotangents(o, &core.Batch{}, batchOn(student, x...), temper)
				if err != nil {
					t.Fatal(err)
				}
				losses, mean = append(losses, numbers[0]), mean+numbers[1]/batches
			}
			_, stderr := meanStderrOf(losses)
			if spread := stderr * math.Sqrt(batches); math.Abs(mean/spread-1) > 0.25 {
				t.Errorf("alpha %v, %s: losses spread by %v, and their standard error is %v", alpha, name, spread, mean)
			}
		}
	}
}

// At alpha = 0 the cotangents are those of reverse_kl, at alpha = 1 from data those of
// maximum likelihood; near the limits they are near.
func TestAlphaHasBothLimits(t *testing.T) {
	b := batchOn(student, -0.3, 1.2, 0.4, -2)
	for _, c := range []struct {
		limit core.Objective
		at    float64
		of    func(AlphaDivergence) core.Objective
	}{
		{&ReverseKL{}, 0, func(d AlphaDivergence) core.Objective { return &Alpha{d} }},
		{&PathGradient{}, 0, func(d AlphaDivergence) core.Objective { return &AlphaPath{d} }},
		{&MaximumLikelihood{}, 1, func(d AlphaDivergence) core.Objective { return &AlphaOfData{d} }},
	} {
		var want, got core.Batch
		if _, err := cotangents(c.limit, &want, b, temper); err != nil {
			t.Fatal(err)
		}
		for _, off := range []float64{0, 1e-9, -1e-9} {
			for _, known := range []bool{true, false} {
				if _, err := cotangents(c.of(alphaAt(c.at+off, known)), &got, b, temper); err != nil {
					t.Fatal(err)
				}
				for i, v := range slices.Concat(got.X, got.LogP) {
					if w := slices.Concat(want.X, want.LogP)[i]; math.Abs(v-w) > 1e-7*off/1e-9+1e-14 && off >= 0 || math.Abs(v-w) > 1e-7 {
						t.Errorf("%T, alpha %v, known %v: cotangent %d is %v, want %v", c.limit, c.at+off, known, i, v, w)
					}
				}
			}
		}
	}
}

// What a step of alpha sees of its setting.
func alphaSetting(source core.Source, exact map[string]float64) core.Setting {
	space := core.Space{Kind: core.Field, Shape: []int{2}}
	return core.Setting{Beta: 0.7, Exact: exact, Source: source, Energy: core.EnergySpec{Space: space, Units: "1", Powers: []core.Power{core.PowerSlope}},
		Model: core.ModelSpec{Space: space, Parameters: 4, Powers: []core.Power{core.PowerPath, core.PowerSlope}}}
}

func TestAlphaKeepsToTheContract(t *testing.T) {
	known := map[string]float64{"log_z": 1.3}
	for _, alpha := range []float64{-1, 0, 0.5, 1} {
		s := core.Settings{"alpha": alpha}
		coretest.ObjectivePart(t, alphaPart, s, alphaSetting(core.OfModel, known), coretest.ObjectiveOptions{})
		path := core.Settings{"alpha": alpha, "gradient": "path_gradient"}
		coretest.ObjectivePart(t, alphaPart, path, alphaSetting(core.OfModel, nil), coretest.ObjectiveOptions{})
		full, _ := core.Complete(alphaPart.Params, s)
		var o coretest.ObjectiveOptions
		if alpha >= 0.5 { // then the cotangent is the derivative of the loss
			o.Derivative = []core.Column{core.LogP}
		}
		coretest.Objective(t, alphaSetting(core.OfData, known), func(t *testing.T) core.Objective {
			of, err := alphaPart.NewObjective(full, alphaSetting(core.OfData, known))
			if err != nil {
				t.Fatal(err)
			}
			return of
		}, o)
	}
}

// What a run file chooses, and what it may not.
func TestAlphaPart(t *testing.T) {
	open := func(given core.Settings, setting core.Setting) (core.Objective, error) {
		s, problems := core.Complete(alphaPart.Params, given)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return alphaPart.NewObjective(s, setting)
	}
	for _, c := range []struct {
		source   core.Source
		gradient string
		want     core.Objective
	}{
		{core.OfEither, "score", &Alpha{}}, {core.OfModel, "score", &Alpha{}}, {core.OfModel, "path_gradient", &AlphaPath{}}, {core.OfData, "score", &AlphaOfData{}},
	} {
		o, err := open(core.Settings{"alpha": 2, "gradient": c.gradient}, alphaSetting(c.source, nil))
		if err != nil || reflect.TypeOf(o) != reflect.TypeOf(c.want) {
			t.Errorf("%+v makes %T (%v)", c, o, err)
		}
	}
	o, err := open(core.Settings{"alpha": 2}, alphaSetting(core.OfModel, map[string]float64{"log_z": 1.5}))
	if a, ok := o.(*Alpha); err != nil || !ok || !a.Known || a.LogZ != 1.5 || a.Target != 0.7 || a.Order != 2 {
		t.Errorf("%+v, %v", o, err)
	}
	cold, quantum := alphaSetting(core.OfModel, nil), alphaSetting(core.OfModel, nil)
	cold.Beta, quantum.Energy.Kinetic = math.Inf(1), 0.5
	for _, c := range []struct {
		settings core.Settings
		setting  core.Setting
		kind     core.Kind
		want     string
	}{
		{core.Settings{"alpha": math.Inf(1)}, alphaSetting(core.OfModel, nil), core.Invalid, "alpha must be finite, got +Inf"},
		{core.Settings{"alpha": 1, "gradient": "path_gradient"}, alphaSetting(core.OfData, nil), core.Invalid, "these configurations are data"},
		{core.Settings{"alpha": 1}, cold, core.Unsupported, "needs a temperature above zero"},
		{core.Settings{"alpha": 1}, quantum, core.Mismatch, "this one is quantum"},
	} {
		if _, err := open(c.settings, c.setting); core.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.settings, err, c.want)
		}
	}
}

package learn_test

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/gaussian"
)

// pure are energies that are numbers.
var pure = objective.Divergence{Units: "1"}

var line = core.Space{Kind: core.Field, Shape: []int{1}}

// well is the energy k (x - mean)^2 / 2 on the line.
func well(o opener, stiffness, mean float64) (*learn.Part, core.EnergySpec) {
	return o.energy(gaussian.Part, core.Settings{"dimension": int64(1), "stiffness": []float64{stiffness}, "mean": []float64{mean}})
}

// A velocity is fitted to straight paths from noise to draws of a density, both
// and the times random rows. The minimum is the velocity of that density, known in
// closed form: mean 1.5 and width 0.6. With 200 steps of 512 paths the standard error
// of a mean is sqrt(2)/sqrt(1e5) or so.
func TestFlowMatching(t *testing.T) {
	const mean, width = 1.5, 0.6
	learners := proof(t, 300, func(o opener) []*learn.Learner {
		part, m := o.model(reference.Bridge(), nil, line)
		_, goal := o.model(reference.Bridge(), nil, line)
		o.must(goal.Load([]float64{mean, math.Log(width)}))
		source := &learn.Source{
			Parents: []learn.Parent{{Source: &learn.Source{Draw: drawn(goal).Draw, Gives: []core.Column{core.X}}, Role: core.RoleEnd}},
			Noise:   []core.Noise{{Column: core.X.As(core.RoleStart), Law: core.Normal}, {Column: core.Time, Law: core.Uniform}}}
		return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.05, 300),
			Terms: []*learn.Term{{Objective: o.objective(&objective.FlowMatching{}, m), Source: source, Batch: 512, Shares: shares,
				Parts: []*learn.Part{part, rule(core.Host{}, part.Sizes, core.RowInterpolate, core.RowResidual)}}}}}
	})
	near(t, "the mean", learners[0].Theta[0], mean, 0.02)
	near(t, "the width", math.Exp(learners[0].Theta[1]), width, 0.02)
}

// A score is fitted to draws of a density with noise on them, at eight levels. Of a normal
// density all is in closed form: mean and width come back, and where they do the losses are
// with v = a^2 s^2 + sigma^2
//
//	denoising 1/2 < a^2 s^2/v >, the variance of the noise that the score cannot know,
//	implicit -1/2 < sigma^2/v >.
//
// The batches are half as many as in the test before, and most levels tell of the width by
// a few times less.
func TestScoreMatching(t *testing.T) {
	const mean, width, levels, steps = 1.5, 0.6, 8, 150
	var signal, noise float64 // <a^2 s^2/v>/2 and <sigma^2/v>/2
	for k := range levels {
		a := math.Exp(float64(k)/(levels-1) - 1)
		v := 1 + a*a*(width*width-1)
		signal += a * a * width * width / v / 2 / levels
		noise += (1 - a*a) / v / 2 / levels
	}
	for name, c := range map[string]struct {
		objective core.Objective
		least     float64
	}{
		"denoising": {&objective.Denoising{Levels: levels}, signal},
		"implicit":  {&objective.Implicit{Levels: levels}, -noise},
		"sliced":    {&objective.Implicit{Levels: levels, Sliced: true}, -noise},
	} {
		t.Run(name, func(t *testing.T) {
			var last learn.Report
			learners := proof(t, steps, func(o opener) []*learn.Learner {
				part, m := o.model(reference.Ornstein(1), nil, line)
				_, goal := o.model(reference.Ornstein(1), nil, line)
				o.must(goal.Load([]float64{mean, math.Log(width)}))
				spec := c.objective.Spec()
				source := &learn.Source{Noise: spec.Noise, Parents: []learn.Parent{{Source: &learn.Source{Draw: drawn(goal).Draw, Gives: []core.Column{core.X}}, Role: spec.Role}}}
				return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.05, steps),
					Terms: []*learn.Term{{Objective: o.objective(c.objective, m), Source: source, Batch: 512, Shares: shares,
						Parts: []*learn.Part{part, rule(core.Host{}, part.Sizes, core.RowPerturb, core.RowDenoised, core.RowScoreSquare)}}}}}
			})
			near(t, "the mean", learners[0].Theta[0], mean, 0.03)
			near(t, "the width", math.Exp(learners[0].Theta[1]), width, 0.03)
			learners[0].Terms[0].Batch = 20000
			loop := learn.Loop{Learners: learners}
			if err := loop.Open(8); err != nil {
				t.Fatal(err)
			}
			if err := loop.Step(steps+1, func(_ *learn.Learner, r learn.Report) { last = r }); err != nil {
				t.Fatal(err)
			}
			if loss, stderr := last.Numbers[0], last.Numbers[1]; math.Abs(loss-c.least) > 4*stderr || stderr > 0.005 {
				t.Errorf("the loss is %v +- %v, and %v at its minimum", loss, stderr, c.least)
			}
		})
	}
}

// Starts that are dealt to the ends in blocks, which no rank cuts, are the same on any
// number of ranks. The mean is what symmetry says for pairs of any kind; that of the last 12800 has the standard error
// sqrt(2/12800) = 0.0125.
func TestCoupledFlowMatching(t *testing.T) {
	const mean, width = 1.5, 0.6
	learners := proof(t, 100, func(o opener) []*learn.Learner {
		part, m := o.model(reference.Bridge(), nil, line)
		_, goal := o.model(reference.Bridge(), nil, line)
		o.must(goal.Load([]float64{mean, math.Log(width)}))
		ob := o.objective(&objective.FlowMatching{Coupling: core.Coupling{Block: 16}}, m)
		source := &learn.Source{Noise: ob.Spec().Noise,
			Parents: []learn.Parent{{Source: &learn.Source{Draw: drawn(goal).Draw, Gives: []core.Column{core.X}}, Role: core.RoleEnd}}}
		host := core.Host{Coupler: learn.NewCoupler(ob.Spec().Coupling, line)}
		return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.05, 100),
			Terms: []*learn.Term{{Objective: ob, Source: source, Batch: 512, Shares: shares,
				Parts: []*learn.Part{part, rule(host, part.Sizes, core.RowInterpolate, core.RowCouple, core.RowResidual)}}}}}
	})
	near(t, "the mean", learners[0].Theta[0], mean, 0.05)
}

// Configurations come from an energy that has some at hand, which may be in another
// process, and the host says which. The likelihood is greatest at their moments; with a rate
// that ends at 0, those of the last hundred batches of 512 are known to sqrt(1/5e4) = 0.005.
func TestMaximumLikelihoodOfRows(t *testing.T) {
	x := []float64{-1, 0.5, 1, 1.5, 2, 1e6} // the last is not for training
	learners := proof(t, 300, func(o opener) []*learn.Learner {
		e, spec := o.energy(reference.Points(x), nil)
		part, m := o.model(coretest.Gaussian(), nil, spec.Space)
		given := core.ViewEnergy(e.Instance, spec)
		source := &learn.Source{Draw: sample.Replacing{Given: sample.Given{Of: given, Size: 1, From: spec.Rows[0].From, To: spec.Rows[0].To}}, Gives: []core.Column{core.X}}
		return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.05, 300),
			Terms: []*learn.Term{{Objective: o.objective(&objective.MaximumLikelihood{}, m), Source: source, Batch: 512, Shares: shares, Parts: []*learn.Part{part}}}}}
	})
	mean, width := reference.Moments(x)
	near(t, "the mean", learners[0].Theta[0], mean, 0.02)
	near(t, "the width", math.Exp(learners[0].Theta[1]), width, 0.02)
}

// A map carries the density of the well k = 1 to that of k = 4, by energies in two
// roles on two places. The map that does so exactly has the same work for every
// configuration, dF = ln(4)/2.
func TestWorkBetweenTwoDensities(t *testing.T) {
	var report learn.Report
	build := func(o opener) []*learn.Learner {
		part, m := o.model(coretest.Gaussian(), nil, line)
		a, _ := well(o, 1, 0)
		b, _ := well(o, 4, 0)
		a.Actual = map[core.Column]core.Column{core.X: core.Z, core.E: core.E.As("a"), core.Slope: core.Slope.As("a")}
		b.Actual = map[core.Column]core.Column{core.E: core.E.As("b"), core.Slope: core.Slope.As("b")}
		source := &learn.Source{Noise: []core.Noise{{Column: core.Z, Law: core.Normal}}} // exp(-E_a)
		return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.05, 400),
			Terms: []*learn.Term{{Objective: o.objective(&objective.Work{}, m), Source: source, Batch: 64, Shares: shares, Parts: []*learn.Part{part, a, b}}}}}
	}
	learners := proof(t, 400, build)
	near(t, "the mean of the map", learners[0].Theta[0], 0, 0.02)
	near(t, "its width", math.Exp(learners[0].Theta[1]), 0.5, 0.01)
	learners[0].Terms[0].Batch = 4000 // the spread of W is some 0.01
	last := learn.Loop{Learners: learners}
	if err := last.Open(8); err != nil {
		t.Fatal(err)
	}
	if err := last.Step(401, func(_ *learn.Learner, r learn.Report) { report = r }); err != nil {
		t.Fatal(err)
	}
	near(t, "-ln <exp(-W)>", report.Numbers[2], math.Log(4)/2, 1e-3)
	near(t, "the mean work above it", report.Numbers[0]-report.Numbers[2], 0, 1e-3)
}

// A factor model with its encoder is fitted to draws of a normal density by the bound of its
// likelihood. At the optimum p is that density and q(z|x) is p(z|x), so that the bound is the
// likelihood, -<ln p> = 1/2 ln 2 pi e width^2 from one draw of z or from three. With those, ranks
// begin in the midst of a configuration's copies.
func TestEvidenceBound(t *testing.T) {
	const mean, width, steps = 1.5, 0.6, 150
	exact := math.Log(2*math.Pi*math.E*width*width) / 2
	for _, draws := range []int{1, 3} {
		var last learn.Report
		bound := &objective.EvidenceBound{Draws: draws}
		learners := proof(t, steps, func(o opener) []*learn.Learner {
			part, m := o.model(reference.Factor(), nil, line)
			_, goal := o.model(reference.Ornstein(1), nil, line)
			o.must(goal.Load([]float64{mean, math.Log(width)}))
			source := &learn.Source{Draw: &sample.Copies{Of: drawn(goal).Draw, Times: draws}, Gives: []core.Column{core.X}, Noise: bound.Spec().Noise}
			return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.1, steps),
				Terms: []*learn.Term{{Objective: o.objective(bound, m), Source: source, Batch: 510, Copies: draws, Shares: shares, Parts: []*learn.Part{part}}}}}
		})
		theta := learners[0].Theta
		near(t, "the mean", theta[0], mean, 0.05)
		near(t, "the width", math.Hypot(theta[1], math.Exp(theta[2])), width, 0.05)
		learners[0].Terms[0].Batch = 30000
		loop := learn.Loop{Learners: learners}
		if err := loop.Open(8); err != nil {
			t.Fatal(err)
		}
		if err := loop.Step(steps+1, func(_ *learn.Learner, r learn.Report) { last = r }); err != nil {
			t.Fatal(err)
		}
		if loss, stderr := last.Numbers[0], last.Numbers[1]; math.Abs(loss-exact) > 4*stderr+0.01 || stderr > 0.01 {
			t.Errorf("from %d draws the loss is %v +- %v, and -<ln p> = %v", draws, loss, stderr, exact)
		}
	}
}

// Two fermions in a trap at beta = 1, by chains on p(K) |Psi_K|^2 that the model keeps. Of
// the four determinants up to two quanta above the lowest, whose energy is 2, the free
// energy is 2 - ln(1 + e^-1 + 2 e^-2). At the minimum the local energies and ln p + beta E
// are constant, so that what is left of the noise goes with the distance to it.
func TestDensityMatrixOfChains(t *testing.T) {
	const steps, batch = 120, 96
	var last learn.Report
	exact := 2 - math.Log(1+math.Exp(-1)+2*math.Exp(-2))
	learners := proof(t, steps, func(o opener) []*learn.Learner {
		e, spec := o.energy(coretest.Trap(), core.Settings{"N": int64(2)})
		part, m := o.model(coretest.Determinants(), core.Settings{"scale": 0.5, "walk": true}, spec.Space)
		e.Actual = map[core.Column]core.Column{core.E: core.V}
		source := drawn(m)
		source.Chains = part
		return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.08, steps),
			Terms: []*learn.Term{{Objective: o.objective(&objective.DensityMatrix{Divergence: pure}, m), Source: source, Batch: batch, Shares: shares,
				Parts: []*learn.Part{e, part, rule(core.Host{Kinetic: spec.Kinetic}, part.Sizes, core.RowLocalEnergy)}}}}}
	})
	loop := learn.Loop{Learners: learners}
	if err := loop.Open(8); err != nil {
		t.Fatal(err)
	}
	if err := loop.Step(steps+1, func(_ *learn.Learner, r learn.Report) { last = r }); err != nil {
		t.Fatal(err)
	}
	near(t, "F", last.Numbers[1], exact, 1e-3)
	chains, err := loop.Chains()
	if err != nil || len(chains) != 1 || chains[0].N != batch || len(chains[0].Whole) != 1 {
		t.Errorf("chains %v, error %v", chains, err)
	}
}

// One model learns from an energy and from data at once. At the minimum of
//
//	[ -ln s + k (s^2 + (m - a)^2)/2 ] + 2 [ ln s + (v + (m - d)^2)/(2 s^2) ],
//
// data of mean d and variance v, both derivatives vanish.
func TestTwoTerms(t *testing.T) {
	const k, a, weight, steps = 2.0, 1.0, 2.0, 400
	points := []float64{-2, -1.5, -0.5, 0, 0, 1}
	learners := proof(t, steps, func(o opener) []*learn.Learner {
		part, m := o.model(coretest.Gaussian(), nil, line)
		e, _ := well(o, k, a)
		parts := []*learn.Part{part, e}
		given := &learn.Source{Name: "data", Draw: sample.Replacing{Given: sample.Array{X: points, Size: 1}.All()}, Gives: []core.Column{core.X}}
		return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.05, steps), Terms: []*learn.Term{
			{Name: "energy", Objective: o.objective(&objective.PathGradient{Divergence: pure}, m), Source: drawn(m), Batch: 256, Shares: shares, Parts: parts},
			{Name: "data", Objective: o.objective(&objective.MaximumLikelihood{}, m), Source: given, Weight: weight, Batch: 512, Shares: shares, Parts: parts}}}}
	})
	mean, variance := 0.0, 0.0
	for _, x := range points {
		mean += x / 6
	}
	for _, x := range points {
		variance += (x - mean) * (x - mean) / 6
	}
	m, s := learners[0].Theta[0], math.Exp(learners[0].Theta[1])
	near(t, "the derivative in m", k*(m-a)+weight*(m-mean)/(s*s), 0, 0.03)
	near(t, "the derivative in ln s", -1+k*s*s+weight*(1-(variance+(m-mean)*(m-mean))/(s*s)), 0, 0.06)
}

// Two learners take turns: one learns a well, the other what the first draws.
func TestLearnersThatTakeTurns(t *testing.T) {
	const steps = 300
	learners := proof(t, steps, func(o opener) []*learn.Learner {
		teacher, m := o.model(coretest.Gaussian(), nil, line)
		pupil, p := o.model(reference.Bridge(), nil, line)
		e, _ := well(o, 4, 1)
		return []*learn.Learner{
			{Name: "teacher", Model: teacher, Theta: started(o, m), Optimizer: adam(0.05, steps),
				Terms: []*learn.Term{{Objective: &objective.PathGradient{}, Source: drawn(m), Batch: 128, Shares: shares, Parts: []*learn.Part{teacher, e}}}},
			{Name: "pupil", Model: pupil, Theta: started(o, p), Steps: 2, Optimizer: adam(0.05, 2*steps),
				Terms: []*learn.Term{{Objective: &objective.MaximumLikelihood{}, Source: &learn.Source{Draw: drawn(m).Draw, Gives: []core.Column{core.X}},
					Batch: 256, Shares: shares, Parts: []*learn.Part{pupil}}}}}
	})
	for k, tolerance := range []float64{1e-4, 0.02} {
		near(t, learners[k].Name+"'s mean", learners[k].Theta[0], 1, tolerance)
		near(t, learners[k].Name+"'s width", math.Exp(learners[k].Theta[1]), 0.5, tolerance)
	}
}

// A classical nucleus with a quantum electron, four draws of the electron to each of
// the nucleus. The free energy is known in closed form (see reference.Tethered), and the
// family of states contains the exact one: R of the width sqrt(T/k_n), r about R with
// |psi|^2 of the width (4 k_e)^(-1/4). There the local energy is a constant.
func TestNucleusWithElectrons(t *testing.T) {
	const kn, ke, beta, members, steps = 2.0, 9.0, 0.5, 4, 400
	var last learn.Report
	learners := proof(t, steps, func(o opener) []*learn.Learner {
		e, spec := o.energy(reference.Tethered(kn, ke), nil)
		part, m := o.model(reference.Family(members), nil, spec.Space)
		e.Actual = map[core.Column]core.Column{core.E: core.V}
		return []*learn.Learner{{Model: part, Theta: started(o, m), Optimizer: adam(0.05, steps),
			Terms: []*learn.Term{{Objective: o.objective(&objective.Families{Divergence: pure}, m), Source: drawn(m), Batch: 1024, Shares: shares, Beta: func(int64) float64 { return beta },
				Parts: []*learn.Part{e, part, rule(core.Host{Kinetic: spec.Kinetic}, part.Sizes, core.RowLocalEnergy)}}}}}
	})
	near(t, "the width of the nucleus", math.Exp(learners[0].Theta[0]), 1/math.Sqrt(beta*kn), 0.01)
	near(t, "the electron's place over the nucleus'", learners[0].Theta[1], 1, 0.01)
	near(t, "the width of the electron", math.Exp(learners[0].Theta[2]), math.Pow(4*ke, -0.25), 0.005)
	loop := learn.Loop{Learners: learners}
	if err := loop.Open(8); err != nil {
		t.Fatal(err)
	}
	if err := loop.Step(steps+1, func(_ *learn.Learner, r learn.Report) { last = r }); err != nil {
		t.Fatal(err)
	}
	exact := math.Sqrt(ke)/2 - math.Log(math.Sqrt(2*math.Pi/(beta*kn)))/beta
	near(t, "F", last.Numbers[1], exact, 0.01)
	if f, stderr := last.Numbers[1], last.Numbers[2]; stderr > 0.005 || f < exact-5*stderr {
		t.Errorf("F = %v +- %v lies below the exact %v", f, stderr, exact)
	}
}

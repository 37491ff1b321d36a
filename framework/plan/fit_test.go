package plan

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
)

var square = core.Space{Kind: core.Spins, Shape: []int{4, 4}, Lattice: "square", Periodic: true}

// wellFitting are specs that fit the base run file.
func wellFitting() (core.EnergySpec, core.ModelSpec, []NamedSpec) {
	return core.EnergySpec{Space: square, Units: "J", Symmetries: []core.Symmetry{core.Z2}},
		core.ModelSpec{Space: square, Parameters: 10, Symmetries: []core.Symmetry{core.Z2}},
		[]NamedSpec{{"correlation", "estimator.0", core.EstimatorSpec{Observables: []core.Observable{{Name: "free_energy", Extensive: true}, {Name: "correlation"}}}}}
}

// trained adds what the plan's objectives and optimizer say of themselves.
func trained(t *testing.T, p *Plan, b Bound) Bound {
	t.Helper()
	o, err := objectiveOf(p, b.Energy)
	if err != nil {
		t.Fatal(err)
	}
	b.Objective = o.Spec()
	for _, term := range p.Terms {
		b.Terms = append(b.Terms, specOf(t, term, b.Energy))
	}
	for _, part := range optim.Parts() {
		if part.Name == p.Optimizer.Plugin {
			optimizer, err := part.NewOptimizer(p.Optimizer.Settings, int64(p.Train.Steps))
			if err != nil {
				t.Fatal(err)
			}
			b.Optimizer = optimizer.Spec()
		}
	}
	return b
}

func objectiveOf(p *Plan, energy core.EnergySpec) (core.Objective, error) {
	for _, part := range objective.Parts() {
		if part.Name == p.Objective.Plugin {
			return part.NewObjective(p.Objective.Settings, core.Setting{Beta: p.Beta, Energy: energy})
		}
	}
	return nil, core.Errorf(core.Internal, "", "", "no objective %q", p.Objective.Plugin)
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec)
		want   string // "" fits
	}{
		{"fits", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) {}, ""},
		{"less symmetric model", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) { m.Symmetries = nil }, ""},
		{"field breaks z2", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) { e.Symmetries = nil },
			`mismatch: run.toml:5: model "van" has the symmetry z2, but energy "couplings" has not: set model.z2 = false, or leave out the field, which breaks x -> -x`},
		{"shape", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) { m.Space.Shape = []int{16} },
			`mismatch: run.toml:4: model "van" was built on spins [16] on a square lattice, periodic, but energy "couplings" has spins [4 4] on a square lattice, periodic`},
		{"no parameters", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) { m.Parameters = 0 },
			`mismatch: run.toml:12: training needs parameters, and model "van" has none; set train.steps = 0`},
		{"forbidden draws", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) { e.Forbids = true },
			`mismatch: run.toml:11: objective "reverse_kl" needs E of what the model draws, and energy "couplings" forbids some of it (E = +Inf); learn from its rows by maximum_likelihood`},
		{"density up to a constant", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) { m.Powers = []core.Power{core.PowerWeight} },
			`mismatch: run.toml:11: objective "reverse_kl" needs ln p of what is drawn, which model "van" knows up to a constant alone; contrastive_divergence does without`},
		{"estimator space", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) {
			(*s)[0].Spaces = []core.SpaceKind{core.Particles}
		}, `mismatch: run.toml:14: estimator "correlation" works on particles, but energy "couplings" has spins`},
		{"estimator powers", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) {
			(*s)[0].EnergyPowers = []core.Power{core.PowerExact}
			(*s)[0].ModelPowers = []core.Power{"slope"}
		}, `mismatch: run.toml:14: estimator "correlation" needs the power "slope", which model "van" does not have
run.toml:14: estimator "correlation" needs the power "exact", which energy "couplings" does not have`},
		{"twice reported", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) {
			*s = append(*s, NamedSpec{"other", "estimator.1", core.EstimatorSpec{Observables: []core.Observable{{Name: "correlation"}}}})
		}, `mismatch: run.toml:13: estimators "correlation" and "other" both report correlation; keep one`},
		{"expectation of nothing", func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec) {
			e.Space.Kind, m.Space.Kind = core.Particles, core.Particles
		}, `invalid: run.toml:16: no estimator reports free_energy_per_site; did you mean "free_energy_per_particle"?`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := check("run.toml", strings.Replace(base, "J.csv", "testdata/J.csv", 1))
			if err != nil {
				t.Fatal(err)
			}
			e, m, s := wellFitting()
			c.change(&e, &m, &s)
			got := ""
			if err := p.Fit(trained(t, p, Bound{Energy: e, Model: &m, Estimators: s})); err != nil {
				got = core.KindOf(err).String() + ": " + err.Error()
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// What training, drawing and estimating need: both sides are named, and what
// the user can do.
func TestFitUses(t *testing.T) {
	const file = `[energy]
plugin = "ising"
L = 4
[ensemble]
beta = 0.3
`
	const model = file + `[model]
plugin = "van"
[train]
steps = 10
gradient = "path_gradient"
[evaluate]
sampler = "latent_hmc"
`
	const chains = file + "[sampler]\nmethod = \"hmc\"\n"
	const fitted = file + "[model]\nplugin = \"van\"\n[train]\nobjective = \"maximum_likelihood\"\nsource = \"chains\"\nsteps = 10\n"
	slope, path := []core.Power{core.PowerSlope}, []core.Power{core.PowerPath, core.PowerSlope}
	latent := core.Uses{Model: true, Rows: []*core.Row{core.RowMap, core.RowMapPull, core.RowSlope}}
	flow := &core.ModelSpec{Space: square, Parameters: 10, Powers: append(path, core.PowerMap)}
	for _, c := range []struct {
		name, file string
		bound      Bound
		want       string
	}{
		{"fits", model, Bound{Energy: core.EnergySpec{Powers: slope}, Model: flow, Sampler: latent}, ""},
		{"nothing", model, Bound{Model: &core.ModelSpec{Space: square, Parameters: 10}, Sampler: latent},
			`mismatch: run.toml:8: objective "reverse_kl" needs the power "path", which model "van" does not have; set train.gradient = "score"
run.toml:8: objective "reverse_kl" needs the power "slope", which energy "ising" does not have; set train.gradient = "score"
run.toml:8: objective "reverse_kl" needs the power "slope", which model "van" does not have; set train.gradient = "score"
run.toml:12: sampler "latent_hmc" needs the power "map", which model "van" does not have (for spins there are single_site, which needs neither, and independence, which needs a model)
run.toml:12: sampler "latent_hmc" needs the power "slope", which energy "ising" does not have (for spins there are single_site, which needs neither, and independence, which needs a model)`},
		{"without a model", chains, Bound{Energy: core.EnergySpec{Powers: slope}, Sampler: latent, Estimators: []NamedSpec{
			{"log_z", "", core.EstimatorSpec{Source: core.OfModel}}, {"acceptance", "", core.EstimatorSpec{Source: core.OfChains}}, {"lower", "", core.EstimatorSpec{Source: core.OfBoltzmann}}}},
			`mismatch: run.toml:1: estimator "log_z" needs a model, and the table [model] is missing
run.toml:1: estimator "lower" needs a model, and the table [model] is missing
run.toml:7: sampler "hmc" needs a model, and the table [model] is missing (for spins there are single_site, which needs neither, and independence, which needs a model)`},
		{"sampler of a field", strings.Replace(model[:len(model)-len("[evaluate]\nsampler = \"latent_hmc\"\n")], "path_gradient", "score", 1) + "[sampler]\nmethod = \"hmc\"\n",
			Bound{Energy: core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{2}}}, Model: &core.ModelSpec{Space: core.Space{Kind: core.Field, Shape: []int{2}}, Parameters: 1}, Sampler: core.Uses{Rows: []*core.Row{core.RowSlope}}},
			`mismatch: run.toml:12: sampler "hmc" needs the power "slope", which energy "ising" does not have (metropolis needs neither a model nor a slope)`},
		{"a bound of ln p", strings.Replace(strings.Replace(fitted, "source = \"chains\"\n", "", 1), "maximum_likelihood", "reverse_kl", 1), Bound{
			Model:      &core.ModelSpec{Space: square, Parameters: 10, Latents: 1, Powers: []core.Power{core.PowerBound}},
			Estimators: []NamedSpec{{"entropy", "", core.EstimatorSpec{Source: core.OfModel, Wants: []core.Column{core.LogP}}}}},
			`mismatch: run.toml:1: estimator "entropy" reads ln p, of which model "van" knows a bound alone; estimator evidence_bound judges rows by it
run.toml:9: objective "reverse_kl" needs ln p, of which model "van" knows a bound alone; set train.objective = "evidence_bound"`},
		{"chains of nobody", fitted, Bound{Model: flow}, `mismatch: run.toml:10: train.source = "chains" learns from the Markov chains of [sampler], and sampler "direct" has none; set sampler.method`},
		{"chains of the model", fitted + "[evaluate]\nsampler = \"independence\"\n", Bound{Model: flow, Sampler: core.Uses{Model: true}},
			`mismatch: run.toml:10: train.source = "chains" learns from chains that know nothing of the model, and sampler "independence" takes its draws; choose another sampler.method`},
		{"no chains", model[:len(model)-len("[evaluate]\nsampler = \"latent_hmc\"\n")], Bound{Energy: core.EnergySpec{Powers: slope}, Model: flow,
			Estimators: []NamedSpec{{"acceptance", "", core.EstimatorSpec{Source: core.OfChains}}}},
			`mismatch: run.toml:1: estimator "acceptance" is about Markov chains, and evaluate.sampler = "direct" draws none`},
		{"nothing of the Boltzmann density", model[:len(model)-len("[evaluate]\nsampler = \"latent_hmc\"\n")], Bound{Energy: core.EnergySpec{Powers: slope}, Model: flow,
			Estimators: []NamedSpec{{"log_z_bar", "", core.EstimatorSpec{Source: core.OfModelAndBoltzmann}}}},
			`mismatch: run.toml:1: estimator "log_z_bar" needs draws of the Boltzmann density, and evaluate.sampler = "direct" draws none; choose one of Markov chains`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := check("run.toml", c.file)
			if err != nil {
				t.Fatal(err)
			}
			if c.bound.Energy.Space.Kind == "" {
				c.bound.Energy.Space = square
			}
			got := ""
			if c.bound.Model != nil {
				c.bound = trained(t, p, c.bound)
			}
			if err := p.Fit(c.bound); err != nil {
				got = core.KindOf(err).String() + ": " + err.Error()
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// The two sides of a quantum system, and what is refused between them.
func TestFitQuantum(t *testing.T) {
	const file = `[model]
plugin = "fermi"
[energy]
plugin = "dot"
[ensemble]
beta = 2
[train]
steps = 10
optimizer = "natural"
`
	gas := core.Space{Kind: core.Particles, Shape: []int{3, 2}}
	quantum := core.EnergySpec{Space: gas, Kinetic: 0.5}
	states := core.ModelSpec{Space: gas, Parameters: 10, Powers: []core.Power{core.PowerQuantum, core.PowerNatural}}
	plain := core.ModelSpec{Space: gas, Parameters: 10, Powers: []core.Power{core.PowerQuantum}}
	flow := core.ModelSpec{Space: gas, Parameters: 10, Powers: []core.Power{core.PowerPath, core.PowerNatural}}
	adam := strings.Replace(file, `"natural"`, `"adam"`, 1)
	for _, c := range []struct {
		name, file string
		energy     core.EnergySpec
		model      core.ModelSpec
		want       string
	}{
		{"fits", file, quantum, states, ""},
		{"classical natural", file, core.EnergySpec{Space: gas}, flow, ""},
		{"natural gradient along the sample", file + `gradient = "pathwise"`, core.EnergySpec{Space: gas, Powers: []core.Power{core.PowerSlope}}, flow,
			`run.toml:9: optimizer "natural" has no direction for cotangents of x, log_p, which objective "reverse_kl" gives; set train.gradient = "score"`},
		{"no fisher matrix", file, quantum, plain,
			`run.toml:9: optimizer "natural" needs the power "natural", which model "fermi" does not have; choose one that needs the gradient alone`},
		{"classical energy", file, core.EnergySpec{Space: gas}, states,
			`run.toml:2: model "fermi" is a density matrix of quantum particles, but energy "dot" has no kinetic part; use a quantum Hamiltonian, or a model of a classical density`},
		{"classical model", file, quantum, flow,
			`run.toml:2: energy "dot" is a quantum Hamiltonian, but model "fermi" is no density matrix; use a model with the power "quantum", or a classical energy`},
		{"gradient", adam + `gradient = "pathwise"`, quantum, states,
			`run.toml:10: gradient = "pathwise" is for classical energies, and this one is quantum; set gradient = "score"`},
		{"data", adam + "objective = \"maximum_likelihood\"\ndata = \"testdata/J.csv\"", quantum, states,
			`run.toml:10: objective "maximum_likelihood" fits configurations x, and needs ln p(x), which model "fermi" has not; choose one of the model's own draws`},
		{"data of a term", adam + "[[term]]\nobjective = \"maximum_likelihood\"\ndata = \"testdata/J.csv\"", quantum, states,
			`run.toml:11: objective "maximum_likelihood" fits configurations x, and needs ln p(x), which model "fermi" has not; choose one of the model's own draws`},
		{"chains", file + "[sampler]\nmethod = \"hmc\"", quantum, states,
			`run.toml:11: sampler "hmc" draws from exp(-beta E)/Z, which energy "dot", the Hamiltonian of quantum particles, has not; use a model and evaluate.sampler = "direct"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := check("run.toml", c.file)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			_, err = objectiveOf(p, c.energy)
			if err != nil {
				err = p.At("train", err)
			} else {
				err = p.Fit(trained(t, p, Bound{Energy: c.energy, Model: &c.model}))
			}
			if err != nil {
				got = strings.TrimPrefix(err.Error(), "mismatch: ")
				if core.KindOf(err) != core.Mismatch {
					t.Errorf("an error of kind %v", core.KindOf(err))
				}
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestFitWithoutFile(t *testing.T) {
	e, m, s := wellFitting()
	e.Symmetries = nil
	if err := (&Plan{}).Fit(Bound{Energy: e, Model: &m, Estimators: s}); core.KindOf(err) != core.Mismatch {
		t.Errorf("error %v", err)
	}
}

func TestJudge(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name          string
		e             Expectation
		value, stderr float64
		ok            bool
	}{
		{"tolerance", Expectation{Value: at(1), Tolerance: 0.1}, 1.09, nan, true},
		{"tolerance missed", Expectation{Value: at(1), Tolerance: 0.1}, 0.89, 1, false},
		{"relative", Expectation{Value: at(-200), Relative: 1e-3}, -200.19, nan, true},
		{"relative missed", Expectation{Value: at(-200), Relative: 1e-3}, -200.21, 1, false},
		{"sigma", Expectation{Value: at(1), Sigma: 4}, 1.39, 0.1, true},
		{"sigma missed", Expectation{Value: at(1), Sigma: 4}, 0.59, 0.1, false},
		{"sigma of an exact result", Expectation{Value: at(0.3), Sigma: 4}, 0.1 + 0.2, 0, true},
		{"sigma without error", Expectation{Value: at(1), Sigma: 4}, 1, nan, false},
		{"upper bound above", Expectation{Value: at(-2), Bound: "upper"}, -1, 1e-3, true},
		{"upper bound just below", Expectation{Value: at(-2), Bound: "upper"}, -2.0029, 1e-3, true},
		{"upper bound broken", Expectation{Value: at(-2), Bound: "upper"}, -2.0031, 1e-3, false},
		{"lower bound below", Expectation{Value: at(2), Bound: "lower"}, 1, 1e-3, true},
		{"lower bound broken", Expectation{Value: at(2), Bound: "lower"}, 2.0031, 1e-3, false},
		{"both hold", Expectation{Value: at(-2), Bound: "upper", Relative: 1e-2}, -1.99, 1e-3, true},
		{"one is missed", Expectation{Value: at(-2), Bound: "upper", Relative: 1e-2}, -1.9, 1e-3, false},
		{"at most", Expectation{AtMost: at(-2)}, -2.5, nan, true},
		{"at most, reached", Expectation{AtMost: at(0.3)}, 0.1 + 0.2, 0, true},
		{"at most, missed within the error", Expectation{AtMost: at(-2)}, -1.99, 0.1, false},
		{"at least", Expectation{AtLeast: at(-2)}, -1.99, nan, true},
		{"at least, missed", Expectation{AtLeast: at(-2)}, -2.01, 0.1, false},
		{"limits on both sides", Expectation{AtLeast: at(-2), AtMost: at(-1)}, -1.5, nan, true},
		{"a limit without a result", Expectation{AtMost: at(-2)}, nan, nan, false},
		{"a limit is missed, the value not", Expectation{Value: at(-2), Tolerance: 1, AtMost: at(-2)}, -1.9, nan, false},
		{"no result", Expectation{Value: at(-2), Bound: "upper", Relative: 1}, nan, nan, false},
	} {
		ok, text := c.e.Judge(c.value, c.stderr)
		if ok != c.ok || strings.Contains(text, "NOT") == ok {
			t.Errorf("%s: %v, %s", c.name, ok, text)
		}
	}
	_, text := Expectation{Value: at(-2), Bound: "upper", Relative: 1e-3, Sigma: 4}.Judge(-1.99, 1e-3)
	if want := "deviation +0.01: NOT within 0.002 (relative 0.001), NOT within 0.004 (4 standard errors), an upper bound within 0.003 (3 standard errors)"; text != want {
		t.Errorf("text %q, want %q", text, want)
	}
}

func TestSkip(t *testing.T) {
	e := Expectation{NeedsESS: 0.01}
	for ess, want := range map[float64]bool{0.02: false, 0.01: false, 0.009: true, math.NaN(): true} {
		if skip, note := e.Skip(ess); skip != want || (note != "") != want {
			t.Errorf("effective sample size %v: %v %q", ess, skip, note)
		}
	}
	if skip, _ := (Expectation{}).Skip(math.NaN()); skip {
		t.Error("skipped without a rule")
	}
}

// at is a number that is given.
func at(x float64) *float64 { return &x }

// A model that does not say that it knows several kinds of particles takes them for alike.
func TestFitKinds(t *testing.T) {
	space := core.Space{Kind: core.Particles, Shape: []int{3, 2}, Kinds: []int{2, 1}}
	p := mustCheck(t, base)
	for want, powers := range map[string][]core.Power{
		"": {core.PowerKinds},
		`takes all particles for alike, but energy "` + p.Energy.Plugin + `" has particles [3 2] of the kinds [2 1]; choose a model with the power "kinds"`: nil,
	} {
		r := &report{file: p.file}
		p.fitSpace(r, core.EnergySpec{Space: space}, core.ModelSpec{Space: space, Powers: powers})
		if err := r.err(); (err == nil) != (want == "") || err != nil && (core.KindOf(err) != core.Mismatch || !strings.HasSuffix(err.Error(), want)) {
			t.Errorf("powers %v: %v", powers, err)
		}
	}
}

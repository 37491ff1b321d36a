package estimators

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// oscillator is a particle in one dimension with H = -1/2 lap + x^2/2, in a
// density matrix of its two lowest eigenstates with the probabilities p. Its
// local energy has no variance within a state:
//
//	E = n + 1/2,   lap Psi_0/Psi_0 = x^2 - 1,   lap Psi_1/Psi_1 = x^2 - 3.
//
// Half of it is kinetic in the mean, by the virial theorem.
type oscillator struct{ p [2]float64 }

// thermal is the exact density matrix of the two states at beta, with its ln Z.
func thermal() (o oscillator, lnZ float64) {
	z := 2 * math.Exp(-beta) * math.Cosh(beta/2) // exp(-beta/2) + exp(-3 beta/2)
	for n := range o.p {
		o.p[n] = math.Exp(-beta*(float64(n)+0.5)) / z
	}
	return o, math.Log(z)
}

func quantumSetting() core.Setting {
	space := core.Space{Kind: core.Particles, Shape: []int{1, 1}}
	return core.Setting{Beta: beta,
		Energy: core.EnergySpec{Space: space, Units: "Ry", Kinetic: 0.5},
		Model:  core.ModelSpec{Space: space, Powers: []core.Power{core.PowerQuantum}, Orbitals: [][]float64{{0}, {1}}}}
}

// draw fills b with independent draws. x^2 is half the square of one normal
// number in the ground state, where |Psi|^2 goes as exp(-x^2), and half that of
// three in the other, where it goes as x^2 exp(-x^2).
func (o oscillator) draw(b *core.Batch, r *rand.Rand, n int) {
	b.Reset(n, 1)
	b.K, b.Lap = core.Resize(b.K, n), core.Resize(b.Lap, n)
	b.E, b.Potential = core.Resize(b.E, n), core.Resize(b.Potential, n)
	for i := range n {
		state, x2 := 0, 0.0
		if r.Float64() < o.p[1] {
			state = 1
		}
		for range 2*state + 1 {
			x2 += math.Pow(r.NormFloat64(), 2) / 2
		}
		b.K[i], b.LogP[i] = int32(state), math.Log(o.p[state])
		b.X[i], b.Potential[i] = math.Sqrt(x2), x2/2
		b.Lap[i] = complex(x2-1-2*float64(state), 7) // an imaginary part is of no account
		b.E[i] = b.Potential[i] - real(b.Lap[i])/2
	}
}

// The states are eigenstates and p is thermal: F is exact without an error, and
// the others are the thermal means of two states.
func TestThermalOscillator(t *testing.T) {
	o, lnZ := thermal()
	all := open(t, quantumSetting())
	var b core.Batch
	r := rand.New(rand.NewPCG(1, 5))
	for range 10 {
		o.draw(&b, r, 1000)
		add(t, all, &b)
	}
	got := reports(t, all)
	if f := got["free_energy"]; math.Abs(f.Value[0]+lnZ/beta) > 1e-13 || f.Stderr[0] > 1e-13 || f.Bound != 1 {
		t.Errorf("free energy %+v, want %v", f, -lnZ/beta)
	}
	energy := 0.5 + o.p[1]
	for name, want := range map[string]float64{
		"energy": energy, "kinetic_energy": energy / 2, "potential_energy": energy / 2, "entropy": (energy*beta + lnZ),
	} {
		e := got[name]
		if pull := (e.Value[0] - want) / e.Stderr[0]; !(math.Abs(pull) < 4) || e.Stderr[0] > 0.02*want || !e.Extensive || e.N != 10000 {
			t.Errorf("%s: %+v, want %v", name, e, want)
		}
		if units := map[bool]string{true: "1", false: "Ry"}[name == "entropy"]; e.Units != units {
			t.Errorf("%s has the units %q", name, e.Units)
		}
	}
	if sum := got["kinetic_energy"].Value[0] + got["potential_energy"].Value[0]; math.Abs(sum-got["energy"].Value[0]) > 1e-13 {
		t.Errorf("kinetic and potential energy add up to %v, want %v", sum, got["energy"].Value[0])
	}
}

// listed are states with these ln p.
type listed []float64

func (l listed) StateLogP() ([]float64, error) {
	if l == nil {
		return nil, errors.New("the model is gone")
	}
	return l, nil
}

// S of two states by hand; a third that never occurs adds nothing. Draws add
// nothing to what is known, but they are counted.
func TestEntropyOfListedStates(t *testing.T) {
	o, _ := thermal()
	s := quantumSetting()
	s.States = listed{math.Log(o.p[0]), math.Log(o.p[1]), math.Inf(-1)}
	s.Exact = map[string]float64{"ideal_entropy": 2}
	want := -o.p[0]*math.Log(o.p[0]) - o.p[1]*math.Log(o.p[1])
	var b core.Batch
	o.draw(&b, rand.New(rand.NewPCG(2, 5)), 50)
	for name, want := range map[string]float64{"entropy": want, "effective_mass": want / 2} {
		e, err := build(name, nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		r, err := e.Report()
		if err != nil || math.Abs(r[0].Value[0]-want) > 1e-15 || r[0].Stderr[0] != 0 || r[0].N != 50 {
			t.Errorf("%s: %+v, error %v, want %v", name, r, err, want)
		}
	}
	s.States = listed(nil)
	e, _ := build("entropy", nil, s)
	if _, err := e.Report(); err == nil {
		t.Error("no error although there is no list")
	}
}

// m*/m is the entropy over that of the free particles, and so is its error.
func TestEffectiveMass(t *testing.T) {
	o, _ := thermal()
	s := quantumSetting()
	s.Exact = map[string]float64{"ideal_entropy": 2.5}
	all := map[string]core.Estimator{}
	for _, name := range []string{"entropy", "effective_mass"} {
		all[name], _ = build(name, nil, s)
	}
	var b core.Batch
	o.draw(&b, rand.New(rand.NewPCG(3, 5)), 500)
	add(t, all, &b)
	got := reports(t, all)
	mass, entropy := got["effective_mass"], got["entropy"]
	if math.Abs(mass.Value[0]*2.5-entropy.Value[0]) > 1e-14 || math.Abs(mass.Stderr[0]*2.5-entropy.Stderr[0]) > 1e-14 || !(mass.Stderr[0] > 0) {
		t.Errorf("effective mass %+v, entropy %+v", mass, entropy)
	}
	if mass.Extensive || mass.Units != "1" {
		t.Errorf("effective mass %+v", mass)
	}
}

// The chains of a model go on from batch to batch while labels are drawn anew:
// of x = a x' + noise, x^2 has the time (1 + a^2)/(1 - a^2), and ln p(K) has 1.
func TestWalkersReportTheirCorrelation(t *testing.T) {
	const chains, draws, a = 100, 100, 0.8
	s := quantumSetting()
	s.Model.Powers = append(s.Model.Powers, core.PowerWalk)
	all := open(t, s)
	r := rand.New(rand.NewPCG(4, 5))
	o, _ := thermal()
	x := make([]float64, chains)
	var b core.Batch
	for range draws {
		o.draw(&b, r, chains)
		b.Chains, b.Accept = chains, core.Resize(b.Accept, chains)
		for i := range x {
			x[i] = a*x[i] + math.Sqrt((1-a*a)/2)*r.NormFloat64()
			b.X[i], b.Potential[i], b.Accept[i] = x[i], x[i]*x[i]/2, math.Floor(2*r.Float64())
		}
		add(t, all, &b)
	}
	got := reports(t, all)
	// Chains adapt their own step sizes: their acceptances need not agree.
	if e := got["acceptance"]; e.RHat != 0 || e.Caution() != "" || !(e.Stderr[0] > 0) {
		t.Errorf("acceptance: %+v, want an error and no R-hat", e)
	}
	for name, want := range map[string]float64{"potential_energy": 1.64 / 0.36, "mean_square_radius": 1.64 / 0.36, "entropy": 1, "energy": 1} {
		e := got[name]
		if math.Abs(e.Tau/want-1) > 0.2 || !(e.RHat > 0.99 && e.RHat < 1.05) || e.Caution() != "" {
			t.Errorf("%s: %+v, want tau %v", name, e, want)
		}
	}
}

// The acceptance is that of the model's chains, unless a sampler has its own.
func TestWhoseAcceptance(t *testing.T) {
	s := quantumSetting()
	s.Model.Powers = append(s.Model.Powers, core.PowerWalk)
	for chains, want := range map[bool]core.Source{false: core.OfModel, true: core.OfChains} {
		s.Chains = chains
		e, _ := build("acceptance", nil, s)
		if got := e.Spec().Source; got != want {
			t.Errorf("chains of a sampler %v: of %q, want %q", chains, got, want)
		}
	}
}

func TestCautionOfWalkersThatHardlyMove(t *testing.T) {
	s := quantumSetting()
	s.Model.Powers = append(s.Model.Powers, core.PowerWalk)
	r := rand.New(rand.NewPCG(5, 5))
	o, _ := thermal()
	var b core.Batch
	o.draw(&b, r, 800)
	b.Chains, b.Accept = 100, core.Resize(b.Accept, 800)
	for _, c := range []struct {
		rate float64
		want string
	}{{0.5, ""}, {0.05, "the model's chains accept 0.0"}, {0.97, "the model's chains accept 0.9"}} {
		for i := range b.Accept {
			b.Accept[i] = 0
			if r.Float64() < c.rate {
				b.Accept[i] = 1
			}
		}
		e, _ := build("acceptance", nil, s)
		e.Add(&b)
		if got, _ := e.Report(); !strings.HasPrefix(got[0].Caution(), c.want) || (c.want == "") != (got[0].Caution() == "") {
			t.Errorf("acceptance %v: caution %q", c.rate, got[0].Caution())
		}
	}
}

// What does not fit is refused by name, with what it lacks.
func TestRefusals(t *testing.T) {
	quantum, classical, box := quantumSetting(), gasSetting(1, 1), quantumSetting()
	box.Energy.Space.Periodic, box.Energy.Space.Box = true, []float64{4}
	cold := quantumSetting()
	cold.Beta = math.Inf(1)
	nameless := quantumSetting()
	nameless.Model.Orbitals = nil
	const kinetic, free = "it needs an energy that is a function of x alone", "it needs an energy that knows the entropy of its free particles"
	for _, c := range []struct {
		name    string
		setting core.Setting
		given   core.Settings
		kind    core.Kind
		want    string
	}{
		{"heat_capacity", quantum, nil, core.Mismatch, kinetic},
		{"log_z", quantum, nil, core.Mismatch, kinetic},
		{"free_energy_reweighted", quantum, nil, core.Mismatch, kinetic},
		{"effective_sample_size", cold, nil, core.Mismatch, kinetic},
		{"well_free_energy_difference", quantum, nil, core.Mismatch, kinetic},
		{"virial_residual", quantum, nil, core.Mismatch, "it needs an energy with forces"},
		{"virial_residual", box, nil, core.Mismatch, "in a periodic box the virial is the pressure"},
		{"pressure", quantum, nil, core.Mismatch, "it needs quantum particles in a periodic box"},
		{"pressure", box, nil, core.Mismatch, "homogeneous"},
		{"kinetic_energy_gradient", classical, nil, core.Mismatch, "it needs an energy with a kinetic part"},
		{"state_energies", nameless, nil, core.Mismatch, "it needs a model that names its orbitals"},
		{"kinetic_energy", classical, nil, core.Mismatch, "it needs an energy with a kinetic part"},
		{"potential_energy", classical, nil, core.Mismatch, "it needs an energy with a kinetic part"},
		{"effective_mass", quantum, nil, core.Mismatch, free},
		{"effective_mass", cold, nil, core.Unsupported, "it needs a temperature above zero"},
		{"momentum_occupation", quantum, nil, core.Mismatch, "momentum_occupation is for a periodic box"},
		{"orbital_occupation", box, nil, core.Mismatch, "orbital_occupation for open space"},
		{"orbital_occupation", nameless, nil, core.Mismatch, "it needs a model that names its orbitals"},
		{"mean_square_radius", box, nil, core.Mismatch, "it needs particles in open space"},
		{"radial_density", box, core.Settings{"r_max": 1.0}, core.Mismatch, "it needs particles in open space"},
		{"structure_factor", quantum, nil, core.Mismatch, "it needs particles in a periodic box, and the space is particles [1 1]"},
		{"pair_correlation", quantum, nil, core.Invalid, "r_max must be greater than 0 in open space"},
		{"pair_correlation", box, core.Settings{"r_max": 2.1}, core.Invalid, "r_max must be at most half the shortest edge of the box, 2, got 2.1"},
	} {
		_, err := build(c.name, c.given, c.setting)
		if err == nil || core.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.name) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v of kind %v, want %v %q", c.name, err, core.KindOf(err), c.kind, c.want)
		}
	}
}

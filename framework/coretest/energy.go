package coretest

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// EnergyOptions adapt the suite to an energy; the zero value fits most.
type EnergyOptions struct {
	// Draw fills one configuration on which the energy is finite; default
	// random spins, or standard normal numbers; near those where chains begin,
	// if the energy names some.
	Draw func(r *rand.Rand, x []float64)
	// Tolerance of values computed in two ways, relative; default 1e-10.
	Tolerance float64
	// Slope is the tolerance of dE/dx against central differences of step Step,
	// relative to the largest component; defaults 1e-6 and 1e-5.
	Slope, Step float64
	// Directions in which central differences are taken; default 24. The first
	// four are random and see every component, the others see one each.
	Directions int
	// Betas at which exact values are tested; default 0.3 and 1.
	Betas []float64
	// MaxStates is the largest number of states that are enumerated; default
	// 1<<16.
	MaxStates int
	// Large is the size of the large batch; default 1000.
	Large int
	// Constant allows an energy that is the same for all configurations.
	Constant bool
	// Forbids allows configurations of the energy +Inf, which have no weight.
	Forbids bool
	// Like has the same energy, where there is such a part; LikeName is what it is called.
	Like     core.Energy
	LikeName string
}

func (o *EnergyOptions) defaults() {
	usual(&o.Tolerance, 1e-10)
	usual(&o.Slope, 1e-6)
	usual(&o.Step, 1e-5)
	usual(&o.Directions, 24)
	usual(&o.MaxStates, 1<<16)
	usual(&o.Large, 1000)
	if o.Betas == nil {
		o.Betas = []float64{0.3, 1}
	}
}

// Energy tests that an energy keeps to the contract of core. open returns a
// new value for each subtest.
func Energy(t *testing.T, open func(t *testing.T) core.Energy, o EnergyOptions) {
	o.defaults()
	for _, c := range energyChecks {
		t.Run(c.name, func(t *testing.T) {
			defer c.judge(t)
			e := open(t)
			if spec := e.Spec(); o.Draw == nil && len(spec.Start) > 0 {
				o.Draw = aboutStart(spec)
			}
			if !knows(e) && c.name != "spec" && c.name != "rows" {
				t.Skip("the energy does not know E")
			}
			c.test(t, e, o)
		})
	}
}

var energyChecks = []check[func(*testing.T, core.Energy, EnergyOptions)]{
	{"spec", "it describes itself, always alike: a space, units, powers and symmetries that it has", energySpec},
	{"values", "E is a finite number, and the same each time it is asked", energyValues},
	{"edges", "E, and its slope, are numbers also at the edges of what is legal: all sites alike, zeros, half the box", energyEdges},
	{"batches", "E of a configuration does not depend on those beside it in the batch", energyBatches},
	{"slices", "arrays of the caller are neither changed nor kept", energySlices},
	{"symmetries", "E is the same after each symmetry that is claimed", energySymmetries},
	{"exact", "exact values agree with one another: F = -ln Z/beta, S = ln Z + beta U, U = -d ln Z/d beta, C = -beta^2 dU/d beta", energyExact},
	{"enumeration", "exact values are those of a sum over all states of E", energyEnumeration},
	{"sampled", "the exact energy is the mean of E over Markov chains", energySampled},
	{"ground", "exact values at T = 0 are those of the lowest states", energyGround},
	{"slope", "the slope is dE/dx: central differences of E", energySlope},
	{"like", "E is that of the part that it is compared with", energyLike},
	{"box", "E is the same after a particle went around the box", energyBox},
	{"degree", "V(sx) = s^degree V(x)", energyDegree},
	{"links", "H is Hermitian, and the links of a configuration do not depend on those beside it in the batch", energyLinks},
	{"rows", "rows are configurations that depend on their number alone", energyRows},
	{"follower", "changes of E by single moves are those of E", energyFollow},
	{"bonds", "bonds, over which clusters grow, make up E", energyBonds},
}

// knows tells whether an energy knows E, and not only rows.
func knows(e core.Energy) bool { return !slices.Contains(e.Spec().Powers, core.PowerUnknown) }

// eval evaluates n configurations.
func eval(t *testing.T, e core.Energy, x []float64) []float64 {
	t.Helper()
	dst := nans(len(x) / e.Spec().Space.Size())
	if err := e.Eval(dst, &core.Batch{N: len(dst), X: x}); err != nil {
		t.Fatal(err)
	}
	return dst
}

// energyNeeds skips the test of a power that the energy does not declare.
func energyNeeds(t *testing.T, e core.Energy, p core.Power) {
	t.Helper()
	if !slices.Contains(e.Spec().Powers, p) {
		t.Skipf("the energy does not declare the power %q", p)
	}
	if !implements(e, p) {
		t.Fatalf("the energy does not have the power %q that it declares", p)
	}
}

func energySpec(t *testing.T, e core.Energy, o EnergyOptions) {
	s := e.Spec()
	checkSpace(t, s.Space)
	if s.Units == "" {
		t.Error("it has no units; a pure number has units 1")
	}
	for _, p := range s.Powers {
		if !implements(e, p) {
			t.Errorf("it declares the power %q without its methods", p)
		}
	}
	if !(s.Kinetic >= 0 && s.FermiTemperature >= 0) || s.Kinetic > 0 && !s.Space.Has(core.Particles) {
		t.Errorf("Kinetic %v and FermiTemperature %v of %v", s.Kinetic, s.FermiTemperature, s.Space)
	}
	if fault := s.Scale.Fault(); fault != "" {
		t.Errorf("Scale %+v: %s", s.Scale, fault)
	}
	if knows(e) {
		eval(t, e, configurations(s.Space, o.Draw, 1, 3))
	}
	if again := e.Spec(); !reflect.DeepEqual(again, s) {
		t.Errorf("the spec changed from %+v to %+v", s, again)
	}
}

func energyValues(t *testing.T, e core.Energy, o EnergyOptions) {
	x := configurations(e.Spec().Space, o.Draw, 2, 64)
	values := eval(t, e, x)
	differ := false
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, -1) || math.IsInf(v, 1) && !o.Forbids {
			t.Errorf("the energy of configuration %d is %v", i, v)
		}
		differ = differ || v != values[0]
	}
	if !differ && !o.Constant {
		t.Errorf("64 random configurations all have the energy %v", values[0])
	}
	repeated(t, "energies evaluated again", eval(t, e, x), values, e.Spec().NotBitwise, o.Tolerance)
}

func energyBatches(t *testing.T, e core.Energy, o EnergyOptions) {
	d := e.Spec().Space.Size()
	eval(t, e, nil)
	x := configurations(e.Spec().Space, o.Draw, 3, o.Large)
	all := eval(t, e, x)
	for _, i := range []int{0, 1, o.Large / 2, o.Large - 1} {
		near(t, "energy alone and in a batch", eval(t, e, x[i*d:(i+1)*d]), all[i:i+1], o.Tolerance)
	}
}

func energySlices(t *testing.T, e core.Energy, o EnergyOptions) {
	x := configurations(e.Spec().Space, o.Draw, 4, 20)
	mine := slices.Clone(x)
	values := eval(t, e, mine)
	same(t, "configurations after Eval", mine, x)
	kept := slices.Clone(values)
	copy(mine, nans(len(mine)))
	repeated(t, "energies after the first batch was overwritten", eval(t, e, x), kept, e.Spec().NotBitwise, o.Tolerance)
	same(t, "energies returned earlier", values, kept)
}

func energySymmetries(t *testing.T, e core.Energy, o EnergyOptions) {
	s := e.Spec()
	x := configurations(s.Space, o.Draw, 5, 50)
	want := eval(t, e, x)
	for _, symmetry := range s.Symmetries {
		for k, g := range transformations(t, s.Space, symmetry) {
			near(t, fmt.Sprintf("E after %s %d", symmetry, k), eval(t, e, g.apply(x, s.Space.Size())), want, o.Tolerance)
		}
	}
}

// energyBox moves one coordinate of each particle in turn by an edge of the box.
func energyBox(t *testing.T, e core.Energy, o EnergyOptions) {
	s := e.Spec().Space
	if s.Box == nil {
		t.Skip("there is no box")
	}
	x := configurations(s, o.Draw, 7, 20)
	want := eval(t, e, x)
	for j := range s.Size() {
		along := make([]float64, s.Size())
		along[j] = s.Box[j%len(s.Box)]
		near(t, fmt.Sprintf("E after coordinate %d went around the box", j), eval(t, e, moved(x, along, 1)), want, o.Tolerance)
	}
}

// energyExact tests what exact values must satisfy among themselves:
// F = -ln Z / beta, S = ln Z + beta <E>, <E> = -d ln Z / d beta and
// C = -beta^2 d <E> / d beta.
func energyExact(t *testing.T, e core.Energy, o EnergyOptions) {
	energyNeeds(t, e, core.PowerExact)
	for _, beta := range o.Betas {
		x := exact(t, e, beta).Values
		logZ, hasZ := x["log_z"]
		u, hasU := x["energy"]
		compare := func(name string, known bool, want, tolerance float64) {
			if got, ok := x[name]; ok && known {
				near(t, name+" at the other exact values", []float64{got}, []float64{want}, tolerance)
			}
		}
		compare("free_energy", hasZ, -logZ/beta, o.Tolerance)
		compare("entropy", hasZ && hasU, logZ+beta*u, o.Tolerance)
		if !hasU { // an energy that is exact at one beta has no derivatives
			continue
		}
		h := 1e-4 * beta
		above, below := exact(t, e, beta+h).Values, exact(t, e, beta-h).Values
		slope := func(name string) float64 { return (above[name] - below[name]) / (2 * h) }
		compare("energy", hasZ, -slope("log_z"), 1e-5)
		compare("heat_capacity", hasU, -beta*beta*slope("energy"), 1e-5)
	}
}

func exact(t *testing.T, e core.Energy, beta float64) core.Exact {
	t.Helper()
	x, err := e.(core.Exacter).Exact(beta)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Values) == 0 || x.Source == "" {
		t.Fatalf("exact values %v with source %q: both are needed", x.Values, x.Source)
	}
	for name, v := range x.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("%s is %v at beta = %v", name, v, beta)
		}
	}
	return x
}

// energyEnumeration compares exact values with sums over all states.
func energyEnumeration(t *testing.T, e core.Energy, o EnergyOptions) {
	s := e.Spec()
	states := enumerate(s.Space.Values(), o.MaxStates)
	if len(states) == 0 {
		t.Skipf("the states of %v are not enumerated", s.Space)
	}
	energyNeeds(t, e, core.PowerExact)
	energies := allowed(eval(t, e, states))
	compared := 0
	for _, beta := range o.Betas {
		known, want := exact(t, e, beta).Values, thermodynamics(energies, beta)
		if why := otherUnits(known, energies, beta, float64(s.Space.Count())); why != "" {
			t.Error(why)
		}
		for _, name := range slices.Sorted(maps.Keys(known)) {
			if w, ok := want[name]; ok {
				near(t, name+" against enumeration", []float64{known[name]}, []float64{w}, o.Tolerance)
				compared++
			}
		}
	}
	if compared == 0 {
		t.Error("none of its exact values can be compared with enumeration; log_z is the least")
	}
}

// otherUnits says if ln Z is not that of E, but of a simple multiple of it.
func otherUnits(known map[string]float64, energies []float64, beta, count float64) string {
	logZ, ok := known["log_z"]
	is := func(factor float64) bool {
		return math.Abs(thermodynamics(energies, factor*beta)["log_z"]-logZ) <= 1e-8*(1+math.Abs(logZ))
	}
	switch {
	case !ok || is(1) || count == 1:
		return ""
	case is(count):
		return fmt.Sprintf("ln Z is that of %g E: is E per site or particle, and should be the total?", count)
	case is(1 / count):
		return fmt.Sprintf("ln Z is that of E/%g: are the exact values per site or particle, and should be of the total?", count)
	case is(-1):
		return "ln Z is that of -E: what has the wrong sign?"
	}
	return ""
}

// allowed leaves out energies of configurations that are forbidden.
func allowed(energies []float64) []float64 {
	return slices.DeleteFunc(energies, func(e float64) bool { return math.IsInf(e, 1) })
}

// thermodynamics sums over states: ln Z, F = -ln Z / beta, U = <E>,
// S = beta (U - F), C = beta^2 (<E^2> - U^2).
func thermodynamics(energies []float64, beta float64) map[string]float64 {
	weights := make([]float64, len(energies))
	for i, e := range energies {
		weights[i] = -beta * e
	}
	logZ := logSumExp(weights)
	var u, variance float64
	for i, e := range energies {
		u += e * math.Exp(weights[i]-logZ)
	}
	for i, e := range energies {
		variance += (e - u) * (e - u) * math.Exp(weights[i]-logZ)
	}
	return map[string]float64{"log_z": logZ, "free_energy": -logZ / beta, "energy": u,
		"entropy": beta*u + logZ, "heat_capacity": beta * beta * variance}
}

package derive

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// sweptOf merges results over axes, and derives.
func sweptOf(points []*core.Results, axes ...store.SweptAxis) *store.Sweep {
	s := store.Merge(axes, points)
	Add(s, points)
	return s
}

func sweptAxis(key string, values ...float64) store.SweptAxis {
	return store.SweptAxis{Axis: core.Axis{Name: key[strings.LastIndexByte(key, '.')+1:], Units: "1", Values: values}, Key: key}
}

func extensive(name string, value, stderr float64, units string) core.Estimate {
	e := core.Scalar(name, name, value, stderr, units, 100)
	e.Extensive = true
	return e
}

// spins are two levels 0 and 1 on each of four sites at t: F, E, S, C and exact values.
func spins(t float64) *core.Results {
	const n = 4
	p := 1 / (1 + math.Exp(1/t))
	f, e := -t*n*math.Log1p(math.Exp(-1/t)), n*p
	s, c := (e-f)/t, n*p*(1-p)/(t*t)
	return &core.Results{
		Estimates: []core.Estimate{extensive("free_energy", f, 1e-4, "J"), extensive("energy", e, 1e-3, "J"), extensive("entropy", s, 1e-3/t, "1"), extensive("heat_capacity", c, 1e-2, "1")},
		Exact:     map[string]float64{"free_energy": f, "energy": e, "entropy": s, "heat_capacity": c}, ExactSource: "two levels",
		SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{2, 2}, Periodic: true}, Conditions: &core.Conditions{Temperature: t},
	}
}

func derivedRow(t *testing.T, s *store.Sweep, name string) store.Swept {
	t.Helper()
	i := slices.IndexFunc(s.Observables, func(e store.Swept) bool { return e.Name == name })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return s.Observables[i]
}

// Along temperatures, what is derived meets what was measured and the exact values, per site too; a point
// that is missing stays so.
func TestDeriveTemperature(t *testing.T) {
	grid := []float64{0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1}
	points := make([]*core.Results, len(grid))
	for i, at := range grid {
		points[i] = spins(at)
	}
	points[5] = nil
	s := sweptOf(points, sweptAxis("ensemble.temperature", grid...))
	for name, of := range map[string]string{"entropy_from_free_energy": "entropy", "energy_from_free_energy": "energy",
		"heat_capacity_from_energy": "heat_capacity", "heat_capacity_from_entropy": "heat_capacity"} {
		e := derivedRow(t, s, name)
		per := derivedRow(t, s, name+"_per_site")
		if e.Way == "" || per.Way != "" || per.Of != name || e.Compared != 6 || e.Chi2 > 6*4 || e.PointCautions != nil {
			t.Errorf("%s: way %q, chi^2 %.2g of %d points, cautions %v; per site of %q", name, e.Way, e.Chi2, e.Compared, e.PointCautions, per.Of)
		}
		for i := range grid {
			if i == 5 {
				if !math.IsNaN(e.Value[i]) || !math.IsNaN(e.Exact[i]) {
					t.Errorf("%s at the missing point: %v", name, e.Value[i])
				}
				continue
			}
			want := points[i].Exact[of]
			if d := math.Abs(e.Value[i] - want); d > 3*e.Stderr[i] || e.Stderr[i] > 0.4*want || e.Exact[i] != want || per.Value[i] != e.Value[i]/4 {
				t.Errorf("%s at %g: %.4f +- %.4f, want %.4f", name, grid[i], e.Value[i], e.Stderr[i], want)
			}
		}
	}
	if len(s.Limits) > 0 {
		t.Errorf("limits %v", s.Limits)
	}
}

// Of a density that was trained badly at one temperature: F is too large by 0.1, and its entropy is wrong.
func TestDeriveFindsBadPoint(t *testing.T) {
	grid := []float64{0.4, 0.5, 0.6, 0.7, 0.8}
	points := make([]*core.Results, len(grid))
	for i, at := range grid {
		points[i] = spins(at)
	}
	for k, by := range []float64{0.1, 0.1 + 0.6*0.5, 0.5} { // F = E - T S holds all the same
		points[2].Estimates[k].Value[0] += by
	}
	s := sweptOf(points, sweptAxis("ensemble.temperature", grid...))
	if c := derivedRow(t, s, "free_energy").PointCautions; len(c[2]) != 1 || c[2][0].Code != core.CautionBetterElsewhere || len(c[1]) > 0 || !strings.HasPrefix(c[2][0].Text, "the density of point ") {
		t.Errorf("cautions of F: %v", c)
	}
	if e := derivedRow(t, s, "free_energy_best"); e.Bound != 1 || !(e.Value[2] < points[2].Estimates[0].Value[0]-0.05) || e.Value[1] != points[1].Estimates[0].Value[0] {
		t.Errorf("best %v of bound %d", e.Value, e.Bound)
	}
	// The entropy of every other point is that of F, but the polynomials pass through the bad point.
	e := derivedRow(t, s, "heat_capacity_from_entropy")
	if e.Way != "T dS/dT" || e.Beside != "heat_capacity_from_energy" {
		t.Errorf("heat capacity %+v", e)
	}
	if beside := derivedRow(t, s, "entropy_from_free_energy"); beside.Way != "-dF/dT" || beside.Beside != "entropy" || beside.Compared == 0 {
		t.Errorf("entropy %+v", beside)
	}
}

// Energies of chains beside a model are those of another density: F - E + T S is not 0, and they are not
// compared with what follows from F.
func TestDeriveOtherDensity(t *testing.T) {
	grid := []float64{0.4, 0.5, 0.6, 0.7}
	points := make([]*core.Results, len(grid))
	for i, at := range grid {
		points[i] = spins(at)
		points[i].Estimates[1].Value[0] += 0.1
	}
	s := sweptOf(points, sweptAxis("ensemble.temperature", grid...))
	if e := derivedRow(t, s, "energy_from_free_energy"); e.Beside != "" || e.PointCautions != nil {
		t.Errorf("compared with %q: %v", e.Beside, e.PointCautions)
	}
	if e := derivedRow(t, s, "entropy_from_free_energy"); e.Beside != "entropy" {
		t.Error("the entropy is of the model, and not compared")
	}
}

// Keys that are no temperatures, results without conditions and too few points derive nothing.
func TestDeriveNothing(t *testing.T) {
	points := func() []*core.Results { return []*core.Results{spins(0.4), spins(0.5), spins(0.6)} }
	old := points()
	for _, p := range old {
		p.Conditions = nil
	}
	for name, s := range map[string]*store.Sweep{
		"other key": sweptOf(points(), sweptAxis("model.width", 1, 2, 3)),
		"mixed key": sweptOf(points(), sweptAxis("ensemble.temperature, energy.J", 1, 2, 3)),
		"old":       sweptOf(old, sweptAxis("ensemble.temperature", 0.4, 0.5, 0.6)),
	} {
		for _, e := range s.Observables {
			if e.Way != "" {
				t.Errorf("%s: %s is derived as %s", name, e.Name, e.Way)
			}
		}
	}
	s := sweptOf(points()[:2], sweptAxis("ensemble.temperature", 0.4, 0.5))
	for _, e := range s.Observables {
		if e.Way != "" && e.Name != "free_energy_best" {
			t.Errorf("of two points %s is derived", e.Name)
		}
	}
}

// freeGas is a classical-like gas in units of an electron gas: F' = T' N [ln(N/V) - 1] at absolute V and T' =
// T r_s^2, so that P = N T/V and mu = T ln(N/V).
func freeGas(n int, rs, t float64) *core.Results {
	edge := math.Sqrt(math.Pi * float64(n))
	volume, count := edge*edge*rs*rs, float64(n)
	f := t * count * (math.Log(count/volume/t) - 1) // S = N (2 - ln(n/T)) as of a gas with E = N T
	s := count * (2 - math.Log(count/volume/t))
	return &core.Results{
		Estimates:    []core.Estimate{extensive("free_energy", f, 1e-5, "Ry/r_s^2"), extensive("entropy", s, 1e-5, "1"), extensive("energy", f+t*s, 1e-5, "Ry/r_s^2"), core.Scalar("pressure", "pressure", count*t/(edge*edge), 1e-5, "Ry/r_s^2/length^2", 1)},
		SamplesSpace: core.Space{Kind: core.Particles, Shape: []int{n, 2}, Periodic: true, Box: []float64{edge, edge}},
		Conditions:   &core.Conditions{Temperature: t, Quantum: true, Scale: core.Scale{Energy: 1 / (rs * rs), EnergyUnits: "Ry", Length: rs, LengthUnits: "Bohr"}},
	}
}

// P V = N T, and F' here has ln T' where absolute temperatures have ln(T'/r_s^2): the unit of T in F is that of the
// point, which adds N T' d ln e/d ln V to the pressure, in two dimensions -N T'. So F is made absolute.
func absoluteGas(n int, rs, t float64) *core.Results {
	r := freeGas(n, rs, t)
	count := float64(n)
	shift := math.Log(rs * rs) // ln(T'/T)
	r.Estimates[0].Value[0] += t * count * shift
	r.Estimates[1].Value[0] -= count * shift
	return r
}

// Along densities at constant T/T_F: pressure, chemical potential and Maxwell's relation of an ideal gas,
// F = N T [ln(n/T) - 1], where (ds/dn)_T = -(dmu/dT)_n = 1 - ln(n/T). It is no isotherm, and has no modulus.
func TestDeriveDensity(t *testing.T) {
	rs, temperatures := []float64{1, 1.2, 1.5, 1.8, 2.2}, []float64{1, 1.2, 1.5, 1.8}
	var points []*core.Results
	for _, r := range rs {
		for _, at := range temperatures {
			points = append(points, absoluteGas(5, r, at))
		}
	}
	s := sweptOf(points, sweptAxis("energy.r_s", rs...), sweptAxis("ensemble.temperature", temperatures...))
	p, mu := derivedRow(t, s, "pressure_from_free_energy"), derivedRow(t, s, "chemical_potential_from_pressure")
	density, cooling := derivedRow(t, s, "entropy_by_density"), derivedRow(t, s, "minus_chemical_potential_by_temperature")
	if p.Units != "Ry/r_s^2/length^2" || p.Beside != "pressure" || cooling.Beside != "entropy_by_density" || cooling.Compared != 20 || p.Compared != 20 {
		t.Errorf("pressure in %s beside %q; Maxwell with %q at %d points", p.Units, p.Beside, cooling.Beside, cooling.Compared)
	}
	for i := range points {
		r, at := rs[i/4], temperatures[i%4]
		n := 1 / (math.Pi * r * r) // absolute
		absolute := at / (r * r)
		for name, c := range map[string]struct {
			e    store.Swept
			want float64
		}{"P": {p, at / math.Pi}, "mu": {mu, at * math.Log(n/absolute)}, "(ds/dn)_T": {density, 1 - math.Log(n/absolute)}, "-(dmu/dT)_n": {cooling, 1 - math.Log(n/absolute)}} {
			if d := math.Abs(c.e.Value[i] - c.want); d > 4*c.e.Stderr[i] || c.e.Stderr[i] > 0.1 {
				t.Errorf("%s at r_s = %g, T = %g: %.5f +- %.5f, want %.5f", name, r, at, c.e.Value[i], c.e.Stderr[i], c.want)
			}
		}
	}
	if slices.ContainsFunc(s.Observables, func(e store.Swept) bool { return e.Name == "bulk_modulus" }) {
		t.Error("a bulk modulus where the temperature changes")
	}
	// At the absolute temperature 1/2, K = -V dP/dV = P.
	points = nil
	for _, r := range rs {
		points = append(points, absoluteGas(5, r, r*r/2))
	}
	s = sweptOf(points, sweptAxis("energy.r_s, ensemble.temperature", rs...))
	k := derivedRow(t, s, "bulk_modulus")
	for i, r := range rs {
		if want := r * r / 2 / math.Pi; math.Abs(k.Value[i]-want) > 4*k.Stderr[i] || k.Stderr[i] > 0.1*want {
			t.Errorf("bulk modulus at r_s = %g: %.5f +- %.5f, want %.5f", r, k.Value[i], k.Stderr[i], want)
		}
	}
}

// Along numbers at constant density mu = T ln(n/T), and F/N is the same for all N: the limit.
func TestDeriveNumber(t *testing.T) {
	numbers := []float64{4, 5, 6}
	var points []*core.Results
	for _, n := range numbers {
		points = append(points, absoluteGas(int(n), 1, 2))
	}
	s := sweptOf(points, sweptAxis("energy.n", numbers...))
	want := 2 * math.Log(1/math.Pi/2)
	mu := derivedRow(t, s, "chemical_potential")
	if !math.IsNaN(mu.Value[0]) || math.Abs(mu.Value[1]-want) > 1e-9 || math.Abs(mu.Value[2]-want) > 1e-9 {
		t.Errorf("mu %v, want %v", mu.Value, want)
	}
	i := slices.IndexFunc(s.Limits, func(e store.Swept) bool { return e.Name == "free_energy_per_particle" })
	if i < 0 || len(s.Limits) != 3 {
		t.Fatalf("limits %+v", s.Limits)
	}
	if f := s.Limits[i]; math.Abs(f.Value[0]-(want-2)) > 1e-6 || len(f.Axes) != 0 || f.Units != "Ry/r_s^2" {
		t.Errorf("limit of F/N %+v, want %.5f", f, want-2)
	}
	// In a trap there is no volume, and no limit.
	for _, p := range points {
		p.SamplesSpace.Periodic, p.SamplesSpace.Box = false, nil
	}
	s = sweptOf(points, sweptAxis("energy.n", numbers...))
	if mu := derivedRow(t, s, "chemical_potential"); math.Abs(mu.Value[1]-(points[1].Estimates[0].Value[0]-points[0].Estimates[0].Value[0])) > 1e-12 || len(s.Limits) > 0 {
		t.Errorf("in a trap mu %v, limits %v", mu.Value, s.Limits)
	}
}

// Slopes along three points carry a caution, at each point and per site alike; along four they do not,
// and a line that a missing point shortens to three does.
func TestDeriveFewPoints(t *testing.T) {
	grid := []float64{0.3, 0.5, 0.7, 1}
	for name, c := range map[string]struct {
		points  int
		missing int
		want    int
	}{"three": {3, -1, 3}, "four": {4, -1, 0}, "four, one of them missing": {4, 1, 3}} {
		points := make([]*core.Results, c.points)
		for i := range points {
			if i != c.missing {
				points[i] = spins(grid[i])
			}
		}
		s := sweptOf(points, sweptAxis("ensemble.temperature", grid[:c.points]...))
		for _, row := range []string{"entropy_from_free_energy", "heat_capacity_from_energy", "energy_from_free_energy_per_site"} {
			few := 0
			for _, at := range derivedRow(t, s, row).PointCautions {
				if slices.ContainsFunc(at, func(c core.Caution) bool { return c.Code == core.CautionFewPoints }) {
					few++
				}
			}
			if few != c.want {
				t.Errorf("%s: %s carries %d cautions of few points, want %d", name, row, few, c.want)
			}
		}
		for _, at := range derivedRow(t, s, "free_energy_best").PointCautions {
			if len(at) > 0 {
				t.Errorf("%s: the least free energy, which is no slope, has %v", name, at)
			}
		}
	}
}

// What is made of a value with a caution has it, too: slopes at the point and beside it, and limits; what is made of
// others has not, and neither has the least free energy, which is a bound whatever the entropies are.
func TestDeriveInheritsCautions(t *testing.T) {
	grid := []float64{0.7, 0.3, 0.5, 0.9, 1.1, 1.3} // not in their order
	points := make([]*core.Results, len(grid))
	for i, at := range grid {
		points[i] = spins(at)
	}
	points[2].Estimates[2].Warn(core.CautionBrokenSymmetry, "the entropy is wrong")
	s := sweptOf(points, sweptAxis("ensemble.temperature", grid...))
	for row, want := range map[string][]int{"heat_capacity_from_entropy": {0, 1, 2}, "heat_capacity_from_entropy_per_site": {0, 1, 2},
		"heat_capacity_from_energy": nil, "entropy_from_free_energy": nil, "free_energy_best": nil} {
		e := derivedRow(t, s, row)
		for i := range grid {
			has := slices.ContainsFunc(e.CautionsAt(i), func(c core.Caution) bool {
				return c.Code == core.CautionBrokenSymmetry && c.Text == "entropy at point 2, of which it is made: the entropy is wrong"
			})
			if has != slices.Contains(want, i) || len(e.CautionsAt(i)) > 1 {
				t.Errorf("%s at %g: %v", row, grid[i], e.CautionsAt(i))
			}
		}
	}
}

// That a density is far from the Boltzmann density shows at its entropy, not at its free energy, which is a bound: the
// entropy and the energy that follow from the bound's slope have that caution, and what is reweighted has not.
func TestDeriveFarDensities(t *testing.T) {
	grid := []float64{0.3, 0.5, 0.7, 0.9, 1.1}
	points := make([]*core.Results, len(grid))
	for i, at := range grid {
		points[i] = spins(at)
		points[i].Estimates = append(points[i].Estimates, extensive("free_energy_reweighted", points[i].Exact["free_energy"], 1e-4, "J"))
	}
	points[3].Estimates[1].Warn(core.CautionBiasedAverage, "far")
	points[3].Estimates[2].Warn(core.CautionBiasedAverage, "far")
	s := sweptOf(points, sweptAxis("ensemble.temperature", grid...))
	for row, want := range map[string]bool{"entropy_from_free_energy": true, "energy_from_free_energy_per_site": true, "energy_from_free_energy_reweighted": false, "free_energy_best": false} {
		e := derivedRow(t, s, row)
		for i := range grid {
			has := slices.ContainsFunc(e.CautionsAt(i), func(c core.Caution) bool { return c.Code == core.CautionBiasedAverage })
			if has != (want && i == 3) {
				t.Errorf("%s at %g: %v", row, grid[i], e.CautionsAt(i))
			}
		}
	}
}

// Limits have the cautions of any size, and their own where no more sizes than parameters fit.
func TestDeriveLimitCautions(t *testing.T) {
	numbers := []float64{4, 5, 6, 8}
	for count := 2; count <= len(numbers); count++ {
		var points []*core.Results
		for _, n := range numbers[:count] {
			points = append(points, absoluteGas(int(n), 1, 2))
		}
		points[1].Estimates[0].Warn(core.CautionParetoTail, "heavy")
		s := sweptOf(points, sweptAxis("energy.n", numbers[:count]...))
		name := points[1].Estimates[0].Name + "_per_particle"
		for _, e := range s.Limits {
			few, heavy := false, false
			for _, c := range e.CautionsAt(0) {
				few, heavy = few || c.Code == core.CautionFewPoints, heavy || c.Code == core.CautionParetoTail
			}
			if few != (count == 2) || heavy != (e.Name == name) { // all sizes have the same value, which from three on a constant shows
				t.Errorf("%s of %d sizes: %v", e.Name, count, e.CautionsAt(0))
			}
		}
		if len(s.Limits) == 0 {
			t.Errorf("of %d sizes there is no limit", count)
		}
	}
}

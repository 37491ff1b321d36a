package derive

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/helmholtz-physics/helmholtz/framework/thermo"
)

// alongTemperature derives entropy, energy and heat capacity of F, S and E. Those of reweighted free
// energies are of the Boltzmann density.
func (d *derivation) alongTemperature(axis int) {
	f, s, e := d.values("free_energy"), d.values("entropy"), d.values("energy")
	of := func(name string) origin { return origin{of: []string{name}, slopes: []int{axis}} }
	if f != nil && s != nil {
		d.best(axis, f, s) // first: it tells which points are not converged
	}
	if f != nil {
		units := d.find("free_energy").Units
		row := thermo.EnergyRow
		if !sameDensity(d, f, s, e) {
			row.Beside = ""
		}
		beside := func(name string) origin {
			return origin{of: []string{"free_energy"}, slopes: []int{axis}, density: name}
		}
		d.add(thermo.EntropyRow, "1", d.along(axis, f, thermo.Entropy), beside("entropy"))
		d.add(row, units, d.along(axis, f, thermo.Energy), beside(row.Beside))
	}
	if r := d.values("free_energy_reweighted"); r != nil {
		d.add(thermo.EntropyReweightedRow, "1", d.along(axis, r, thermo.Entropy), of("free_energy_reweighted"))
		d.add(thermo.EnergyReweightedRow, d.find("free_energy_reweighted").Units, d.along(axis, r, thermo.Energy), of("free_energy_reweighted"))
	}
	if e != nil {
		d.add(thermo.HeatOfEnergyRow, "1", d.along(axis, e, thermo.HeatCapacityOfEnergy), of("energy"))
	}
	if s != nil {
		row := thermo.HeatOfEntropyRow
		if !sameDensity(d, f, s, e) {
			row.Beside = ""
		}
		d.add(row, "1", d.along(axis, s, thermo.HeatCapacityOfEntropy), of("entropy"))
	}
}

// sameDensity tells whether energy and entropy are those of one density, and F = E - T S: not where the
// energy is that of chains.
func sameDensity(d *derivation, f, s, e []thermo.Value) bool {
	if f == nil || s == nil || e == nil {
		return false
	}
	for i := range f {
		if d.points[i] == nil || !f[i].Known() || !s[i].Known() || !e[i].Known() {
			continue
		}
		t := d.temperature(i)
		if math.Abs(f[i].Mean-e[i].Mean+t*s[i].Mean) > inconsistent*(f[i].Err+e[i].Err+t*s[i].Err)+1e-9*math.Abs(f[i].Mean) {
			return false
		}
	}
	return true
}

// best adds the least free energy of all densities at each temperature. One that is not best at its own
// temperature carries a caution.
func (d *derivation) best(axis int, f, s []thermo.Value) {
	from := make([]int, len(d.points))
	values := d.over(axis, func(line []int) []thermo.Value {
		best, whose := thermo.Best(pick(line, d.temperature), at(line, f), at(line, s))
		for k, i := range line {
			from[i] = line[whose[k]]
		}
		return best
	})
	// A bound is none the worse for what its density has lost, which energy and entropy tell of.
	e := d.add(thermo.BestRow, d.find("free_energy").Units, values, origin{of: []string{"free_energy"}, points: func(i int) []int { return from[i : i+1] }})
	if e == nil {
		return
	}
	e.Bound = +1
	own := d.find("free_energy")
	defer d.tellParts(thermo.BestRow.Name, "free_energy")
	for i, v := range values {
		if less := f[i].Mean - v.Mean; from[i] != i && less > inconsistent*(v.Err+f[i].Err) {
			d.warn(own, i, core.CautionBetterElsewhere, "the density of point %d has at this temperature a free energy lower by %s: training here has not converged",
				from[i], stats.PlusMinus(less, v.Err+f[i].Err))
		}
	}
}

// tellParts hands bounds and cautions of totals on to theirs per site or particle.
func (d *derivation) tellParts(names ...string) {
	for _, name := range names {
		total := *d.find(name)
		for i := range d.Observables {
			if per := &d.Observables[i]; per.Of == name {
				per.Bound, per.PointCautions = total.Bound, total.PointCautions
			}
		}
	}
}

// line of volumes.
func (d *derivation) line(points []int) thermo.Line {
	return thermo.Line{LogVolume: pick(points, d.logVolume), LogUnit: pick(points, d.logUnit), Volume: pick(points, d.volume), Temperature: pick(points, d.temperature)}
}

// pressures are those that were measured, or else derived, and their name.
func (d *derivation) pressures() ([]thermo.Value, string) {
	if p := d.values("pressure"); p != nil {
		return p, "pressure"
	}
	return d.values(thermo.PressureRow.Name), thermo.PressureRow.Name
}

// alongVolume derives the pressure, and of it the bulk modulus at constant temperature and the
// chemical potential.
func (d *derivation) alongVolume(axis int) {
	f, s := d.values("free_energy"), d.values("entropy")
	if f == nil {
		return
	}
	if s == nil { // as at T = 0, where it does not matter
		s = make([]thermo.Value, len(d.points))
	}
	units := fmt.Sprintf("%s/length^%d", d.find("free_energy").Units, d.dimension())
	d.add(thermo.PressureRow, units, d.over(axis, func(line []int) []thermo.Value { return d.line(line).Pressure(at(line, f), at(line, s)) }),
		origin{of: []string{"free_energy"}, slopes: []int{axis}})
	p, pressure := d.pressures()
	if p == nil {
		return
	}
	d.add(thermo.ModulusRow, units, d.over(axis, func(line []int) []thermo.Value {
		if l := d.line(line); l.Isothermal() {
			return l.BulkModulus(at(line, p))
		}
		return pick(line, func(int) thermo.Value { return thermo.Unknown() })
	}), origin{of: []string{pressure}, slopes: []int{axis}})
	mu := make([]thermo.Value, len(d.points))
	for i := range mu {
		mu[i] = thermo.Unknown()
		if d.points[i] != nil && d.points[i].Conditions.Quantum {
			mu[i] = thermo.GibbsPerParticle(d.count(i), d.volume(i), f[i], p[i])
		}
	}
	d.add(thermo.GibbsRow, d.find("free_energy").Units, mu, origin{of: []string{"free_energy", pressure}})
}

// dimension of the box.
func (d *derivation) dimension() int {
	for _, p := range d.points {
		if p != nil {
			return len(p.SamplesSpace.Box)
		}
	}
	return 0
}

// maxwell holds (ds/dn)_T against -(dmu/dT)_n.
func (d *derivation) maxwell(volume, temperature int) {
	s, mu := d.values("entropy"), d.values(thermo.GibbsRow.Name)
	if s == nil || mu == nil {
		return
	}
	byT := d.along(temperature, s, thermo.Derivative)
	d.add(thermo.DensityRow, "1", d.over(volume, func(line []int) []thermo.Value {
		n := math.NaN()
		for _, i := range line {
			if d.points[i] != nil {
				n = d.count(i)
			}
		}
		return d.line(line).EntropyByDensity(n, at(line, s), at(line, byT))
	}), origin{of: []string{"entropy"}, slopes: []int{volume, temperature}})
	// At constant volume -dmu/dT is to mu what S is to F.
	d.add(thermo.CoolingRow, "1", d.along(temperature, mu, thermo.Entropy), origin{of: []string{thermo.GibbsRow.Name}, slopes: []int{temperature}})
}

// alongNumber derives chemical potentials of quantum particles, and limits.
func (d *derivation) alongNumber(axis int) {
	if f := d.values("free_energy"); f != nil && d.quantum() && !d.varies(axis, d.logUnit) {
		s := d.values("entropy")
		p, pressure := d.pressures()
		if s == nil {
			s = make([]thermo.Value, len(d.points))
		}
		d.add(thermo.ChemicalRow, d.find("free_energy").Units, d.over(axis, func(line []int) []thermo.Value {
			var volumes []float64
			var pressures []thermo.Value
			if d.dimension() > 0 {
				volumes = pick(line, d.volume)
			}
			if p != nil {
				pressures = at(line, p)
			}
			return thermo.ChemicalPotentials(pick(line, d.count), pick(line, d.temperature), volumes, at(line, f), at(line, s), pressures)
		}), origin{of: []string{"free_energy", "entropy", pressure}, points: func(i int) []int {
			line := d.lineOf(axis, i)
			at := slices.Index(line, i)
			return line[max(0, at-1) : at+1]
		}})
	}
	if !d.periodic() {
		return // of what is trapped there is no limit, and open edges go with another power of N
	}
	for _, e := range d.Observables {
		if e.Of != "" && len(e.Axes) == len(d.Axes) {
			d.limit(axis, e)
		}
	}
}

// quantum tells whether all points are density matrices.
func (d *derivation) quantum() bool {
	for _, p := range d.points {
		if p != nil && !p.Conditions.Quantum {
			return false
		}
	}
	return true
}

// periodic tells whether all points have periodic boundaries.
func (d *derivation) periodic() bool {
	for _, p := range d.points {
		if p != nil && !p.SamplesSpace.Periodic {
			return false
		}
	}
	return true
}

// limit of a value per site or particle at infinitely many of them, with the cautions that it has at any size.
func (d *derivation) limit(axis int, e store.Swept) {
	values := d.values(e.Name)
	limit := store.Swept{Estimate: core.Estimate{Name: e.Name, Long: e.Long + " of an infinite system", Units: e.Units}}
	for k, a := range d.Axes {
		if k != axis {
			limit.Axes = append(limit.Axes, a.Axis)
		}
	}
	tested, known := []float64(nil), false
	lines := d.Lines(axis)
	for _, line := range lines {
		v, share := thermo.Limit(pick(line, d.count), at(line, values))
		known, tested = known || v.Known(), append(tested, share)
		limit.Value, limit.Stderr = append(limit.Value, v.Mean), append(limit.Stderr, v.Err)
	}
	if !known {
		return
	}
	for k, line := range lines {
		switch {
		case math.IsNaN(limit.Value[k]):
			continue
		case tested[k] < thermo.LeastTested:
			d.warn(&limit, k, core.CautionFewPoints, "so few sizes, or such corrections, do not show that these go like a polynomial in 1/N, and the error is too small where they do not: take more sizes, and larger ones")
		}
		d.inheritAt(&limit, k, e.Name, line)
	}
	d.Limits = append(d.Limits, limit)
}

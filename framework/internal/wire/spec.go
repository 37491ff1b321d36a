package wire

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// CheckEnergySpec says what is wrong with the spec of a plugin's energy.
func CheckEnergySpec(s core.EnergySpec) error {
	return first(
		func() error { return checkSpace(s.Space) },
		func() error {
			if s.Units == "" {
				return fmt.Errorf("it has no units")
			}
			return checkText("units", s.Units, longestName)
		},
		func() error { return positive("kinetic", s.Kinetic) },
		func() error {
			if s.Kinetic > 0 && !s.Space.Has(core.Particles) {
				return fmt.Errorf("kinetic is %v without particles, on %v", s.Kinetic, s.Space)
			}
			return nil
		},
		func() error { return positive("fermi_temperature", s.FermiTemperature) },
		func() error { return positive("unpolarised_fermi_temperature", s.UnpolarisedFermiTemperature) },
		func() error {
			if fault := s.Scale.Fault(); fault != "" {
				return fmt.Errorf("scale: %s", fault)
			}
			return first(func() error { return checkText("energy_units", s.Scale.EnergyUnits, longestName) },
				func() error { return checkText("length_units", s.Scale.LengthUnits, longestName) })
		},
		func() error { return checkPrecision(s.Precision) },
		func() error { return checkSymmetries(s.Symmetries, s.Space) },
		func() error { return checkPowers(core.KindEnergy, s.Powers) },
		s.CheckRows,
		s.CheckStart,
		func() error { return checkSymbols(s) },
		func() error { return checkWarnings(s.Warnings) },
	)
}

// mostWarnings is how many a user may be expected to read.
const mostWarnings = 100

func checkWarnings(warnings []string) error {
	if n := len(warnings); n > mostWarnings {
		return fmt.Errorf("it has %d warnings, more than %d", n, mostWarnings)
	}
	for _, text := range warnings {
		if err := checkText("a warning", text, longestText); err != nil {
			return err
		}
	}
	return nil
}

// CheckModelSpec says what is wrong with the spec of a plugin's model that was
// opened on a space.
func CheckModelSpec(s core.ModelSpec, space core.Space) error {
	return first(
		func() error {
			if s.Space.Kind != space.Kind || !slices.Equal(s.Space.Shape, space.Shape) || s.Space.Size() != space.Size() {
				return fmt.Errorf("it says %v, it was opened on %v", s.Space, space)
			}
			return checkSpace(s.Space)
		},
		func() error { return checkBlocks(s) },
		func() error { return checkPrecision(s.Precision) },
		func() error { return checkSymmetries(s.Symmetries, s.Space) },
		func() error { return checkPowers(core.KindModel, s.Powers) },
		func() error { return checkScales(s.LatentScale, s.Space.Size()) },
		func() error { return checkFactors(s) },
		func() error { return checkLatents(s) },
		func() error { return checkScores(s) },
		func() error { return checkOrbitals(s) },
		func() error { return s.Base.Check(s.Space.Size()) },
	)
}

// checkFactors tests that the parts of theta make theta.
func checkFactors(s core.ModelSpec) error {
	if n := len(s.FactorDamping); n > 0 && n != max(1, len(s.Factors)) {
		return fmt.Errorf("it has the damping of %d factors of %d", n, max(1, len(s.Factors)))
	}
	for _, d := range s.FactorDamping {
		if !(d >= 0) || d > math.MaxFloat64 {
			return fmt.Errorf("it has a factor with the damping %v", d)
		}
	}
	if s.Factors == nil {
		return nil
	}
	sum := 0
	for _, n := range s.Factors {
		if n < 1 || n > s.Parameters {
			return fmt.Errorf("it has a factor of %d parameters of %d", n, s.Parameters)
		}
		if sum += n; sum > s.Parameters {
			break
		}
	}
	if sum != s.Parameters {
		return fmt.Errorf("its factors have not the %d parameters that it has", s.Parameters)
	}
	return nil
}

// CheckObserverSpec says what is wrong with the spec of a plugin's observer.
func CheckObserverSpec(s core.ObserverSpec) error {
	if err := s.Check(); err != nil {
		return err
	}
	for _, o := range s.Observables {
		if err := first(
			func() error { return checkText("the phrase of "+o.Name, o.Long, longestText) },
			func() error { return checkText("the units of "+o.Name, o.Units, longestName) },
		); err != nil {
			return err
		}
		for _, a := range o.Axes {
			if err := first(
				func() error { return checkName("an axis of "+o.Name, a.Name) },
				func() error { return checkText("the units of "+a.Name, a.Units, longestName) },
			); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkSymbols is about the letters that levels stand for.
func checkSymbols(s core.EnergySpec) error {
	if n := len(s.Symbols); n > 0 && (s.Space.Kind != core.Levels || n != s.Space.Levels) {
		return fmt.Errorf("it has %d symbols for %v", n, s.Space)
	}
	for i, letter := range s.Symbols {
		if letter == "" || slices.Contains(s.Symbols[:i], letter) {
			return fmt.Errorf("the symbol %q is empty, or there twice", letter)
		}
		if err := checkText("a symbol", letter, longestName); err != nil {
			return err
		}
	}
	return nil
}

func checkSpace(s core.Space) error {
	for _, f := range append([]core.NamedSpace{{Space: s}}, s.Fields...) {
		if err := checkText("the lattice", f.Lattice, longestName); err != nil {
			return err
		}
	}
	return s.Check()
}

// positive refuses a negative number; zero is absent.
func positive(what string, v float64) error {
	if !(v >= 0) || math.IsInf(v, 0) {
		return fmt.Errorf("%s is %v, and must be positive or absent", what, v)
	}
	return nil
}

func checkPrecision(v float64) error {
	if !(v >= 0 && v < 1) {
		return fmt.Errorf("precision is %v, and must be between 0 and 1 or absent", v)
	}
	return nil
}

func checkSymmetries(all []core.Symmetry, space core.Space) error {
	for _, s := range all {
		if err := s.In(space); err != nil {
			return err
		}
	}
	if s, twice := repeated(all); twice {
		return fmt.Errorf("the symmetry %q is there twice", s)
	}
	return nil
}

func checkBlocks(s core.ModelSpec) error {
	if s.Parameters < 0 || s.Parameters > core.MostNumbers {
		return fmt.Errorf("it says %d parameters", s.Parameters)
	}
	total := 0
	for _, b := range s.Blocks {
		if err := checkText("the name of a block", b.Name, longestText); err != nil {
			return err
		}
		size := 1
		for _, l := range b.Shape {
			if l < 0 || l > 0 && size > core.MostNumbers/l {
				return fmt.Errorf("the block %q has the shape %v", b.Name, b.Shape)
			}
			size *= l
		}
		if total += size; total > core.MostNumbers {
			break
		}
	}
	if len(s.Blocks) > 0 && total != s.Parameters {
		return fmt.Errorf("its blocks add up to %d parameters, and it says %d", total, s.Parameters)
	}
	return nil
}

func checkScales(scales []int, size int) error {
	if n := len(scales); n > 0 && n != size {
		return fmt.Errorf("it gives scales to %d latent variables of %d", n, size)
	}
	if len(scales) > 0 && slices.Min(scales) < 0 {
		return fmt.Errorf("it has the latent scale %d", slices.Min(scales))
	}
	return nil
}

// checkLatents is about the latent variables of an encoder.
func checkLatents(s core.ModelSpec) error {
	if has := slices.Contains(s.Powers, core.PowerBound); s.Latents < 0 || s.Latents > core.MostNumbers || has != (s.Latents > 0) {
		return fmt.Errorf("it has %d latent variables, and the power %q is declared: %v", s.Latents, core.PowerBound, has)
	}
	return nil
}

// checkScores is about what natural gradients are made of.
func checkScores(s core.ModelSpec) error {
	shares, products := slices.Contains(s.Powers, core.PowerNaturalShares), slices.Contains(s.Powers, core.PowerNaturalProducts)
	if s.Scores < 0 || s.Scores > core.MostNumbers || shares && s.Scores == 0 || !shares && !products && s.Scores > 0 {
		return fmt.Errorf("it has %d scores, and the power %q is declared: %v", s.Scores, core.PowerNaturalShares, shares)
	}
	return nil
}

// checkOrbitals is about the states of a density matrix.
func checkOrbitals(s core.ModelSpec) error {
	quantum := slices.Contains(s.Powers, core.PowerQuantum)
	switch {
	case slices.Contains(s.Powers, core.PowerStates) && !quantum:
		return fmt.Errorf("the power %q needs the power %q", core.PowerStates, core.PowerQuantum)
	case slices.Contains(s.Powers, core.PowerStateSlope) && !quantum:
		return fmt.Errorf("the power %q needs the power %q", core.PowerStateSlope, core.PowerQuantum)
	case slices.Contains(s.Powers, core.PowerStateDraws) && !quantum:
		return fmt.Errorf("the power %q needs the power %q", core.PowerStateDraws, core.PowerQuantum)
	case slices.Contains(s.Powers, core.PowerStateSpan) && !quantum:
		return fmt.Errorf("the power %q needs the power %q", core.PowerStateSpan, core.PowerQuantum)
	case slices.Contains(s.Powers, core.PowerFamilies) && !quantum:
		return fmt.Errorf("the power %q needs the power %q", core.PowerFamilies, core.PowerQuantum)
	case !quantum || slices.Contains(s.Powers, core.PowerFamilies):
		return nil
	case s.Space.Kind != core.Particles:
		return fmt.Errorf("the power %q needs particles, and it says %v", core.PowerQuantum, s.Space)
	case len(s.Orbitals) < s.Space.Count():
		return fmt.Errorf("it has %d orbitals for %d particles", len(s.Orbitals), s.Space.Count())
	}
	for k, numbers := range s.Orbitals {
		if len(numbers) != s.Space.Shape[1] {
			return fmt.Errorf("orbital %d has %d quantum numbers in %d dimensions", k, len(numbers), s.Space.Shape[1])
		}
	}
	return nil
}

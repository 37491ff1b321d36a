package run

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The free energy is that of an E(x): a number that each configuration has, whatever was asked before and whatever
// is asked beside it. A random E gives a bound that is right and weights that are not, and one that is scaled by
// the mean over its batch is another Hamiltonian in each. Nothing of the results would tell, so an energy is asked for a few
// configurations again: all of them, and then half by half from the last to the first.

const (
	// asked is how many configurations are asked for again.
	asked = 8
	// roundings of the stated precision are what two sums in other orders may differ by.
	roundings = 10
)

// askAgain does so once, of the first configurations that a run comes by.
func (r *runner) askAgain(x []float64) error {
	n := min(len(x)/r.sizes.X, asked)
	if r.askedAgain || n == 0 || !r.first() {
		return nil
	}
	r.askedAgain = true
	if slices.Contains(r.parts.Energy.Spec().Powers, core.PowerUnknown) {
		return nil
	}
	if err := functionOf(r.parts.Energy, r.sizes.X, x[:n*r.sizes.X]); err != nil {
		return r.alone(r.blameEnergy(err))
	}
	return nil
}

// functionOf finds a configuration of x, each of d numbers, that has two energies. Configurations that have none are
// for those who need it.
func functionOf(e core.Energy, d int, x []float64) error {
	n := len(x) / d
	first, again, halves := make([]float64, n), make([]float64, n), make([]float64, n)
	eval := func(dst []float64, from int) error {
		return e.Eval(dst, &core.Batch{N: len(dst), X: slices.Clone(x[from*d : (from+len(dst))*d])})
	}
	half := n / 2
	for _, ask := range []func() error{
		func() error { return eval(first, 0) },
		func() error { return eval(again, 0) },
		func() error { return eval(halves[half:], half) },
		func() error { return eval(halves[:half], 0) },
	} {
		if err := ask(); core.KindOf(err) == core.Numeric {
			return nil
		} else if err != nil {
			return err
		}
	}
	scale := 1.
	for _, v := range first {
		if !math.IsInf(v, 0) {
			scale = max(scale, math.Abs(v))
		}
	}
	most := roundings * cmp.Or(e.Spec().Precision, core.UsualPrecision) * scale
	if i := apart(first, again, most); i >= 0 {
		return twoEnergies(first[i], again[i], "when it was asked again", "draw random numbers, or remember earlier calls")
	}
	if i := apart(first, halves, most); i >= 0 {
		return twoEnergies(first[i], halves[i], "it was asked in a smaller batch", "depend on the other configurations of its batch, as on a mean over them")
	}
	return nil
}

// apart is the first place where a and b differ by more than most, -1 where there is none. NaN is no value.
func apart(a, b []float64, most float64) int {
	for i, v := range a {
		if d := math.Abs(v - b[i]); d > most && v != b[i] {
			return i
		}
	}
	return -1
}

func twoEnergies(first, second float64, when, why string) error {
	return &core.Error{Kind: core.Plugin, Op: "evaluate",
		Err:  fmt.Errorf("a configuration has two energies: %.10g, and %.10g when %s", first, second, when),
		Hint: fmt.Sprintf("an energy is a function of the configuration alone: see that it does not %s; where rounding is the cause, its precision is what it states", why)}
}

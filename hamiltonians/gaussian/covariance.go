package gaussian

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// correlate takes the matrix C in the place of the stiffnesses. With C = L L^T it is C^-1 =
// L^-T L^-1, and the squares of the 1/L_ii have its determinant as their product: they
// stand for the stiffnesses where only that matters.
func (w *wells) correlate(c Config) error {
	d := c.Dimension
	if !slices.Equal(c.Stiffness, []float64{1}) {
		return energy.BadSetting(name, "covariance", "stands in the place of stiffness; leave one of them out")
	}
	if err := core.Afford(3*8*float64(d)*float64(d), "energy "+name, fmt.Sprintf("a covariance of %d coordinates", d), "stiffness in the place of covariance"); err != nil {
		return err
	}
	if len(c.Covariance) != d*d {
		return energy.BadSetting(name, "covariance", fmt.Sprintf("must have %d numbers, row by row, got %d", d*d, len(c.Covariance)))
	}
	if err := energy.Finite(name, "covariance", c.Covariance...); err != nil {
		return err
	}
	factor, err := tensor.Factor(d, c.Covariance)
	if err != nil {
		return energy.BadSetting(name, "covariance", err.Error())
	}
	w.matrix, w.variance = make([]float64, d*d), make([]float64, d)
	for i := range d {
		w.matrix[i*d+i], w.variance[i] = 1, c.Covariance[i*d+i]
		w.stiffness[i] = math.Pow(factor[i*d+i], -2)
	}
	tensor.SolveLower(false, false, d, d, factor, d, w.matrix, d)
	tensor.SolveLower(false, true, d, d, factor, d, w.matrix, d)
	return nil
}

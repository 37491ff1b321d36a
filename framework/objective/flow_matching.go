package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// FlowMatching fits a velocity field to the velocities of straight paths between
// pairs of points (Lipman, Chen, Ben-Hamu, Nickel and Le 2023, "Flow matching for
// generative modeling", arXiv:2210.02747, eq. 9; Liu, Gong and Liu 2023,
// arXiv:2209.03003):
//
//	loss = < |v(x_t, t) - (x_1 - x_0)|^2 >,   x_t = (1 - t) x_0 + t x_1.
//
// Its minimum is v(x, t) = <x_1 - x_0 | x_t = x>, which carries the density of x_0
// to that of x_1; the loss there is the variance that is left, and not zero.
type FlowMatching struct{ numbers [2]float64 }

var _ core.Objective = (*FlowMatching)(nil)

// Spec implements core.Objective.
func (*FlowMatching) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Role:  core.RoleEnd,
		Noise: []core.Noise{{Column: core.X.As(core.RoleStart), Law: core.Normal}, {Column: core.Time, Law: core.Uniform}},
		Wants: []core.Column{core.Velocity, core.Goal, core.Residual}, Bars: []core.Column{core.Velocity},
		Numbers: lossNumbers("squared distance of the velocity from that of a straight path, the mean over the batch"),
	}
}

// Cotangents implements core.Objective.
func (o *FlowMatching) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	o.numbers[0], o.numbers[1] = meanStderrOf(core.Residual.Of(all))
	v, u := core.Velocity.Of(b), core.Goal.Of(b)
	vbar := core.Velocity.Room(bar, len(v))
	for k := range vbar {
		vbar[k] = 2 * (v[k] - u[k]) / float64(all.N)
	}
	return o.numbers[:], nil
}

// lossNumbers are those of an objective that reports its loss alone.
func lossNumbers(long string) []core.NumberInfo {
	return []core.NumberInfo{{Name: "loss", Long: long, Units: "1"}, {Name: "loss_stderr", Long: "standard error of loss", Units: "1"}}
}

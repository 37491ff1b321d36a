package objective

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// FlowMatching fits a velocity field to the velocities of paths between pairs of points
// (Lipman, Chen, Ben-Hamu, Nickel and Le 2023, "Flow matching for generative modeling",
// arXiv:2210.02747, eq. 9; Liu, Gong and Liu 2023, arXiv:2209.03003; arcs: Albergo and
// Vanden-Eijnden 2023, arXiv:2209.15571):
//
//	loss = < |v(x_t, t) - dx_t/dt|^2 >,   x_t = (1 - t) x_0 + t x_1,
//	                                      or cos(pi t/2) x_0 + sin(pi t/2) x_1.
//
// Its minimum is v(x, t) = <dx_t/dt | x_t = x>, which carries the density of x_0
// to that of x_1; the loss there is the variance that is left, and not zero. It is the
// smaller the less the paths cross, which is a matter of how pairs are chosen.
type FlowMatching struct {
	// Arc takes the second path in the place of the straight one.
	Arc bool
	// Coupling says how x_0 and x_1 are paired.
	Coupling core.Coupling

	numbers [2]float64
}

var _ core.Objective = (*FlowMatching)(nil)

// matchingKeys are the keys of flow_matching.
type matchingKeys struct {
	Interpolation string `key:"interpolation" choices:"linear,variance_preserving" help:"paths between noise x_0, of the base density of the model, and data x_1: linear is (1 - t) x_0 + t x_1, variance_preserving cos(pi t/2) x_0 + sin(pi t/2) x_1"`
	Coupling      string `key:"coupling" choices:"independent,particles,optimal" help:"which noise belongs to which data: any; any, its identical particles in the order nearest to those of the data; or such that the squared distances within each block of the batch have the least sum, identical particles in their nearest order. The less paths cross, the simpler the velocity"`
	Block         int    `key:"block" min:"2" max:"2048" only:"coupling=optimal" help:"configurations of a block; its assignment takes up to block^3 operations, and of particles block^2 assignments more"`
}

// newFlowMatching is the constructor of the part.
func newFlowMatching(s core.Settings, setting core.Setting) (core.Objective, error) {
	var keys matchingKeys
	core.Decode(s, &keys)
	o := &FlowMatching{Arc: keys.Interpolation == "variance_preserving"}
	identical := setting.Energy.Space.Kind == core.Particles && slices.Contains(setting.Energy.Symmetries, core.Permutation)
	switch keys.Coupling {
	case "particles":
		if !identical {
			return nil, &core.Error{Kind: core.Mismatch, Err: &core.SettingError{Key: "coupling",
				Problem: fmt.Sprintf(`= "particles" is for identical particles, and the energy has %v`, setting.Energy.Space)}}
		}
		o.Coupling.Particles = true
	case "optimal":
		o.Coupling = core.Coupling{Block: keys.Block, Particles: identical}
	}
	if space := setting.Energy.Space; o.Coupling.Particles && !setting.Model.Base.Keeps(core.Permutation, space) {
		return nil, &core.Error{Kind: core.Mismatch, Hint: `set coupling = "independent", or a base_mean and base_covariance that are those of every particle`,
			Err: &core.SettingError{Key: "coupling", Problem: fmt.Sprintf("= %q gives the noise of one identical particle to another, and the base density of the model tells them apart", keys.Coupling)}}
	}
	return o, nil
}

// Spec implements core.Objective.
func (o *FlowMatching) Spec() core.ObjectiveSpec {
	start, time := core.RoleStart, core.Time
	if o.Coupling != (core.Coupling{}) {
		start = core.RoleUnpaired
	}
	if o.Arc {
		time = core.Phase
	}
	return core.ObjectiveSpec{
		Role:     core.RoleEnd,
		Noise:    []core.Noise{{Column: core.X.As(start), Law: core.FromBase}, {Column: time, Law: core.Uniform}},
		Coupling: o.Coupling,
		Wants:    []core.Column{core.Velocity, core.Goal, core.Residual}, Bars: []core.Column{core.Velocity},
		Numbers: lossNumbers("squared distance of the velocity from that of a path, the mean over the batch"),
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

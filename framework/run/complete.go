package run

import (
	"cmp"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// complete adds to a training batch what the objective needs and the sampler
// did not give, and refuses numbers that are not finite: the error, of kind
// Numeric, names part and sample.
func (r *runner) complete() error {
	b, model := &r.batch, r.parts.Model
	if r.parts.Data != nil {
		b.LogP = core.Resize(b.LogP, b.N)
		if err := model.LogProb(b.LogP, b.X); err != nil {
			return r.blameModel(err)
		}
	}
	if err := r.finite(r.blameModel, "ln p", b.LogP); err != nil {
		return err
	}
	if r.needs.Energy {
		if err := r.energies(r.needs.EnergySlope); err != nil {
			return err
		}
		if err := cmp.Or(r.finite(r.blameEnergy, "E", b.E), r.finite(r.blameEnergy, "a component of dE/dx", b.Slope)); err != nil {
			return err
		}
	}
	if !r.needs.ModelSlope {
		return nil
	}
	m, err := power[core.ModelSloper](model, core.PowerSlope)
	if err != nil {
		return r.blameModel(err)
	}
	b.LogPSlope, r.logP = core.Resize(b.LogPSlope, len(b.X)), core.Resize(r.logP, b.N)
	if err := m.Slope(b.LogPSlope, r.logP, b.X); err != nil {
		return r.blameModel(err)
	}
	return r.finite(r.blameModel, "a component of grad ln p", b.LogPSlope)
}

// energies fills in E, in one call with dE/dx where that is wanted. Of a
// density matrix these are V and dV/dx, and E is the local energy.
func (r *runner) energies(slope bool) (err error) {
	b := &r.batch
	b.E = core.Resize(b.E, b.N)
	values := b.E
	if r.kinetic > 0 {
		b.Potential = core.Resize(b.Potential, b.N)
		values = b.Potential
	}
	if slope {
		var e core.EnergySloper
		b.Slope = core.Resize(b.Slope, len(b.X))
		if e, err = power[core.EnergySloper](r.parts.Energy, core.PowerSlope); err == nil {
			err = e.Slope(b.Slope, values, b)
		}
	} else {
		err = r.parts.Energy.Eval(values, b)
	}
	if err != nil {
		return r.blameEnergy(err)
	}
	if r.kinetic > 0 {
		return r.localEnergies()
	}
	return nil
}

// power is a part as what its Spec declares it to be.
func power[T any](part any, name core.Power) (T, error) {
	p, ok := part.(T)
	if !ok {
		return p, core.Errorf(core.Unsupported, "", "", "declares the power %q and does not have it", name)
	}
	return p, nil
}

// finite finds the first value of a batch that is not.
func (r *runner) finite(blame func(error) error, what string, values []float64) error {
	for k, v := range values {
		if v-v != 0 { // NaN and both infinities
			return blame(core.Errorf(core.Numeric, "", "", "sample %d: %s is %v", k*r.batch.N/len(values), what, v))
		}
	}
	return nil
}

func (r *runner) blameModel(err error) error {
	return core.Blame(core.KindModel, r.plan.Model.Plugin, err)
}

func (r *runner) blameEnergy(err error) error {
	return core.Blame(core.KindEnergy, r.plan.Energy.Plugin, err)
}

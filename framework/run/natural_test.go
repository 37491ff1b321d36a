package run

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
)

// naturalFields are independent spins with the exact Fisher matrix: that of
// theta_i is the variance of its score s_i - tanh theta_i, 1 - tanh^2 theta_i.
type naturalFields struct{ *fields }

func (m naturalFields) Spec() core.ModelSpec {
	spec := m.fields.Spec()
	spec.Powers = append(spec.Powers, core.PowerNatural)
	return spec
}

func (m naturalFields) NaturalPull(grad, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	if v != nil {
		return errors.New("weights of ln Psi for a classical density")
	}
	err := m.Pull(grad, b, w)
	for i, g := range grad {
		step[i] = g / (1 - math.Tanh(m.theta[i])*math.Tanh(m.theta[i]) + damping)
	}
	return err
}

// A classical density descends by natural gradients, too; with rate 1 the limit
// alone sets the pace, sqrt(1e-2) in the metric of F. From theta near 0 to
// beta h = 0.28 for 6 spins the way is about 0.28 sqrt(6) = 0.7: three steps are
// too few, and forty end at the exact value, where ln p + beta E is constant.
func TestNaturalGradientsOfAClassicalDensity(t *testing.T) {
	trained := func(steps int) float64 {
		parts, _ := testParts()
		parts.Model = naturalFields{parts.Model.(*fields)}
		p := testPlan(steps)
		p.Optimizer = partPlan(optim.Parts(), "natural", core.Settings{"max_norm": 1e-2})
		p.Train.Anneal = 0
		results, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return results.Estimates[0].Value[0] - exactF
	}
	if start, early, late := trained(0), trained(3), trained(40); math.Abs(late) > 1e-9 || early < 0.01 || start < early {
		t.Errorf("free energy above the exact one by %v, after 3 steps %v, after 40 %v", start, early, late)
	}
}

package flow

import "github.com/helmholtz-physics/helmholtz/framework/engine/ode"

// Integration is the keys of how a Continuous is integrated, to embed in those of a model.
type Integration struct {
	Integrator string  `key:"integrator" choices:"rk4,dopri5" help:"rk4: classical Runge-Kutta with equal steps; dopri5: Dormand-Prince with steps that meet the tolerance"`
	Steps      int     `key:"steps" min:"1" max:"10000" help:"steps of rk4"`
	Tolerance  float64 `key:"tolerance" above:"0" help:"error of a step of dopri5, in units of scale"`
}

// DefaultIntegration has the defaults of the keys.
var DefaultIntegration = Integration{Integrator: "rk4", Steps: 20, Tolerance: 1e-6}

// Options of the solver.
func (i Integration) Options() ode.Options {
	if i.Integrator == "rk4" {
		return ode.Options{Method: ode.RK4, Steps: i.Steps, Keep: 1}
	}
	return ode.Options{Method: ode.DormandPrince, Tolerance: i.Tolerance}
}

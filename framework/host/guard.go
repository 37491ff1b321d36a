package host

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// inner is what a guard asks before a call: the process it goes to, which may
// be closed, or nothing for a part in this process.
type inner interface {
	enter(op string) error
	leave()
}

// here is the inner of a part in this process.
type here struct{}

func (here) enter(string) error { return nil }
func (here) leave()             {}

// guardedModel passes calls on and refuses answers that no consumer could
// use, naming the part and the sample. It has every optional method; the Spec
// says which are real.
type guardedModel struct {
	model   core.Model
	inner   inner
	subject string
	doubts  doubts    // of a stranger's model
	theta   []float64 // loaded last, while there are doubts about the gradient
}

func (g *guardedModel) Spec() core.ModelSpec { return g.model.Spec() }

func (g *guardedModel) Init(theta []float64, seed uint64) error {
	const op = "initialise"
	if err := g.inner.enter(op); err != nil {
		return err
	}
	defer g.inner.leave()
	if err := g.model.Init(theta, seed); err != nil {
		return err
	}
	return g.finite(op, "parameter", theta)
}

func (g *guardedModel) Load(theta []float64) error {
	if err := g.inner.enter("load"); err != nil {
		return err
	}
	defer g.inner.leave()
	if g.doubts.gradient {
		g.theta = append(g.theta[:0], theta...)
	}
	return g.model.Load(theta)
}

func (g *guardedModel) Sample(dst *core.Batch, seed uint64, n int) error {
	const op = "sample"
	if err := g.inner.enter(op); err != nil {
		return err
	}
	defer g.inner.leave()
	if err := g.model.Sample(dst, seed, n); err != nil {
		return err
	}
	if d := g.model.Spec().Space.Size(); len(dst.X) != n*d || len(dst.LogP) != n {
		return refuse(core.Plugin, op, g.subject, "returned %d numbers and %d log-probabilities for %d configurations of %d numbers", len(dst.X), len(dst.LogP), n, d)
	}
	if err := g.configurations(op, dst.X); err != nil {
		return err
	}
	if err := g.logP(op, dst.LogP); err != nil {
		return err
	}
	if err := g.states(op, dst); err != nil {
		return err
	}
	return g.verify(dst)
}

func (g *guardedModel) LogProb(dst []float64, x []float64) error {
	const op = "log_prob"
	if err := g.inner.enter(op); err != nil {
		return err
	}
	defer g.inner.leave()
	if err := g.model.LogProb(dst, x); err != nil {
		return err
	}
	return g.logP(op, dst)
}

func (g *guardedModel) Pull(grad []float64, b *core.Batch, w []float64) error {
	const op = "pull"
	if err := g.inner.enter(op); err != nil {
		return err
	}
	defer g.inner.leave()
	if err := g.model.Pull(grad, b, w); err != nil {
		return err
	}
	if err := g.finite(op, "gradient component", grad); err != nil {
		return err
	}
	return g.verifyGradient(b)
}

// configurations refuses spins that are not +1 or -1 (an energy would make
// plausible numbers of 0 and 1), and coordinates that are not finite.
func (g *guardedModel) configurations(op string, x []float64) error {
	space := g.model.Spec().Space
	for k, v := range x {
		if v == 1 || v == -1 || space.Kind != core.Spins && v-v == 0 {
			continue
		}
		kind, d := core.Plugin, space.Size()
		if v-v != 0 {
			kind = core.Numeric
		}
		return refuse(kind, op, g.subject, "component %d of sample %d is %v, in a space of %s", k%d, k/d, v, space.Kind)
	}
	return nil
}

// logP refuses NaN and +Inf; -Inf is the logarithm of a probability of zero.
func (g *guardedModel) logP(op string, v []float64) error {
	for i, l := range v {
		if math.IsNaN(l) || math.IsInf(l, 1) {
			return refuse(core.Numeric, op, g.subject, "ln p of sample %d is %v", i, l)
		}
	}
	return nil
}

func (g *guardedModel) finite(op, what string, v []float64) error {
	for i := 0; i < len(v); {
		// x - x is 0, but for NaN and both infinities. Gradients are long: four at
		// a time take half as long.
		if four := v[i:]; len(four) >= 4 && (four[0]-four[0])+(four[1]-four[1])+(four[2]-four[2])+(four[3]-four[3]) == 0 {
			i += 4
		} else if x := v[i]; x-x == 0 {
			i++
		} else {
			return refuse(core.Numeric, op, g.subject, "%s %d is %v", what, i, x)
		}
	}
	return nil
}

// guardedEnergy is the same for energies. It has every optional method; the
// Spec says which are real.
type guardedEnergy struct {
	energy  core.Energy
	inner   inner
	subject string
	doubts  doubts // of a stranger's energy
}

var (
	_ core.Energy       = (*guardedEnergy)(nil)
	_ core.Exacter      = (*guardedEnergy)(nil)
	_ core.EnergySloper = (*guardedEnergy)(nil)
)

func (g *guardedEnergy) Spec() core.EnergySpec { return g.energy.Spec() }

// Eval refuses NaN and -Inf; +Inf is the energy of a forbidden configuration.
func (g *guardedEnergy) Eval(dst []float64, b *core.Batch) error {
	const op = "evaluate"
	if err := g.inner.enter(op); err != nil {
		return err
	}
	defer g.inner.leave()
	if err := g.energy.Eval(dst, b); err != nil {
		return err
	}
	if err := g.energies(op, dst); err != nil {
		return err
	}
	return g.verify(b, dst)
}

func (g *guardedEnergy) energies(op string, v []float64) error {
	for i, e := range v {
		if math.IsNaN(e) || math.IsInf(e, -1) {
			return refuse(core.Numeric, op, g.subject, "the energy of sample %d is %v", i, e)
		}
	}
	return nil
}

func (g *guardedEnergy) Exact(beta float64) (core.Exact, error) {
	const op = "exact values"
	if err := g.inner.enter(op); err != nil {
		return core.Exact{}, err
	}
	defer g.inner.leave()
	if e, ok := g.energy.(core.Exacter); ok {
		return e.Exact(beta)
	}
	return core.Exact{}, lacks(op, g.subject, core.PowerExact)
}

// refuse is the error of an answer that cannot be used: of kind Numeric where
// a number is not finite, which a run may be told to overcome, else Plugin.
func refuse(kind core.Kind, op, subject, format string, args ...any) error {
	return &core.Error{Kind: kind, Op: op, Subject: subject, Err: fmt.Errorf(format, args...),
		Hint: "the plugin's answer was refused"}
}

func lacks(op, subject string, power core.Power) error {
	return core.Errorf(core.Unsupported, op, subject, "it does not have the power %q", power)
}

// begin enters a call of a further power of the model, which is left with
// g.inner.leave unless it is an error.
func begin[T any](g *guardedModel, op string, power core.Power) (m T, err error) {
	if err = g.inner.enter(op); err != nil {
		return m, err
	}
	m, ok := g.model.(T)
	if !ok {
		g.inner.leave()
		return m, lacks(op, g.subject, power)
	}
	return m, nil
}

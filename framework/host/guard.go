package host

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// gate is what a guard asks before a call: the process it goes to, which may be
// closed, or nothing for a part in this process.
type gate interface {
	enter(op string) error
	leave()
}

// inProcess is the gate of a part in this process.
type inProcess struct{}

func (inProcess) enter(string) error { return nil }
func (inProcess) leave()             {}

// model is the guard of an opened model, by its typed interfaces. Its Trust is
// the guard's.
type model struct {
	*core.ModelView
	*doubts
}

// energy is the guard of an opened energy, by its typed interfaces.
type energy struct {
	*core.EnergyView
	*doubts
}

// guardModel guards a model of this spec; its claims are looked at if it is a
// stranger's.
func guardModel(i core.Instance, spec core.ModelSpec, at gate, subject string, stranger bool) model {
	d := &doubts{values: stranger, gradient: stranger, subject: subject, model: core.ViewModel(i, spec)}
	g := &guarded{instance: i, gate: at, subject: subject, powers: spec.Powers, space: spec.Space, sizes: spec.Sizes(), doubts: d}
	if slices.Contains(spec.Powers, core.PowerQuantum) {
		g.orbitals = len(spec.Orbitals)
	}
	return model{core.ViewModel(g, spec), d}
}

// guardEnergy guards an energy of this spec likewise.
func guardEnergy(i core.Instance, spec core.EnergySpec, at gate, subject string, stranger bool) energy {
	d := &doubts{values: stranger, subject: subject, energy: core.ViewEnergy(i, spec)}
	g := &guarded{instance: i, gate: at, subject: subject, powers: spec.Powers, space: spec.Space, sizes: spec.Sizes(), doubts: d}
	return energy{core.ViewEnergy(g, spec), d}
}

// guardObserver guards an observer of this spec, which claims nothing.
func guardObserver(i core.Instance, spec core.ObserverSpec, space core.Space, at gate, subject string) core.Observer {
	return core.ViewObserver(&guarded{instance: i, gate: at, subject: subject, space: space, sizes: spec.Sizes(space), doubts: &doubts{}}, spec)
}

// guardObjective guards an objective of this spec, which claims nothing.
func guardObjective(i core.Instance, spec core.ObjectiveSpec, of core.Setting, at gate, subject string) core.Objective {
	sizes := spec.Sizes(of)
	return core.ViewObjective(&guarded{instance: i, gate: at, subject: subject, space: of.Energy.Space, sizes: sizes, reported: spec.Numbers, doubts: &doubts{}}, spec, sizes)
}

// guarded passes calls on and refuses answers that no consumer could use, naming
// the part and the sample.
type guarded struct {
	instance core.Instance
	gate     gate
	subject  string
	powers   []core.Power
	space    core.Space
	orbitals int               // of a density matrix, else 0
	reported []core.NumberInfo // by an objective
	sizes    core.Sizes
	*doubts  // of a stranger's part
}

var _ core.Instance = (*guarded)(nil)

// through makes a call of the part between enter and leave.
func (g *guarded) through(op string, call func() error) error {
	if err := g.gate.enter(op); err != nil {
		return err
	}
	defer g.gate.leave()
	return call()
}

// Init implements core.Instance.
func (g *guarded) Init(theta []float64, seed uint64) error {
	const op = "initialise"
	return g.through(op, func() error {
		if err := g.instance.Init(theta, seed); err != nil {
			return err
		}
		var b core.Batch
		core.Theta.Put(&b, theta)
		return g.legal(op, &b, core.Theta)
	})
}

// Load implements core.Instance.
func (g *guarded) Load(theta []float64) error {
	return g.through("load", func() error {
		g.load(theta)
		return g.instance.Load(theta)
	})
}

// Draw implements core.Instance.
func (g *guarded) Draw(dst *core.Batch, seed uint64, n int) error {
	const op = "sample"
	return g.through(op, func() error {
		if err := g.instance.Draw(dst, seed, n); err != nil {
			return err
		}
		if d := g.space.Size(); len(dst.X) != n*d || len(dst.LogP) != core.LogP.Length(n, g.sizes) {
			return refuse(core.Plugin, op, g.subject, "returned %d numbers and %d log-probabilities for %d configurations of %d numbers", len(dst.X), len(dst.LogP), n, d)
		}
		if err := g.chains(op, dst); err != nil {
			return err
		}
		if err := g.legal(op, dst, core.Drawn...); err != nil {
			return err
		}
		return g.drawn(dst)
	})
}

// Call implements core.Instance.
func (g *guarded) Call(r *core.Row, c *core.Call) error {
	return g.through(r.Name, func() error {
		if !g.has(r) {
			return r.Lacks(g.subject)
		}
		if err := g.instance.Call(r, c); err != nil {
			return err
		}
		if err := g.legal(r.Name, c.Out, r.Out...); err != nil {
			return err
		}
		return g.called(r, c)
	})
}

// has tells whether a part with this spec has a row.
func (g *guarded) has(r *core.Row) bool {
	return (r.Power == "" || slices.Contains(g.powers, r.Power)) && !slices.ContainsFunc(r.Without, func(p core.Power) bool { return slices.Contains(g.powers, p) })
}

// State implements core.Instance.
func (g *guarded) State() (state core.State, err error) {
	err = g.ask("state", core.PowerWalk, func() error {
		state, err = g.instance.State()
		return err
	})
	return state, err
}

// SetState implements core.Instance.
func (g *guarded) SetState(s core.State) error {
	return g.ask("set_state", core.PowerWalk, func() error { return g.instance.SetState(s) })
}

// Notices implements core.Instance.
func (g *guarded) Notices() (notices []core.Notice, err error) {
	err = g.ask("notices", core.PowerNotices, func() error {
		notices, err = g.instance.Notices()
		return err
	})
	return notices, err
}

// Exact implements core.Instance. The power ground alone is enough for T = 0.
func (g *guarded) Exact(beta float64) (exact core.Exact, err error) {
	power := core.PowerExact
	if math.IsInf(beta, 1) {
		power = core.PowerGround
	}
	err = g.ask("exact values", power, func() error {
		exact, err = g.instance.Exact(beta)
		return err
	})
	return exact, err
}

// ask makes a call that needs a power.
func (g *guarded) ask(op string, power core.Power, call func() error) error {
	return g.through(op, func() error {
		if r := (&core.Row{Name: op, Power: power}); !g.has(r) {
			return r.Lacks(g.subject)
		}
		return call()
	})
}

// legal refuses numbers of columns that are not legal.
func (g *guarded) legal(op string, b *core.Batch, columns ...core.Column) error {
	for _, c := range columns {
		var err error
		switch c {
		case core.X:
			err = g.configurations(op, b)
		case core.K:
			err = g.states(op, b)
		default:
			err = g.numbers(op, b, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// numbers refuses those of a column that are not in its legal set.
func (g *guarded) numbers(op string, b *core.Batch, c core.Column) error {
	k := c.Illegal(b)
	if k < 0 {
		return nil
	}
	info := c.Info()
	switch d := c.Len(b) / max(b.N, 1); {
	case c == core.Numbers:
		return refuse(core.Numeric, op, g.subject, "the number %q is %s", g.reported[k].Name, c.Say(b, k))
	case info.Per != core.PerConfiguration:
		return refuse(core.Numeric, op, g.subject, "%s %d is %s", info.Symbol, k, c.Say(b, k))
	case c == core.Column(core.SpanPsi) || c == core.Column(core.SpanLap):
		return refuse(core.Numeric, op, g.subject, "%s of state %d at sample %d is %s", info.Symbol, k/max(b.N, 1), k%max(b.N, 1), c.Say(b, k))
	case info.Dim == core.DimX || info.Dim == core.DimData || info.Dim == core.DimLatents || info.Dim == core.DimObserved && d > 1:
		return refuse(core.Numeric, op, g.subject, "component %d of %s of sample %d is %s", k%d, info.Symbol, k/d, c.Say(b, k))
	}
	return refuse(core.Numeric, op, g.subject, "%s of sample %d is %s", info.Symbol, k, c.Say(b, k))
}

// configurations refuses what the kinds of the space do not allow: an energy would
// make plausible numbers of spins 0 and 1.
func (g *guarded) configurations(op string, b *core.Batch) error {
	k := g.space.Illegal(b.X)
	if k < 0 {
		return nil
	}
	kind, d, v := core.Plugin, g.space.Size(), b.X[k]
	if v-v != 0 {
		kind = core.Numeric
	}
	return refuse(kind, op, g.subject, "component %d of sample %d is %v, in a space of %s: %s", k%d, k/d, v, g.space.Kind, g.space.Legal(k%d))
}

// states refuses those that are no occupied orbitals in increasing order.
func (g *guarded) states(op string, b *core.Batch) error {
	if g.orbitals == 0 {
		return nil
	}
	n := g.space.Count()
	if len(b.K) != b.N*n {
		return refuse(core.Plugin, op, g.subject, "returned %d occupied orbitals for %d configurations of %d particles", len(b.K), b.N, n)
	}
	for i := range b.N {
		if k := b.K[i*n : (i+1)*n]; !g.space.IsState(k, g.orbitals) {
			return refuse(core.Plugin, op, g.subject, "the state of sample %d is %v, not increasing numbers of %d orbitals%s", i, k, g.orbitals, ofEachKind(g.space))
		}
	}
	return nil
}

// ofEachKind says so where there are several.
func ofEachKind(s core.Space) string {
	if s.Kinds == nil {
		return ""
	}
	return fmt.Sprintf(" for each of the kinds %v", s.Kinds)
}

// chains refuses chains of a draw that are not one for each configuration, and those of
// a part that did not say that it has some.
func (g *guarded) chains(op string, b *core.Batch) error {
	if g.sizes.Walker == 0 && b.Chains != 0 {
		return refuse(core.Plugin, op, g.subject, "returned %d chains, and does not declare the power %q", b.Chains, core.PowerWalk)
	}
	if g.sizes.Walker > 0 && (b.Chains != b.N || len(b.Accept) != b.N) {
		return refuse(core.Plugin, op, g.subject, "returned %d chains with %d acceptances for %d configurations", b.Chains, len(b.Accept), b.N)
	}
	return nil
}

// refuse is the error of an answer that cannot be used: of kind Numeric where
// a number is not finite, which a run may be told to go on after, else Plugin.
func refuse(kind core.Kind, op, subject, format string, args ...any) error {
	return &core.Error{Kind: kind, Op: op, Subject: subject, Err: fmt.Errorf(format, args...),
		Hint: "the plugin's answer was refused"}
}

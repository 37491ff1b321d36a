// Package recipe finds the calls by which a batch gets the columns that somebody
// wants: which part, or rule of the host, is asked for what, and in which order.
package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Giver is a part, or a rule of the host, as what gives columns.
type Giver struct {
	// Name is how messages call it: `energy "ising"`.
	Name string
	// Rows that it has, and Lacking those that it would have with other powers.
	Rows, Lacking []*core.Row
	// Actual are the columns that stand for those of its rows, where they are
	// others: the energy of quantum particles gives V where its row says E.
	Actual map[core.Column]core.Column
}

// NewGiver is a part that declares these powers.
func NewGiver(kind core.PartKind, name string, powers []core.Power) *Giver {
	g := &Giver{Name: fmt.Sprintf("%s %q", kind, name)}
	g.Rows, g.Lacking = core.RowsOf(kind, powers)
	return g
}

// InRole is the same giver for configurations that play a role.
func (g *Giver) InRole(role string) *Giver {
	other := *g
	other.Name += " on " + role
	other.Actual = map[core.Column]core.Column{}
	for _, r := range slices.Concat(g.Rows, g.Lacking) {
		for _, c := range slices.Concat(r.In, r.Out) {
			if c.Info().Per == core.PerConfiguration {
				other.Actual[c] = g.actual(c).In(role)
			}
		}
	}
	return &other
}

func (g *Giver) actual(formal core.Column) core.Column {
	if c, ok := g.Actual[formal]; ok {
		return c
	}
	return formal
}

// Step is a call of a recipe.
type Step struct {
	Giver *Giver
	Row   *core.Row
}

// In and Out are the columns that the step takes and gives.
func (s Step) In() []core.Column  { return s.columns(s.Row.In) }
func (s Step) Out() []core.Column { return s.columns(s.Row.Out) }

func (s Step) columns(formal []core.Column) []core.Column {
	all := make([]core.Column, len(formal))
	for i, c := range formal {
		all[i] = s.Giver.actual(c)
	}
	return all
}

// Describe says the call and its columns, without those that take no numbers here.
func (s Step) Describe(sizes core.Sizes) string {
	present := func(columns []core.Column) []core.Column {
		return slices.DeleteFunc(columns, func(c core.Column) bool { return c.Info().Length(1, sizes) == 0 })
	}
	in := Names(present(s.In()))
	if bars := s.columns(s.Row.Bar); len(bars) > 0 {
		in += ", cotangents of " + Names(bars)
	}
	return fmt.Sprintf("%s %s: %s -> %s", s.Giver.Name, s.Row.Name, in, Names(present(s.Out())))
}

// Names lists columns for a message.
func Names(columns []core.Column) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.Info().Name
	}
	return strings.Join(all, ", ")
}

// Find orders the calls by which a batch that has some columns gets those that
// are wanted: the fewest columns computed, then the fewest calls. What is known
// already is not written again. Two ways that cost the same are an error, and a
// column that nobody gives is one of type *Missing.
//
// Pull-backs and draws are no part of it: what they give is not a batch's own.
func Find(want, have []core.Column, givers []*Giver) ([]Step, error) {
	s := search{have: have, givers: givers}
	s.choose(want, nil)
	switch {
	case s.best == nil:
		if err := s.missing(want, nil); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("the calls that give %s wait for each other", Names(want))
	case s.tied != nil:
		return nil, fmt.Errorf("both %s and %s give what is wanted", difference(s.best, s.tied), difference(s.tied, s.best))
	}
	return s.order(s.best), nil
}

// search looks for the cheapest set of steps.
type search struct {
	have       []core.Column
	givers     []*Giver
	best, tied []Step // tied costs the same as best
	cost       int
}

// choose adds to the chosen steps whatever gives the first column that is
// missing, in every way, and goes on with what is missing then.
func (s *search) choose(want []core.Column, chosen []Step) {
	known := slices.Clone(s.have)
	for _, step := range chosen {
		known = append(known, step.Out()...)
	}
	want = slices.DeleteFunc(slices.Clone(want), func(c core.Column) bool { return slices.Contains(known, c) })
	cost := costOf(chosen)
	if s.best != nil && cost > s.cost {
		return
	}
	if len(want) == 0 {
		if s.order(chosen) == nil && len(chosen) > 0 {
			return // steps that wait for each other
		}
		switch {
		case s.best == nil || cost < s.cost:
			s.best, s.tied, s.cost = append([]Step{}, chosen...), nil, cost
		case !sameSteps(s.best, chosen):
			s.tied = slices.Clone(chosen)
		}
		return
	}
	for _, step := range s.giving(want[0]) {
		if !slices.Contains(chosen, step) {
			s.choose(append(want[1:len(want):len(want)], step.In()...), append(chosen[:len(chosen):len(chosen)], step))
		}
	}
}

// giving are the steps that give a column.
func (s *search) giving(c core.Column) []Step {
	return s.steps(c, func(g *Giver) []*core.Row { return g.Rows })
}

// could are those that would, if their givers had the powers for them.
func (s *search) could(c core.Column) []Step {
	return s.steps(c, func(g *Giver) []*core.Row { return g.Lacking })
}

func (s *search) steps(c core.Column, rows func(g *Giver) []*core.Row) []Step {
	var all []Step
	for _, g := range s.givers {
		for _, r := range rows(g) {
			if step := (Step{g, r}); len(r.Bar) == 0 && slices.Contains(step.Out(), c) {
				all = append(all, step)
			}
		}
	}
	return all
}

// costOf counts the columns that steps compute, and then the steps.
func costOf(steps []Step) int {
	const column = 1000
	cost := len(steps)
	for _, step := range steps {
		cost += column * len(step.Row.Out)
	}
	return cost
}

// order puts steps behind those whose columns they take; nil if there is no such
// order.
func (s *search) order(steps []Step) []Step {
	known, waiting := slices.Clone(s.have), slices.Clone(steps)
	var ordered []Step
	for len(waiting) > 0 {
		next := slices.IndexFunc(waiting, func(step Step) bool {
			return !slices.ContainsFunc(step.In(), func(c core.Column) bool { return !slices.Contains(known, c) })
		})
		if next < 0 {
			return nil
		}
		ordered, known = append(ordered, waiting[next]), append(known, waiting[next].Out()...)
		waiting = slices.Delete(waiting, next, next+1)
	}
	return ordered
}

func sameSteps(a, b []Step) bool { return len(a) == len(b) && difference(a, b) == "" }

// difference names the steps of a that are not in b.
func difference(a, b []Step) string {
	var names []string
	for _, step := range a {
		if !slices.Contains(b, step) {
			names = append(names, step.Giver.Name+" "+step.Row.Name)
		}
	}
	return strings.Join(names, " with ")
}

// Missing is a column that nobody gives.
type Missing struct {
	// Column, and For whom: the steps that wait for it, the last first.
	Column core.Column
	For    []Step
	// Could are the calls that would give it, with their givers, which lack the
	// powers for them.
	Could []Step
}

func (m *Missing) Error() string {
	text := m.Column.Info().Symbol + ", which nothing here gives"
	for _, step := range m.For {
		text = fmt.Sprintf("%s of %s, which wants %s", step.Row.Name, step.Giver.Name, text)
	}
	for i, step := range m.Could {
		text += map[bool]string{true: "; ", false: ", or "}[i == 0]
		text += fmt.Sprintf("%s would with the power %q", step.Giver.Name, step.Row.Power)
	}
	return text
}

// missing finds the first wanted column that cannot be had.
func (s *search) missing(want []core.Column, path []Step) error {
	for _, c := range want {
		if slices.Contains(s.have, c) {
			continue
		}
		giving := s.giving(c)
		if len(giving) == 0 {
			return &Missing{Column: c, For: path, Could: s.could(c)}
		}
		if slices.Contains(path, giving[0]) {
			continue
		}
		if err := s.missing(giving[0].In(), append([]Step{giving[0]}, path...)); err != nil {
			return err
		}
	}
	return nil
}

// PullBack is the call of a model that takes just these cotangents to a
// gradient, and to the Direction of a power, or to what one is made of, unless that is "": nil where there is none.
func PullBack(rows []*core.Row, bars []core.Column, direction core.Power) *core.Row {
	for _, r := range rows {
		directed := slices.Contains(r.Out, core.Column(core.Direction)) || direction != "" && r.Power == direction
		if !slices.Contains(r.Out, core.Column(core.Gradient)) || directed != (direction != "") || directed && r.Power != direction {
			continue
		}
		absent := slices.ContainsFunc(bars, func(c core.Column) bool { return !slices.Contains(r.Bar, c) })
		if !absent && (len(bars) == len(r.Bar) || directed) {
			return r
		}
	}
	return nil
}

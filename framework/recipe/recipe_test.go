package recipe

import (
	"errors"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// quantum is an energy with a kinetic part, and the rule that makes local
// energies of it.
func quantum(powers ...core.Power) []*Giver {
	e := NewGiver(core.KindEnergy, "trap", powers)
	e.Actual = map[core.Column]core.Column{core.E: core.V}
	return []*Giver{e, {Name: "the rule", Rows: []*core.Row{core.RowLocalEnergy}}}
}

// inRole is an energy that plays a role: no row had to be added for it.
func inRole(role string) *Giver {
	e := NewGiver(core.KindEnergy, role, nil)
	e.Actual = map[core.Column]core.Column{core.E: core.E.As(role)}
	return e
}

func TestRecipes(t *testing.T) {
	columns := func(c ...core.Column) []core.Column { return c }
	model := func(powers ...core.Power) *Giver { return NewGiver(core.KindModel, "flow", powers) }
	energy := func(powers ...core.Power) *Giver { return NewGiver(core.KindEnergy, "well", powers) }
	for _, c := range []struct {
		name       string
		want, have []core.Column
		givers     []*Giver
		steps      string // separated by "; "
	}{
		{"nothing to do", columns(core.X), core.Drawn, nil, ""},
		{"an energy", columns(core.LogP, core.E), core.Drawn, []*Giver{model(), energy(core.PowerSlope)}, `energy "well" evaluate: x -> energy`},
		{"E comes with its slope", columns(core.E, core.Slope), core.Drawn, []*Giver{model(), energy(core.PowerSlope)}, `energy "well" slope: x -> energy, slope`},
		{"ln p of data", columns(core.LogP), columns(core.X), []*Giver{model(core.PowerSlope)}, `model "flow" log_prob: x -> log_p`},
		{"ln p of data, by its slope", columns(core.LogP, core.LogPSlope), columns(core.X), []*Giver{model(core.PowerSlope)}, `model "flow" slope: x -> log_p, log_p_slope`},
		{"local energy", columns(core.E, core.EIm), core.Drawn, append(quantum(), model(core.PowerQuantum)),
			`energy "trap" evaluate: x -> potential; model "flow" laplacian: x, k -> lap; the rule local_energy: potential, lap -> energy, energy_im`},
		{"two energies by their roles", columns(core.E.As("a"), core.E.As("b")), core.Drawn, []*Giver{inRole("a"), inRole("b")},
			`energy "a" evaluate: x -> energy@a; energy "b" evaluate: x -> energy@b`},
		{"of latent variables", columns(core.E), columns(core.Z), []*Giver{energy(), model(core.PowerMap)},
			`model "flow" map: z -> x, log_det; energy "well" evaluate: x -> energy`},
	} {
		steps, err := Find(c.want, c.have, c.givers)
		var texts []string
		for _, s := range steps {
			texts = append(texts, s.Describe(core.Sizes{X: 2, Labels: 1, LogP: 1, Theta: 3}))
		}
		if got := strings.Join(texts, "; "); err != nil || got != c.steps {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.steps)
		}
	}
}

func TestRecipesThatFail(t *testing.T) {
	model := NewGiver(core.KindModel, "van", nil)
	a, b := NewGiver(core.KindEnergy, "a", nil), NewGiver(core.KindEnergy, "b", nil)
	for name, c := range map[string]struct {
		want   []core.Column
		givers []*Giver
		text   string
	}{
		"no power": {[]core.Column{core.Slope}, []*Giver{model, a}, `dE/dx, which nothing here gives; energy "a" would with the power "slope"`},
		"deep": {[]core.Column{core.E}, append(quantum(), model),
			`local_energy of the rule, which wants lap Psi/Psi, which nothing here gives; model "van" would with the power "quantum"`},
		"tie": {[]core.Column{core.E}, []*Giver{a, b}, `both energy "a" evaluate and energy "b" evaluate give what is wanted`},
	} {
		_, err := Find(c.want, core.Drawn, c.givers)
		if err == nil || err.Error() != c.text {
			t.Errorf("%s: error %q, want %q", name, err, c.text)
		}
		var missing *Missing
		if errors.As(err, &missing) == (name == "tie") {
			t.Errorf("%s: error of type %T", name, err)
		}
	}
}

// Rows that need each other's columns are no recipe.
func TestRecipeInACircle(t *testing.T) {
	circle := &Giver{Name: "circle", Rows: []*core.Row{
		{Name: "one", In: []core.Column{core.Z}, Out: []core.Column{core.LogDet}},
		{Name: "other", In: []core.Column{core.LogDet}, Out: []core.Column{core.Z}}}}
	if steps, err := Find([]core.Column{core.Z}, core.Drawn, []*Giver{circle}); err == nil {
		t.Errorf("steps %v", steps)
	}
}

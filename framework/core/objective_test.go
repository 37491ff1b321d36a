package core

import (
	"fmt"
	"strings"
	"testing"
)

// What a history could not hold, or nobody could watch, is said at the start.
func TestObjectiveSpecIsChecked(t *testing.T) {
	for _, c := range []struct {
		numbers []string
		watch   string
		want    string // "" is sound
	}{
		{[]string{"loss"}, "", ""},
		{[]string{"loss", "free_energy2"}, "free_energy2", ""},
		{nil, "", "1 cotangents and 0 numbers, and needs one of each"},
		{[]string{"loss", "beta"}, "", `the name "beta" of one of its numbers is taken`},
		{[]string{"loss", "loss"}, "", `the name "loss" of one of its numbers is taken`},
		{[]string{"the loss"}, "", `the name "the loss" of one`},
		{[]string{"loss"}, "energy", `it has no number "energy", which is to be watched`},
	} {
		s := ObjectiveSpec{Wants: []Column{LogP}, Bars: []Column{LogP}, Watch: c.watch}
		for _, name := range c.numbers {
			s.Numbers = append(s.Numbers, NumberInfo{Name: name})
		}
		if err := s.Check(); err == nil != (c.want == "") || !strings.Contains(fmt.Sprint(err), c.want) && c.want != "" {
			t.Errorf("numbers %v, watch %q: error %v, want %q", c.numbers, c.watch, err, c.want)
		}
	}
}

// A name is that of one column, and roles follow it.
func TestColumnNamed(t *testing.T) {
	for _, name := range ColumnNames() {
		if c := ColumnNamed(name); c == nil || c.Info().Name != name {
			t.Errorf("%s names %v", name, c)
		}
	}
	for name, want := range map[string]Column{
		"energy": E, "energy@b": E.As("b"), "x@end": X.As(RoleEnd), "parent": Parent, "residual": Residual, "log_psi@link": LogPsi.As(RoleLink), "x@a@b": X.As("a").As("b"),
	} {
		if got := ColumnNamed(name); got != want {
			t.Errorf("%s names %v", name, got)
		}
	}
	for _, name := range []string{"", "Energy", "energy@", "energy@B", "@b", "energi"} {
		if c := ColumnNamed(name); c != nil {
			t.Errorf("%q names %s", name, c.Info().Name)
		}
	}
}

// Of 2 of 5 rows, what is of all has 5 numbers.
func TestRowOfObjective(t *testing.T) {
	s := ObjectiveSpec{Wants: []Column{E.As("b"), Slope, K}, Bars: []Column{X, LogPsi}, Numbers: []NumberInfo{{Name: "loss"}, {Name: "gain"}}}
	sizes := s.Sizes(Setting{Energy: EnergySpec{Space: Space{Kind: Particles, Shape: []int{3, 2}}},
		Model: ModelSpec{Space: Space{Kind: Particles, Shape: []int{3, 2}}, Parameters: 9, Powers: []Power{PowerQuantum}}})
	var got []string
	r, b := s.Row(), &Batch{N: 2, From: 1, Total: 5}
	for _, c := range append(r.In, r.Out...) {
		got = append(got, fmt.Sprint(c.Info().Name, " ", c.Info().LengthIn(b, sizes)))
	}
	if want := "beta 1, energy@b@all 5, slope 12, k@all 15, numbers 2, x@bar 12, log_psi@bar 2"; strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
}

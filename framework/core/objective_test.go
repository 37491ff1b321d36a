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

package wire

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// ObjectiveSpec is a core.ObjectiveSpec as a document: columns by their names.
type ObjectiveSpec struct {
	Wants    []string          `json:"wants"`
	Role     string            `json:"role,omitempty"`
	Beside   string            `json:"beside,omitempty"`
	Noise    []noise           `json:"noise,omitempty"`
	Copies   int               `json:"copies,omitempty"`
	Coupling core.Coupling     `json:"coupling,omitzero"`
	Bars     []string          `json:"bars"`
	Numbers  []core.NumberInfo `json:"numbers"`
	Watch    string            `json:"watch,omitempty"`
	Hint     string            `json:"hint,omitempty"`
}

// noise is a core.Noise by the name of its column.
type noise struct {
	Column string   `json:"column"`
	Law    core.Law `json:"law"`
	Values int      `json:"values,omitempty"`
}

// NewObjectiveSpec is the document of a spec.
func NewObjectiveSpec(s core.ObjectiveSpec) ObjectiveSpec {
	names := func(columns []core.Column) (all []string) {
		for _, c := range columns {
			all = append(all, c.Info().Name)
		}
		return all
	}
	d := ObjectiveSpec{Wants: names(s.Wants), Role: s.Role, Beside: s.Beside, Copies: s.Copies, Coupling: s.Coupling, Bars: names(s.Bars), Numbers: s.Numbers, Watch: s.Watch, Hint: s.Hint}
	for _, n := range s.Noise {
		d.Noise = append(d.Noise, noise{n.Column.Name, n.Law, n.Values})
	}
	return d
}

// Spec is what the document of a plugin's objective says, or what is wrong with it.
func (d ObjectiveSpec) Spec() (core.ObjectiveSpec, error) {
	s := core.ObjectiveSpec{Role: d.Role, Beside: d.Beside, Copies: d.Copies, Coupling: d.Coupling, Numbers: d.Numbers, Watch: d.Watch, Hint: d.Hint}
	var err error
	if s.Wants, err = columnsNamed("wants", d.Wants); err != nil {
		return s, err
	}
	if s.Bars, err = columnsNamed("gives cotangents of", d.Bars); err != nil {
		return s, err
	}
	for _, n := range d.Noise {
		column, ok := core.ColumnNamed(n.Column).(*core.Quantity[float64])
		if !ok {
			return s, fmt.Errorf("its noise %.64q is no column of real numbers", n.Column)
		}
		s.Noise = append(s.Noise, core.Noise{Column: column, Law: n.Law, Values: n.Values})
	}
	if err := first(s.Check, func() error { return checkText("its hint", s.Hint, longestText) }); err != nil {
		return s, err
	}
	if n := len(s.Numbers); n > mostNumbers {
		return s, fmt.Errorf("it reports %d numbers, more than %d", n, mostNumbers)
	}
	for _, n := range s.Numbers {
		if n.Long == "" || n.Units == "" {
			return s, fmt.Errorf("the number %.*s has no phrase for a reader, or no units (1 for pure numbers)", longestName, n.Name)
		}
		if err := first(
			func() error { return checkName("the name of a number", n.Name) },
			func() error { return checkText("the phrase of "+n.Name, n.Long, longestText) },
			func() error { return checkText("the units of "+n.Name, n.Units, longestName) },
		); err != nil {
			return s, err
		}
	}
	return s, nil
}

// mostNumbers that an objective reports: each is a column of the history.
const mostNumbers = 1000

// columnsNamed finds columns with numbers of each configuration. what says what the
// objective does with them.
func columnsNamed(what string, names []string) (all []core.Column, err error) {
	if name, twice := repeated(names); twice {
		return nil, fmt.Errorf("it %s %.*q twice", what, longestName, name)
	}
	for _, name := range names {
		var c core.Column
		if len(name) <= longestName {
			c = core.ColumnNamed(name)
		}
		if c == nil {
			text := ""
			if near := core.Nearest(name, core.ColumnNames()); near != "" {
				text = fmt.Sprintf("; did you mean %q?", near)
			}
			return nil, fmt.Errorf("it %s %.*q, which is no column%s", what, longestName, name, text)
		}
		info := c.Info()
		if info.Per != core.PerConfiguration || info.Dim == core.DimOpen || info.Role == core.RoleBar {
			return nil, fmt.Errorf("it %s %q, and can have what a batch has of each configuration alone", what, name)
		}
		all = append(all, c)
	}
	return all, nil
}

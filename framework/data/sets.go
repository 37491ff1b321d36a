package data

import (
	"fmt"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Set is a data set that has a name, by which Load finds it without a path.
type Set struct {
	Name    string
	Summary string
	// Source and Licence are whom to thank, and under which terms.
	Source, Licence string
	// Datasets are its parts; the first is meant where none is named.
	Datasets []string
	// Fetched tells that the set is no part of this program: Fetch gets it.
	Fetched bool

	read func(dataset string) (*Array, error)
}

// Sets are all data sets that have a name.
func Sets() []Set { return []Set{digits, mnist.set()} }

func setOf(name string) *Set {
	for _, s := range Sets() {
		if s.Name == name {
			return &s
		}
	}
	return nil
}

func (s *Set) load(dataset string) (*Array, error) {
	if dataset == "" {
		dataset = s.Datasets[0]
	}
	for _, known := range s.Datasets {
		if known == dataset {
			a, err := s.read(dataset)
			if err == nil {
				a.Name = s.Name
			}
			return a, err
		}
	}
	e := core.Errorf(core.Invalid, "read data", s.Name, "it has no dataset %q", dataset)
	e.Hint = fmt.Sprintf("it has %s", strings.Join(s.Datasets, " and "))
	return nil, e
}

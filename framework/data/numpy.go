package data

import (
	"errors"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/npy"
)

// readNPY reads what numpy.save wrote.
func readNPY(s source) ([]float64, []int, error) {
	a, err := npy.Read(s.file, s.size)
	if err != nil {
		return nil, nil, s.wrong(err)
	}
	return a.X, a.Shape, nil
}

// readNPZ reads an array of what numpy.savez or numpy.savez_compressed wrote.
func readNPZ(s source) ([]float64, []int, error) {
	archive, err := npy.NewArchive(s.file, s.size)
	if err != nil {
		return nil, nil, s.wrong(err)
	}
	name := s.dataset
	if names := archive.Names(); name == "" {
		if len(names) != 1 {
			return nil, nil, s.several("arrays", names)
		}
		name = names[0]
	}
	a, err := archive.Read(name)
	if err != nil {
		return nil, nil, s.wrong(err)
	}
	return a.X, a.Shape, nil
}

// wrong puts the file before what npy says of it.
func (s source) wrong(err error) error {
	if e := (*core.Error)(nil); errors.As(err, &e) { // too large for the memory
		return core.Errorf(e.Kind, "read data", s.name, "%w", err)
	}
	return s.bad("it %w", err)
}

// several says that one of the arrays of a file must be named.
func (s source) several(what string, names []string) error {
	if len(names) == 0 {
		return s.bad("it has no %s", what)
	}
	e := core.Errorf(core.Invalid, "read data", s.name, "it has the %s %s", what, core.Shorten(strings.Join(names, ", ")))
	e.Hint = "name the configurations with train.dataset, else they must be alone"
	return e
}

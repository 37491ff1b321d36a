package couplings

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/npy"
)

// readNPY reads J [N,N] as numpy.save writes it.
func readNPY(path string, _ int) (*system, error) {
	f, size, err := core.OpenRegular(path)
	if err != nil {
		return nil, unread(path, err)
	}
	defer f.Close()
	a, err := npy.Read(f, size)
	if err != nil {
		return nil, bad(path, "%v", err)
	}
	if len(a.Shape) != 2 || a.Shape[0] != a.Shape[1] || a.Shape[0] == 0 {
		return nil, bad(path, "has the shape %v instead of [N N]", a.Shape)
	}
	s := &system{n: a.Shape[0], matrix: a.X}
	if problem := checkMatrix(s.n, s.matrix, asymmetryOf(a.Epsilon)); problem != "" {
		return nil, bad(path, "%s", problem)
	}
	return s, nil
}

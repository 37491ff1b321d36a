package couplings

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// readHDF5 reads the datasets J [N,N] and, if there is one, h [N].
func readHDF5(path string) (*system, error) {
	s := new(system)
	err := h5.ReadFile(path, func(root *h5.Group) error {
		j, shape, err := h5.Read[float64](root, "J")
		if err != nil {
			return err
		}
		if len(shape) != 2 || shape[0] != shape[1] || shape[0] == 0 {
			return bad(path, "dataset J has the shape %v instead of [N N]", shape)
		}
		s.n, s.matrix = shape[0], j
		if problem := checkMatrix(s.n, j); problem != "" {
			return bad(path, "dataset J: %s", problem)
		}
		if !root.HasDataset("h") {
			return nil
		}
		h, shape, err := h5.Read[float64](root, "h")
		if err != nil {
			return err
		}
		if len(shape) != 1 || shape[0] != s.n {
			return bad(path, "dataset h has the shape %v instead of [%d]", shape, s.n)
		}
		for i, v := range h {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return bad(path, "dataset h: h[%d] = %v is not finite", i, v)
			}
		}
		s.field = h
		return nil
	})
	if err != nil && core.KindOf(err) != core.Invalid {
		err = &core.Error{Kind: core.KindOf(err), Op: "open energy", Subject: name, Err: fmt.Errorf("file %w", err)}
	}
	return s, err
}

// asymmetry is how much J_ij and J_ji may differ relative to the largest
// coupling: rounding of whatever computed them, not a mistake.
const asymmetry = 1e-12

// checkMatrix says what is wrong with an n x n matrix of couplings, "" if
// nothing is. Indices in the message count from 0. Entries that differ from
// their mirror by rounding are replaced by the mean of both.
func checkMatrix(n int, j []float64) string {
	largest := 0.0
	for k, v := range j {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprintf("J[%d,%d] = %v is not finite", k/n, k%n, v)
		}
		largest = max(largest, math.Abs(v))
	}
	for i := range n {
		if v := j[i*n+i]; v != 0 {
			return fmt.Sprintf("J[%d,%d] = %v on the diagonal, which must be zero (fields have a place of their own)", i, i, v)
		}
		for k := i + 1; k < n; k++ {
			a, b := j[i*n+k], j[k*n+i]
			if math.Abs(a-b) > asymmetry*largest {
				return fmt.Sprintf("J is not symmetric: J[%d,%d] = %v, J[%d,%d] = %v", i, k, a, k, i, b)
			}
			j[i*n+k] = a/2 + b/2
			j[k*n+i] = j[i*n+k]
		}
	}
	return ""
}

package couplings

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// knownDatasets are those that a file may have.
var knownDatasets = []string{"J", "h"}

// readHDF5 reads the datasets J [N,N] and, if there is one, h [N].
func readHDF5(path string, _ int) (*system, error) {
	s := new(system)
	err := h5.ReadFile(path, func(root *h5.Group) error {
		if err := onlyKnown(path, root); err != nil {
			return err
		}
		set, err := root.Dataset("J")
		if err != nil {
			return err
		}
		epsilon, err := set.Epsilon()
		if err != nil {
			return err
		}
		j, shape, err := h5.Read[float64](root, "J")
		if err != nil {
			return err
		}
		if len(shape) != 2 || shape[0] != shape[1] || shape[0] == 0 {
			return bad(path, "dataset J has the shape %v instead of [N N]", shape)
		}
		s.n, s.matrix = shape[0], j
		if problem := checkMatrix(s.n, j, asymmetryOf(epsilon)); problem != "" {
			return bad(path, "dataset J: %s", problem)
		}
		if !root.HasDataset("h") {
			return nil
		}
		s.field, err = readField(path, root, s.n)
		return err
	})
	return s, asInput(path, err)
}

func readField(path string, root *h5.Group, n int) ([]float64, error) {
	h, shape, err := h5.Read[float64](root, "h")
	if err != nil {
		return nil, err
	}
	if len(shape) != 1 || shape[0] != n {
		return nil, bad(path, "dataset h has the shape %v instead of [%d]", shape, n)
	}
	for i, v := range h {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, bad(path, "dataset h: h[%d] = %v is not finite", i, v)
		}
	}
	return h, nil
}

// onlyKnown refuses what is not asked for: a field under another name would be
// left out without a word.
func onlyKnown(path string, root *h5.Group) error {
	sets, err := root.Datasets()
	if err != nil {
		return err
	}
	groups, err := root.Groups()
	if err != nil {
		return err
	}
	for _, name := range append(sets, groups...) {
		if !slices.Contains(sets, name) || !slices.Contains(knownDatasets, name) {
			return bad(path, "has %s, which is not known; known are the datasets %s", core.Shorten(fmt.Sprintf("%q", name)), strings.Join(knownDatasets, " and "))
		}
	}
	return nil
}

// asInput makes an error of the HDF5 library one of an input, as those of the
// other formats are.
func asInput(path string, err error) error {
	var e *core.Error
	var ours *core.SettingError
	if !errors.As(err, &e) || errors.As(err, &ours) || e.Err == nil {
		return err
	}
	where := ""
	if dataset := strings.TrimPrefix(strings.TrimPrefix(e.Subject, path), ":/"); dataset != "" && dataset != e.Subject {
		where = "dataset " + dataset + " "
	}
	input := bad(path, "%s%v", where, core.WithoutPath(e.Err)).(*core.Error)
	input.Hint = e.Hint
	if e.Kind != core.Storage {
		input.Kind = e.Kind
	}
	return input
}

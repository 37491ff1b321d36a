package data

import (
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// readHDF5 reads a dataset of an HDF5 file, which may be the samples of a results.h5.
func readHDF5(s source) (x []float64, shape []int, err error) {
	err = h5.ReadFile(s.name, func(root *h5.Group) error {
		set, err := s.find(root)
		if err != nil {
			return err
		}
		if shape, err = set.Shape(); err != nil {
			return err
		}
		n := 1.0
		for _, l := range shape {
			n *= float64(l)
		}
		if err := reserve(s.name, n); err != nil {
			return err
		}
		x, _, err = h5.Read[float64](root, set.Path())
		return err
	})
	return x, shape, core.Reclassify(err, core.Storage, core.Invalid)
}

// find returns the dataset of the configurations. Without a name it is x, or the
// samples, which a results.h5 has; what else lies beside x was meant for something.
func (s source) find(root *h5.Group) (*h5.Dataset, error) {
	if s.dataset != "" {
		if !root.HasDataset(s.dataset) {
			return nil, s.bad("it has no dataset %q", s.dataset)
		}
		return root.Dataset(s.dataset)
	}
	if root.HasDataset("x") {
		names, err := root.Datasets()
		if err != nil {
			return nil, err
		}
		if len(names) > 1 {
			return nil, s.several("datasets", names)
		}
		return root.Dataset("x")
	}
	for _, name := range samples() {
		if root.HasDataset(name) {
			return root.Dataset(name)
		}
	}
	return nil, s.bad("it has no dataset \"x\", nor one of the samples that evaluate.keep_samples leaves (%s)", strings.Join(samples(), ", "))
}

// samples are the places of configurations in a results.h5, by the kinds of spaces.
func samples() []string {
	var places []string
	for _, kind := range core.SpaceKinds() {
		places = append(places, "samples/"+core.Space{Kind: kind}.Dataset())
	}
	slices.Sort(places)
	return slices.Compact(places)
}

package data

import (
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

func readHDF5(path, dataset string, space core.Space) (x []float64, err error) {
	err = h5.ReadFile(path, func(root *h5.Group) error {
		set, err := find(root, path, dataset, "samples/"+space.Dataset())
		if err != nil {
			return err
		}
		shape, err := set.Shape()
		if err != nil {
			return err
		}
		if err := checkShape(path, shape, space); err != nil { // before its numbers take memory
			return err
		}
		x, _, err = h5.Read[float64](root, set.Path())
		return err
	})
	return x, core.Reclassify(err, core.Storage, core.Invalid)
}

// find returns the dataset of the configurations. Without a name it is x, or
// samples, which a results.h5 has; what else lies beside x was meant for something.
func find(root *h5.Group, path, dataset, samples string) (*h5.Dataset, error) {
	if dataset != "" {
		if !root.HasDataset(dataset) {
			return nil, bad(path, "it has no dataset %q", dataset)
		}
		return root.Dataset(dataset)
	}
	if !root.HasDataset("x") {
		if root.HasDataset(samples) {
			return root.Dataset(samples)
		}
		return nil, bad(path, "it has no dataset \"x\", nor %q, which evaluate.keep_samples leaves", samples)
	}
	names, err := root.Datasets()
	if err != nil {
		return nil, err
	}
	if len(names) > 1 {
		e := core.Errorf(core.Invalid, "read data", path, "it has the datasets %s", strings.Join(names, ", "))
		e.Hint = "name the configurations with train.dataset, else they must be alone"
		return nil, e
	}
	return root.Dataset("x")
}

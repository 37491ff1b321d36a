package data

import (
	"errors"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// samples is where a results.h5 keeps its configurations.
var samples = map[core.SpaceKind]string{
	core.Spins:     "samples/spins",
	core.Field:     "samples/field",
	core.Particles: "samples/positions",
}

func readHDF5(path, dataset string, space core.Space) (x []float64, err error) {
	err = h5.ReadFile(path, func(root *h5.Group) error {
		instead := ""
		if dataset == "" {
			dataset = "x"
			if kept := samples[space.Kind]; !root.HasDataset(dataset) && root.HasDataset(kept) {
				dataset = kept
			}
			instead = fmt.Sprintf(", nor %q, which evaluate.keep_samples leaves", samples[space.Kind])
		}
		if !root.HasDataset(dataset) {
			return bad(path, "it has no dataset %q%s", dataset, instead)
		}
		var shape []int
		if x, shape, err = h5.Read[float64](root, dataset); err != nil {
			return err
		}
		return checkShape(path, shape, space)
	})
	var known *core.Error
	if err != nil && !errors.As(err, &known) {
		err = bad(path, "%v", err)
	}
	return x, err
}

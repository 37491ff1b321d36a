package store

import (
	"strconv"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// Frames are the places of configurations that a flow carries, at several times.
type Frames struct {
	Space core.Space
	// N configurations, drawn by a seed.
	N    int
	Seed uint64
	// X has those of each of the Times, one time after the other.
	Times, X []float64
}

// At are the configurations at the time of number k.
func (f *Frames) At(k int) []float64 {
	size := f.N * f.Space.Size()
	return f.X[k*size : (k+1)*size]
}

// SaveFrames writes them to a file of their own.
func SaveFrames(path string, f *Frames) error {
	return h5.WriteFile(path, func(root *h5.Group) error {
		if _, err := h5.Write(root, "time", f.Times, len(f.Times)); err != nil {
			return err
		}
		if _, err := h5.Write(root, "x", f.X, append([]int{len(f.Times), f.N}, f.Space.Shape...)...); err != nil {
			return err
		}
		return h5.SetAttr(root, "seed", strconv.FormatUint(f.Seed, 10))
	})
}

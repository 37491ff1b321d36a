package store

import (
	"strconv"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// Completions are draws of what was missing of configurations.
type Completions struct {
	Space core.Space
	// N configurations, of each so many Draws, by a seed.
	N, Draws int
	Seed     uint64
	// Given has the configurations whole, Known is 1 at the sites that were used, and
	// Completed has the draws of each, one after the other.
	Given     []float64
	Known     []int32
	Completed []float64
}

// SaveCompletions writes them to a file of their own.
func SaveCompletions(path string, c *Completions) error {
	return h5.WriteFile(path, func(root *h5.Group) error {
		shape := func(first ...int) []int { return append(first, c.Space.Shape...) }
		if _, err := h5.Write(root, "given", c.Given, shape(c.N)...); err != nil {
			return err
		}
		known := make([]uint8, len(c.Known))
		for i, v := range c.Known {
			known[i] = uint8(v)
		}
		if _, err := h5.Write(root, "known", known, shape(c.N)...); err != nil {
			return err
		}
		if _, err := h5.Write(root, "completed", c.Completed, shape(c.N, c.Draws)...); err != nil {
			return err
		}
		return h5.SetAttr(root, "seed", strconv.FormatUint(c.Seed, 10))
	})
}

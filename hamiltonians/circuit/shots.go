package circuit

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
)

// shots are bit strings drawn from p (energy.Draws), with the numbers of a splitmix64 stream
// that starts at Derive(seed, shot seed).
type shots struct {
	n int
	*energy.Draws
}

// shots draws from p, and overwrites it.
func (c Config) shots(p []float64) shots {
	stream := disorder.Stream(core.Derive(uint64(c.Seed), uint64(c.ShotSeed)))
	return shots{c.Rows * c.Cols, energy.NewDraws(name, p, c.Shots+c.Validation+c.Test, stream)}
}

// Rows implements core.Given.
func (s *shots) Rows(x []float64, number []int32) error {
	for i, k := range number {
		shot, err := s.State(k)
		if err != nil {
			return err
		}
		for q := range s.n {
			x[i*s.n+q] = 0
			if shot&bit(s.n, q) != 0 {
				x[i*s.n+q] = 1
			}
		}
	}
	return nil
}

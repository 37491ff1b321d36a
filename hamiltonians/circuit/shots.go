package circuit

import (
	"sort"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
)

// shots are bit strings drawn from p, each by its number k alone: shot k is the first x
// with
//
//	sum_{y <= x} p(y) > u_k sum_y p(y),
//
// where u_k = floor(z/2^11)/2^53 and z is output k = 0, 1, ... of a splitmix64 stream that
// starts at Derive(seed, shot seed). So further shots leave those before them as they are.
type shots struct {
	n      int
	number int       // of shots
	sums   []float64 // of p over the bit strings up to each, and with it
	stream disorder.Stream
}

// shots draws from p, and overwrites it.
func (c Config) shots(p []float64) shots {
	for x := range p[1:] {
		p[x+1] += p[x]
	}
	return shots{
		n: c.Rows * c.Cols, number: c.Shots + c.Validation + c.Test, sums: p,
		stream: disorder.Stream(core.Derive(uint64(c.Seed), uint64(c.ShotSeed))),
	}
}

// Rows implements core.Given.
func (s *shots) Rows(x []float64, number []int32) error {
	for i, k := range number {
		if k < 0 || int(k) >= s.number {
			return core.Errorf(core.Invalid, "rows", name, "there is no shot %d of %d", k, s.number)
		}
		shot := s.draw(uint64(k))
		for q := range s.n {
			x[i*s.n+q] = 0
			if shot&bit(s.n, q) != 0 {
				x[i*s.n+q] = 1
			}
		}
	}
	return nil
}

// draw is the number of the bit string of shot k.
func (s *shots) draw(k uint64) int {
	last := len(s.sums) - 1
	stream := s.stream.Skip(k)
	u := stream.Uniform() * s.sums[last]
	return sort.Search(last, func(x int) bool { return s.sums[x] > u })
}

package energy

import (
	"sort"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
)

// Draws are independent draws from a density on states that can be listed, each by its number
// k alone: draw k is the first state x with
//
//	sum_{y <= x} p(y) > u_k sum_y p(y),
//
// where u_k is number k = 0, 1, ... of a stream of uniform numbers. So further draws leave
// those before them as they are.
type Draws struct {
	subject string
	number  int
	sums    []float64 // of p over the states up to each, and with it
	stream  disorder.Stream
}

// NewDraws are so many draws from p, which need not be normalised, and is overwritten and
// kept.
func NewDraws(subject string, p []float64, number int, stream disorder.Stream) *Draws {
	for x := range p[1:] {
		p[x+1] += p[x]
	}
	return &Draws{subject, number, p, stream}
}

// State is the state that is draw k.
func (d *Draws) State(k int32) (int, error) {
	if k < 0 || int(k) >= d.number {
		return 0, core.Errorf(core.Invalid, "rows", d.subject, "there is no draw %d of %d", k, d.number)
	}
	last := len(d.sums) - 1
	stream := d.stream.Skip(uint64(k))
	u := stream.Uniform() * d.sums[last]
	return sort.Search(last, func(x int) bool { return d.sums[x] > u }), nil
}

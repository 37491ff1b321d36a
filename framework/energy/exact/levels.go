package exact

import "math"

// degenerate is the distance from the lowest energy, relative to the largest
// |E|, up to which a level is the lowest. A few thousand additions move equal
// energies apart by some 1e-13 of that, which at a large beta would lift their
// degeneracy; a true gap below is lost.
const degenerate = 1e-12

// Range is that of the energies included so far.
type Range struct {
	Lowest, Highest float64
	some            bool
}

// Include extends the range to e.
func (r *Range) Include(e float64) {
	if !r.some {
		*r = Range{e, e, true}
	}
	r.Lowest, r.Highest = min(r.Lowest, e), max(r.Highest, e)
}

// Tolerance is how far two energies may differ and be one level.
func (r Range) Tolerance() float64 {
	return degenerate * max(math.Abs(r.Lowest), math.Abs(r.Highest))
}

// Above is e - Lowest, 0 for all that are the lowest level.
func (r Range) Above(e float64) float64 {
	above := e - r.Lowest
	if above <= r.Tolerance() {
		return 0
	}
	return above
}

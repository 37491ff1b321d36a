package fermiflow

import (
	"math"
	"math/rand/v2"
	"sort"
)

// line draws numbers from the density of one orbital of one dimension,
// h_q(z)^2 exp(-z^2), exactly: by rejection from steps that lie above it.
type line struct {
	q          int
	low, width float64
	step       []float64 // height of each
	sum        []float64 // of the heights up to and including each
}

// The density ends where it is below 1e-20 of its height, beyond 6 from the
// classical turning point sqrt(2q+1).
const beyond = 6

func newLine(q int) *line {
	k := math.Sqrt(float64(2*q + 1)) // the largest wave number
	l := &line{q: q, low: -k - beyond, width: 0.4 / k}
	for z, sum := l.low, 0.0; z < -l.low; z += l.width {
		// The density at five points of a step: by its wave length, at most
		// (k width/8)^2 = 0.25 % below its maximum.
		const parts = 4
		high := 0.0
		for p := range parts + 1 {
			high = max(high, l.density(z+l.width*float64(p)/parts))
		}
		sum += 1.01 * high
		l.step, l.sum = append(l.step, 1.01*high), append(l.sum, sum)
	}
	return l
}

func (l *line) density(z float64) float64 {
	var h [mostQuanta + 1]float64
	hermite(h[:l.q+1], z)
	return h[l.q] * h[l.q] * math.Exp(-z*z)
}

func (l *line) draw(r *rand.Rand) float64 {
	for {
		u := r.Float64() * l.sum[len(l.sum)-1]
		i := sort.SearchFloat64s(l.sum, u)
		z := l.low + l.width*(float64(i)+r.Float64())
		if r.Float64()*l.step[i] < l.density(z) {
			return z
		}
	}
}

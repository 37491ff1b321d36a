package stats

import (
	"math"
	"slices"
)

// Tails keep the largest and the smallest of n independent values, what ParetoK of the values and of
// their squared deviations rests on, in bounded memory: up to tailRoom of each. Which they are
// does not hang on the order of the values, nor on how they come in batches. As long as M of
// ParetoK is below that, up to 1.8 million values, k-hat is that of all of them; beyond, it rests on the
// tailRoom - 1 largest, which are further out. The zero value is empty.
type Tails struct {
	n         int64
	low, high candidates // of low with the other sign
	invalid   bool       // a value was NaN or infinite
}

// candidates for the tailRoom largest values, up to twice as many, in no order. Those below
// the smallest of tailRoom others are none: floor, once full.
type candidates struct {
	values []float64
	full   bool
	floor  float64
}

// tailRoom is M + 1 of 1.86 million values.
const tailRoom = 4096

// Add takes values.
func (t *Tails) Add(x []float64) {
	t.n += int64(len(x))
	for _, v := range x {
		t.take(v)
	}
}

func (t *Tails) take(v float64) {
	t.invalid = t.invalid || math.IsNaN(v) || math.IsInf(v, 0)
	t.high.take(v)
	t.low.take(-v)
}

// take adds v where it may be among the largest, and makes room when there is none.
func (c *candidates) take(v float64) {
	if c.full && v < c.floor {
		return
	}
	if len(c.values) == 2*tailRoom {
		splitAt(c.values, tailRoom)
		c.full, c.floor = true, c.values[tailRoom]
		c.values = c.values[:copy(c.values, c.values[tailRoom:])]
	}
	c.values = append(c.values, v)
}

// N is the number of values.
func (t *Tails) N() int64 { return t.n }

// ParetoK is ParetoK of all values, with tau = 1. heavy tells that one of the tails is too heavy for a mean: k-hat is
// above ParetoThreshold, and so heavy a tail is seen further out, too (heavyTail).
func (t *Tails) ParetoK() (k float64, heavy bool) {
	upper, heavyAbove := t.shape(slices.Clone(t.high.values))
	lower, heavyBelow := t.shape(slices.Clone(t.low.values))
	return heavier(upper, lower), heavyAbove || heavyBelow
}

// SquareParetoK is the same of the upper tail of (x - center)^2, that of a variance. The largest squares
// are among those of the largest and of the smallest values.
func (t *Tails) SquareParetoK(center float64) (k float64, heavy bool) {
	return t.shape(t.squares(center))
}

// SquareDoubt is the relative error of the standard error of a variance (Moments.VarianceStderr), as the kept values
// show it, of which the largest make it up: with y = (x - < x >)^2 it is
//
//	1/2 sqrt(sum (y - < y >)^4) / sum (y - < y >)^2,
//
// 1/2 where one of the values has all of it. m are the moments of all values. NaN where these do not vary.
func (t *Tails) SquareDoubt(m *Moments) float64 {
	n := float64(m.n)
	spread := m.m4 - m.m2*m.m2/n
	if !(spread > 0) {
		return math.NaN()
	}
	fourth := 0.0
	for _, y := range t.squares(m.mean) {
		d := (y - m.m2/n) * (y - m.m2/n)
		fourth += d * d
	}
	return math.Sqrt(fourth) / (2 * spread)
}

// squares are (x - center)^2 of the kept values, each once.
func (t *Tails) squares(center float64) []float64 {
	half := int(t.n / 2) // a value of few would else be taken from both sides
	high, low := top(t.high.values, int(t.n)-half), top(t.low.values, half)
	squares := make([]float64, 0, len(high)+len(low))
	for _, v := range high {
		squares = append(squares, (v-center)*(v-center))
	}
	for _, v := range low {
		squares = append(squares, (v+center)*(v+center))
	}
	return squares
}

// top are the n largest values of x, or as many as there is room for.
func top(x []float64, n int) []float64 {
	x = slices.Clone(x)
	n = min(n, tailRoom)
	sortFrom(x, len(x)-n)
	return x[len(x)-n:]
}

// shape is k-hat of the upper tail of n values, of which x are the largest, and whether it is heavy; it reorders x.
func (t *Tails) shape(x []float64) (k float64, heavy bool) {
	m, ok := tailLength(int(t.n), 1)
	if !ok || t.invalid {
		return math.NaN(), false
	}
	m = min(m, tailRoom-1)
	sortFrom(x, len(x)-m-1)
	top := x[len(x)-m-1:]
	further := heavyTail(top)
	k, _ = paretoAbove(top)
	return k, further && k > ParetoThreshold(t.n)
}

// State is n, whether a value was no number, and the largest and smallest values, ascending.
func (t *Tails) State() []float64 {
	state := []float64{float64(t.n), 0}
	if t.invalid {
		state[1] = 1
	}
	for _, side := range [][]float64{t.high.values, t.low.values} {
		state = append(state, top(side, int(t.n))...)
	}
	return state
}

// Restore puts back what State returned.
func (t *Tails) Restore(state []float64) error {
	const subject = "tails"
	if len(state) < 2 {
		return misfit(subject, state)
	}
	n, ok := count(state[0])
	kept := min(n, tailRoom)
	if !ok || len(state) != 2+2*kept || state[1] != 0 && state[1] != 1 {
		return misfit(subject, state)
	}
	high, low := slices.Clone(state[2:2+kept]), slices.Clone(state[2+kept:])
	*t = Tails{int64(n), candidates{values: low}, candidates{values: high}, state[1] == 1}
	return nil
}

// Join adds the values that another has seen.
func (t *Tails) Join(state []float64) error {
	var other Tails
	if err := other.Restore(state); err != nil {
		return err
	}
	t.n, t.invalid = t.n+other.n, t.invalid || other.invalid
	for _, v := range other.high.values {
		t.high.take(v)
	}
	for _, v := range other.low.values {
		t.low.take(v)
	}
	return nil
}

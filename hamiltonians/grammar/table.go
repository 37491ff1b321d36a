package grammar

import (
	"math"
	"slices"
)

// table has all states that prefixes can have, the first that of the empty one.
type table struct {
	length int
	states []state
	next   [][]int32 // by state and symbol, -1 where the language does not allow it
	toEnd  []int     // symbols, at least, until the string may end
}

const impossible = math.MaxInt32

func newTable(length int) *table {
	t := &table{length: length}
	number := map[state]int32{{}: 0}
	t.states = []state{{}}
	for i := 0; i < len(t.states); i++ {
		row := make([]int32, len(symbols))
		for k := range symbols {
			s, ok := t.states[i].after(k)
			if !ok {
				row[k] = -1
				continue
			}
			n, known := number[s]
			if !known {
				n = int32(len(t.states))
				number[s], t.states = n, append(t.states, s)
			}
			row[k] = n
		}
		t.next = append(t.next, row)
	}
	t.measure()
	return t
}

// measure finds the way to the end of each state.
func (t *table) measure() {
	t.toEnd = slices.Repeat([]int{impossible}, len(t.states))
	for i, s := range t.states {
		if s.accepts() {
			t.toEnd[i] = 0
		}
	}
	for changed := true; changed; {
		changed = false
		for i, row := range t.next {
			for _, n := range row {
				if n >= 0 && t.toEnd[n] < t.toEnd[i]-1 {
					t.toEnd[i], changed = t.toEnd[n]+1, true
				}
			}
		}
	}
}

// choices writes the probabilities of the symbols that follow a prefix of at symbols: those by
// which the string can still end in time, by their weights.
func (t *table) choices(p []float64, from int32, at int) {
	sum := 0.0
	for k, n := range t.next[from] {
		p[k] = 0
		if n >= 0 && t.toEnd[n] <= t.length-at-1 {
			p[k] = symbols[k].weight
			sum += p[k]
		}
	}
	for k := range p {
		p[k] /= sum
	}
}

// sums are those over all prefixes of one state, of weights p^beta and of the weights with
// E = -ln p and with its square.
type sums struct{ one, e, square float64 }

// add takes prefixes that go on by a symbol of the weight w and the energy e.
func (s *sums) add(of sums, w, e float64) {
	s.one += w * of.one
	s.e += w * (of.e + e*of.one)
	s.square += w * (of.square + 2*e*of.e + e*e*of.one)
}

// moments are ln Z, <E> and the variance of E at an inverse temperature, symbol by symbol: with
// Z_t(s) the sum of p^beta over the prefixes of t symbols that have the state s,
//
//	Z_(t+1)(s') = sum_s Z_t(s) p(k | s, t)^beta,   s' = s after k,   Z_0 = 1 at the start,
//
// and Z is the sum over the states of strings. At beta = 1 it is 1, and <E> the entropy.
func (t *table) moments(beta float64) (logZ, energy, variance float64) {
	now, p := map[int32]sums{0: {one: 1}}, make([]float64, len(symbols))
	var all sums
	for at := range t.length {
		next := map[int32]sums{}
		for i := range t.states { // in an order of their own
			of, ok := now[int32(i)]
			if !ok {
				continue
			}
			t.choices(p, int32(i), at)
			for k, q := range p {
				if q > 0 {
					s := next[t.next[i][k]]
					s.add(of, math.Pow(q, beta), -math.Log(q))
					next[t.next[i][k]] = s
				}
			}
		}
		all = sums{}
		for i := range t.states {
			all.add(next[int32(i)], 1, 0)
		}
		for i, of := range next { // the sums grow like a power of the length
			next[i] = sums{of.one / all.one, of.e / all.one, of.square / all.one}
		}
		logZ += math.Log(all.one)
		now = next
	}
	energy = all.e / all.one
	return logZ, energy, all.square/all.one - energy*energy
}

// energy is -ln p of a string, +Inf of one that is not of the language.
func (t *table) energy(x, p []float64) (e float64) {
	from := int32(0)
	for at, v := range x {
		t.choices(p, from, at)
		k := int(v)
		if p[k] == 0 {
			return math.Inf(1)
		}
		e -= math.Log(p[k])
		from = t.next[from][k]
	}
	return e
}

// draw writes a string by a number in [0, 1) for each symbol.
func (t *table) draw(x, p []float64, uniform func() float64) {
	from := int32(0)
	for at := range x {
		t.choices(p, from, at)
		u, k, last := uniform(), 0, 0
		for ; k < len(p); k++ {
			if p[k] > 0 {
				if last = k; u < p[k] {
					break
				}
				u -= p[k]
			}
		}
		x[at], from = float64(last), t.next[from][last]
	}
}

package states

import "math"

// allowed are the orbitals lo ... hi-1 that electron i (from 0) may take after the one
// before it took previous: above that one, so that no orbital is taken twice and each set
// is counted once, and leaving room for those of its spin that follow. The first of a spin
// knows no orbital that is taken.
func (m *Model) allowed(i, previous int) (lo, hi int) {
	if m.spins[i].first {
		previous = -1
	}
	return previous + 1, m.m - m.spins[i].follow
}

// spin is what an electron's place among those of its spin says.
type spin struct {
	kind   int
	first  bool
	follow int // those of its spin after it
}

func spinsOf(kinds []int) (all []spin) {
	for kind, n := range kinds {
		for i := range n {
			all = append(all, spin{kind: kind, first: i == 0, follow: n - 1 - i})
		}
	}
	return all
}

// choice is p(k_i | k_1 ... k_(i-1)) of one sample.
type choice struct {
	lo, hi int
	logit  []float64 // of orbitals lo ... hi-1, less the largest
	weight []float64 // its exponential
	sum    float64
}

func newChoice(m int) choice { return choice{logit: make([]float64, m), weight: make([]float64, m)} }

// set adds the logits of the network, each stride numbers after the one before, and
// those of the prior.
func (c *choice) set(logits []float64, stride int, prior []float64, lo, hi int) {
	c.lo, c.hi, c.sum = lo, hi, 0
	most := math.Inf(-1)
	for k := lo; k < hi; k++ {
		c.logit[k] = logits[k*stride] + prior[k]
		most = max(most, c.logit[k])
	}
	for k := lo; k < hi; k++ {
		c.logit[k] -= most
		c.weight[k] = math.Exp(c.logit[k])
		c.sum += c.weight[k]
	}
}

// draw inverts the cumulative distribution; u is in [0, 1).
func (c *choice) draw(u float64) int {
	u *= c.sum
	last := c.lo
	for k := c.lo; k < c.hi; k++ {
		if u -= c.weight[k]; u < 0 {
			return k
		}
		if c.weight[k] > 0 {
			last = k
		}
	}
	return last // rounding: the weights add up to less than their sum
}

// logP is ln p(k), also where exp underflows.
func (c *choice) logP(k int) float64 { return c.logit[k] - math.Log(c.sum) }

// store writes the probabilities of all orbitals, with the given stride.
func (c *choice) store(p []float64, stride int) {
	for k := range c.weight {
		p[k*stride] = 0
	}
	for k := c.lo; k < c.hi; k++ {
		p[k*stride] = c.weight[k] / c.sum
	}
}

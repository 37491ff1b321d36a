package stats

import (
	"fmt"
	"slices"
)

// What Moments, Chains, Weights, Blocks and Columns have gathered is plain data, in an
// order of their own: State copies it, Restore puts it back so that all that
// follows is the same bit for bit, and Join adds that of another process. The
// errors say what does not fit; the receiver is then as before.

func misfit(of string, state []float64) error {
	return fmt.Errorf("%d numbers are not the state of %s", len(state), of)
}

// count reads a number of things from a state; ok is false where it is none.
func count(x float64) (n int, ok bool) {
	n = int(x)
	return n, x >= 0 && x < 1<<53 && float64(n) == x
}

// State is n, the mean, M2, M3 and M4.
func (m *Moments) State() []float64 { return []float64{float64(m.n), m.mean, m.m2, m.m3, m.m4} }

// Restore puts back what State returned.
func (m *Moments) Restore(state []float64) error {
	if len(state) != 5 {
		return misfit("moments", state)
	}
	n, ok := count(state[0])
	if !ok {
		return misfit("moments", state)
	}
	*m = Moments{int64(n), state[1], state[2], state[3], state[4]}
	return nil
}

// Join adds the values that another has seen.
func (m *Moments) Join(state []float64) error {
	var other Moments
	if err := other.Restore(state); err != nil {
		return err
	}
	m.Merge(other)
	return nil
}

// State is the number of chains and all values.
func (s *Chains) State() []float64 { return append([]float64{float64(s.m)}, s.x...) }

// Restore puts back what State returned.
func (s *Chains) Restore(state []float64) error {
	if len(state) == 0 {
		return misfit("chains", state)
	}
	m, ok := count(state[0])
	if values := len(state) - 1; !ok || m == 0 && values > 0 || m > 0 && values%m != 0 {
		return misfit("chains", state)
	}
	*s = Chains{m: m, x: slices.Clone(state[1:])}
	return nil
}

// Join adds the values of other chains, with as many draws of each.
func (s *Chains) Join(state []float64) error {
	var other Chains
	if err := other.Restore(state); err != nil {
		return err
	}
	switch {
	case other.m == 0:
		return nil
	case s.m == 0:
		*s = other
		return nil
	case len(s.x)/s.m != len(other.x)/other.m:
		return fmt.Errorf("chains of %d and of %d draws do not advance side by side", len(s.x)/s.m, len(other.x)/other.m)
	}
	x := make([]float64, 0, len(s.x)+len(other.x))
	for t := range len(s.x) / s.m {
		x = append(x, s.x[t*s.m:(t+1)*s.m]...)
		x = append(x, other.x[t*other.m:(t+1)*other.m]...)
	}
	s.m, s.x = s.m+other.m, x
	return nil
}

// State is the logarithms of all weights.
func (w *Weights) State() []float64 { return slices.Clone(w.lnw) }

// Restore puts back what State returned.
func (w *Weights) Restore(state []float64) error {
	*w = Weights{lnw: slices.Clone(state)}
	return nil
}

// Join adds further weights.
func (w *Weights) Join(state []float64) error {
	w.Add(state)
	return nil
}

// State is the number of configurations, the draws in a block, and of each
// block its count and its sum.
func (b *Blocks) State() []float64 {
	state := []float64{float64(b.next), float64(b.draws)}
	for k, sum := range b.sums {
		state = append(append(state, b.counts[k]), sum...)
	}
	return state
}

// Restore puts back what State returned.
func (b *Blocks) Restore(state []float64) error {
	if len(state) < 2 || (len(state)-2)%(b.size+1) != 0 {
		return misfit(fmt.Sprintf("blocks of %d sums", b.size), state)
	}
	next, ok := count(state[0])
	draws, ok2 := count(state[1])
	if !ok || !ok2 {
		return misfit(fmt.Sprintf("blocks of %d sums", b.size), state)
	}
	restored := Blocks{size: b.size, next: next, draws: draws}
	for rest := state[2:]; len(rest) > 0; rest = rest[b.size+1:] {
		restored.counts = append(restored.counts, rest[0])
		restored.sums = append(restored.sums, slices.Clone(rest[1:b.size+1]))
	}
	*b = restored
	return nil
}

// Join adds the blocks of other configurations, independent of these: groups of
// chains to groups of chains, stretches of draws beside stretches of draws. No
// Row follows it.
func (b *Blocks) Join(state []float64) error {
	other := Blocks{size: b.size}
	if err := other.Restore(state); err != nil {
		return err
	}
	switch {
	case other.next == 0:
		return nil
	case b.next == 0:
		*b = other
		b.joined = true
		return nil
	case (b.draws == 0) != (other.draws == 0):
		return fmt.Errorf("blocks of %d or more chains and of fewer do not go together", Blocked)
	case b.draws == 0:
		for k, sum := range other.sums {
			for j, v := range sum {
				b.sums[k][j] += v
			}
			b.counts[k] += other.counts[k]
		}
	default:
		for b.draws < other.draws {
			b.pair()
		}
		for other.draws < b.draws {
			other.pair()
		}
		b.sums, b.counts = append(b.sums, other.sums...), append(b.counts, other.counts...)
	}
	b.next += other.next
	b.joined = true
	return nil
}

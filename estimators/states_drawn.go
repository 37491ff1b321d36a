package estimators

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// statesDrawn are the states K that were drawn of a density matrix, each with its ln p(K),
// and all draws with the state that each has and width numbers of its own. What is of a state
// is a mean over its draws alone. All draws are kept, since which states they are is known
// at the end.
type statesDrawn struct {
	particles, width int

	chains  int       // Markov chains, which take turns; 0 for independent draws
	labels  []int32   // orbitals of each state
	logP    []float64 // of each state
	of      []int     // the state of each draw
	numbers []float64 // of each draw
	number  map[string]int
	key     []byte
}

// memory that a draw takes where it is the only one of its state.
func (s *statesDrawn) memory() core.Memory {
	return core.Memory{Kept: float64(4*s.particles + 8*(2+s.width))}
}

// needs is that of estimators that keep the states.
func (s *statesDrawn) needs(wants ...core.Column) core.EstimatorSpec {
	spec := ofDensityMatrix
	spec.Wants = append([]core.Column{core.LogP}, wants...)
	spec.Memory = s.memory()
	return spec
}

// add takes a draw of a state with its numbers.
func (s *statesDrawn) add(k []int32, logP float64, numbers ...float64) {
	s.key = s.key[:0]
	for _, orbital := range k {
		s.key = append(s.key, byte(orbital), byte(orbital>>8), byte(orbital>>16), byte(orbital>>24))
	}
	state, seen := s.number[string(s.key)]
	if !seen {
		if s.number == nil {
			s.number = map[string]int{}
		}
		state = len(s.logP)
		s.number[string(s.key)] = state
		s.labels, s.logP = append(s.labels, k...), append(s.logP, logP)
	}
	s.of, s.numbers = append(s.of, state), append(s.numbers, numbers...)
}

// mustFit panics on a batch without the labels of its states.
func (s *statesDrawn) mustFit(b *core.Batch) {
	if len(b.K) != b.N*s.particles {
		panic("estimators: K does not have the size of the batch")
	}
}

// state is the orbitals of one.
func (s *statesDrawn) state(k int) []int32 { return s.labels[k*s.particles : (k+1)*s.particles] }

// likely are the numbers of all states, the most probable first; states of one p(K) by
// their orbitals, so that the order does not depend on what was drawn first.
func (s *statesDrawn) likely() []int {
	order := make([]int, len(s.logP))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int {
		if d := s.logP[b] - s.logP[a]; math.Abs(d) > 1e-12 { // the rounding of a sum of some logits
			return cmp.Compare(d, 0)
		}
		return slices.Compare(s.state(a), s.state(b))
	})
	return order
}

// blocks is how many groups of draws there are for the jackknife, and block the one of a
// draw: groups of chains, or where there are few chains stretches of draws, as in
// [stats.Blocks].
func (s *statesDrawn) blocks() int { return min(stats.Blocked, len(s.of)) }

func (s *statesDrawn) block(draw int) int {
	if s.chains >= stats.Blocked {
		return draw % s.chains % stats.Blocked
	}
	return draw * s.blocks() / len(s.of)
}

// leaveOut is the standard error by the jackknife of a number whose values with a block left
// out each are these.
func leaveOut(without []float64) float64 {
	g, mean, sum := float64(len(without)), 0.0, 0.0
	for _, v := range without {
		mean += v / g
	}
	for _, v := range without {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum * (g - 1) / g)
}

// array is an estimate of numbers along axes, which are not known yet.
func (s *statesDrawn) array(name, long, units string, axes ...core.Axis) core.Estimate {
	size := 1
	for _, a := range axes {
		size *= len(a.Values)
	}
	return core.Estimate{Name: name, Long: long, Units: units, Axes: axes, N: int64(len(s.of)), Tau: 1, Value: nans(size), Stderr: nans(size)}
}

// witness are values of all draws along the chains.
func (s *statesDrawn) witness(value func(draw int) float64) *stats.Chains {
	var chains stats.Chains
	if s.chains == 0 {
		return &chains
	}
	values := make([]float64, len(s.of))
	for i := range values {
		values[i] = value(i)
	}
	chains.Add(values, s.chains)
	return &chains
}

// judgeAlong adds to an estimate what is known from chains of its draws.
func (s *statesDrawn) judgeAlong(e *core.Estimate, chains *stats.Chains) {
	u := chains.Uncertainty()
	judge(e, chains, u)
	e.StderrStderr = 0 // it is of the witness
	if draws := len(s.of) / max(1, s.chains); len(e.Cautions) == 0 && s.chains > 0 && s.chains < stats.Blocked && float64(draws) < 5*u.Tau*stats.Blocked {
		e.Warn(core.CautionFewDraws, "too few draws of too few chains for an error: draw more, or have at least %d chains", stats.Blocked)
	}
}

// State implements sums.
func (s *statesDrawn) State() []float64 {
	state := []float64{float64(s.chains), float64(len(s.logP)), float64(len(s.of))}
	for _, k := range s.labels {
		state = append(state, float64(k))
	}
	state = append(state, s.logP...)
	for _, k := range s.of {
		state = append(state, float64(k))
	}
	return append(state, s.numbers...)
}

// Restore implements sums.
func (s *statesDrawn) Restore(state []float64) error {
	*s = statesDrawn{particles: s.particles, width: s.width}
	return s.Join(state)
}

// Join implements sums.
func (s *statesDrawn) Join(state []float64) error {
	if len(state) < 3 {
		return errors.New("no states and draws")
	}
	chains, states, draws := int(state[0]), int(state[1]), int(state[2])
	if s.chains > 0 && chains > 0 && s.chains != chains {
		return fmt.Errorf("draws of %d chains do not go with those of %d", chains, s.chains)
	}
	state = state[3:]
	if states < 0 || draws < 0 || len(state) != states*(s.particles+1)+draws*(1+s.width) {
		return fmt.Errorf("%d numbers are not those of %d states and %d draws", len(state), states, draws)
	}
	s.chains = max(s.chains, chains)
	labels, logP := state[:states*s.particles], state[states*s.particles:][:states]
	of, numbers := state[states*(s.particles+1):][:draws], state[states*(s.particles+1)+draws:]
	k := make([]int32, s.particles)
	for i, v := range of {
		n := int(v)
		if n < 0 || n >= states {
			return fmt.Errorf("a draw of the state %v of %d", v, states)
		}
		for j := range k {
			k[j] = int32(labels[n*s.particles+j])
		}
		s.add(k, logP[n], numbers[i*s.width:(i+1)*s.width]...)
	}
	return nil
}

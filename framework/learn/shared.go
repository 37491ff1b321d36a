package learn

import (
	"maps"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// On R ranks each owns the parameters from its bound to the next: it gets these components of the sums
// of all nodes, adds them up in the tree, moves its parameters, and the others get them. 2 P numbers
// come to each rank in a step, whatever R is. An optimiser that is no core.PartStepper has
// the whole gradient on all ranks, and makes the same step on each.

// owned are the parameters from to to-1 of so many that a rank owns.
func owned(parameters, rank, size int) (from, to int) {
	return rank * parameters / size, (rank + 1) * parameters / size
}

// ownedCounts is how many each rank owns.
func ownedCounts(parameters, size int) []int {
	counts := make([]int, size)
	for rank := range counts {
		from, to := owned(parameters, rank, size)
		counts[rank] = to - from
	}
	return counts
}

// own are the parameters that this rank moves, all where the ranks make the same step.
func (l *Learner) own() (from, to int) {
	if !l.parted() {
		return 0, len(l.Theta)
	}
	return owned(len(l.Theta), l.comm.Rank(), l.comm.Size())
}

// parted tells that each rank moves its own parameters.
func (l *Learner) parted() bool {
	_, can := l.Optimizer.(core.PartStepper)
	return can && l.comm.Size() > 1 && l.direction == nil
}

// whole completes vectors of which each rank has what it owns.
func whole(c ranks.Comm, v, room []float64) ([]float64, error) {
	from, to := owned(len(v), c.Rank(), c.Size())
	room = append(room[:0], v[from:to]...)
	return room, c.Gather(v, room, ownedCounts(len(v), c.Size()))
}

// norm is the length of the gradient. Where each rank has a part of it, the sum goes through the
// ranks in turn: one process adds in the same order.
func (l *Learner) norm() (float64, error) {
	if !l.parted() {
		return optim.Norm(l.grad)
	}
	from, to := l.own()
	sum := []float64{0}
	for rank := range l.comm.Size() {
		if rank == l.comm.Rank() {
			sum[0] = optim.AddSquares(sum[0], l.grad[from:to])
		}
		if err := l.comm.Broadcast(sum, rank); err != nil {
			return 0, err
		}
	}
	norm := math.Sqrt(sum[0])
	if !math.IsNaN(norm) && !math.IsInf(norm, 0) {
		return norm, nil
	}
	_, err := whole(l.comm, l.grad, nil) // for the message of one process
	if err == nil {
		err = optim.CheckNorm(norm, l.grad)
	}
	return norm, err
}

// step moves the parameters on all ranks.
func (l *Learner) step(d core.Derivative, t int64) (rate float64, err error) {
	if !l.parted() {
		return l.Optimizer.Step(l.Theta, d, t)
	}
	from, to := l.own()
	rate = l.Optimizer.(core.PartStepper).StepPart(l.Theta, d, t, from, to)
	l.room, err = whole(l.comm, l.Theta, l.room)
	return rate, err
}

// WholeState completes a State of an optimiser of so many parameters, of which each rank may have moved
// its own. All ranks call it together.
func WholeState(c ranks.Comm, o core.Optimizer, state map[string][]float64, parameters int) (map[string][]float64, error) {
	if _, parted := o.(core.PartStepper); !parted || c.Size() == 1 {
		return state, nil
	}
	for _, name := range slices.Sorted(maps.Keys(state)) {
		if len(state[name]) != parameters {
			continue
		}
		if _, err := whole(c, state[name], nil); err != nil {
			return nil, err
		}
	}
	return state, nil
}

package learn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// Learner is a model whose parameters descend a weighted sum of terms.
type Learner struct {
	Name      string // in messages; "" for a single one
	Model     *Part
	Theta     []float64 // moved in place
	Factors   []int     // of the model's spec,
	Damping   []float64 // and the least of each
	Optimizer core.Optimizer
	Terms     []*Term
	Blame     Blame // names the optimiser
	// Steps of its own in one step of the loop; 0 is 1.
	Steps int

	comm      ranks.Comm
	terms     []*term
	grad      []float64
	room      []float64 // of the parameters that this rank moves
	direction []float64
	report    Report
}

// Configurations are those of a term in the last step, on this rank, in the learner's memory.
func (l *Learner) Configurations(term int) []float64 { return l.terms[term].batch.X }

// Report is what a step of a learner tells.
type Report struct {
	// Numbers of the terms' objectives, one term after the other, and Loss the
	// weighted sum of their losses.
	Numbers []float64
	Loss    float64
	// Rate is the learning rate, and Norm the Euclidean norm of the gradient.
	Rate, Norm float64
	// Gradient of the loss, in the learner's memory. Where each of several ranks moves some of the
	// parameters, the others' components are undefined.
	Gradient []float64
	// Unsolved tells that conjugate gradients made all their iterations, and the direction has a larger residual than was asked for.
	Unsolved bool
}

// Open binds the learner's terms, on one rank of a run. seed decides all their
// numbers.
func (l *Learner) Open(seed uint64, c ranks.Comm) error {
	spec := l.Optimizer.Spec()
	l.comm = c
	l.grad, l.terms = make([]float64, len(l.Theta)), nil
	if spec.Direction != "" {
		l.direction = make([]float64, len(l.Theta))
	}
	if spec.Direction != "" && len(l.Terms) > 1 {
		return core.Errorf(core.Unsupported, "bind", "directions of the model", "each term has one of its own, and there are %d terms", len(l.Terms))
	}
	for i, t := range l.Terms {
		of := seed
		if i > 0 {
			of = core.Derive(seed, uint64(i))
		}
		u, err := t.open(l.Model, spec.Direction, of, c)
		if err != nil {
			return in(t.Name, err)
		}
		l.terms = append(l.terms, u)
	}
	return nil
}

func in(name string, err error) error {
	if name == "" || err == nil {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// Load gives the model its parameters.
func (l *Learner) Load() error { return l.Model.Blame.of(l.Model.Instance.Load(l.Theta)) }

// Gradient draws for step t = 1, 2, ... of the learner and forms the gradient. The
// model has its parameters from Load. The Report's slices are the learner's, and valid
// until the next call.
func (l *Learner) Gradient(t int64) (Report, error) {
	l.report.Numbers, l.report.Loss = l.report.Numbers[:0], 0
	l.report.Unsolved = false
	for k, u := range l.terms {
		numbers, err := u.cotangents(t)
		if err != nil {
			return l.report, in(u.Name, err)
		}
		l.report.Numbers = append(l.report.Numbers, numbers...)
		l.report.Loss += u.weight() * numbers[0]
		if err := l.pull(u, k > 0); err != nil {
			return l.report, in(u.Name, err)
		}
	}
	var err error
	if l.direction == nil && l.comm.Size() > 1 && !l.parted() {
		if l.room, err = whole(l.comm, l.grad, l.room); err != nil {
			return l.report, err
		}
	}
	l.report.Gradient = l.grad
	l.report.Norm, err = l.norm()
	return l.report, l.Model.Blame.of(err)
}

// pull makes the gradient of a term, and the direction.
func (l *Learner) pull(u *term, add bool) (err error) {
	spec := l.Optimizer.Spec()
	if u.pullRow != core.RowNaturalKeep {
		return u.pull(l.grad, l.direction, spec.Damping, add)
	}
	solved, err := u.conjugate(l.grad, l.direction, l.systems(spec.Damping), spec)
	l.report.Unsolved = !solved
	return err
}

// systems are the factors of the model, with their damping.
func (l *Learner) systems(damping float64) (all []system) {
	factors := l.Factors
	if factors == nil {
		factors = []int{len(l.Theta)}
	}
	at := 0
	for k, size := range factors {
		b := system{from: at, to: at + size, damping: damping}
		if k < len(l.Damping) {
			b.damping = max(damping, l.Damping[k])
		}
		at, all = b.to, append(all, b)
	}
	return all
}

// Descend moves the parameters against the gradient, as step t. The model needs them
// again after it. On an error the parameters and the optimiser are those before.
func (l *Learner) Descend(t int64) (Report, error) {
	var err error
	l.report.Rate, err = l.step(core.Derivative{Gradient: l.grad, Norm: l.report.Norm, Direction: l.direction, Factors: l.Factors}, t)
	return l.report, l.Blame.of(err)
}

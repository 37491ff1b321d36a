package learn

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// Loop has learners that take turns.
type Loop struct {
	Learners []*Learner
	// Comm joins the ranks; nil is one process.
	Comm ranks.Comm

	walkers []*walker
}

// Open gives the models their parameters and binds all terms. seed decides all
// numbers.
func (l *Loop) Open(seed uint64) error {
	comm := l.comm()
	for _, k := range l.Learners {
		if err := k.Load(); err != nil {
			return in(k.Name, err)
		}
	}
	for i, k := range l.Learners {
		of := seed
		if i > 0 {
			of = core.Derive(seed, 1<<33, uint64(i))
		}
		if err := k.Open(of, comm); err != nil {
			return in(k.Name, err)
		}
	}
	var err error
	l.walkers, err = walkers(l.Learners)
	return err
}

func (l *Loop) comm() ranks.Comm {
	if l.Comm == nil {
		return ranks.Alone{}
	}
	return l.Comm
}

// Step makes step t = 1, 2, ... of the loop: the steps of every learner in turn.
// told hears of each.
func (l *Loop) Step(t int64, told func(k *Learner, r Report)) error {
	for _, k := range l.Learners {
		steps := int64(max(k.Steps, 1))
		for i := range steps {
			at := (t-1)*steps + i + 1
			r, err := k.Gradient(at)
			if err == nil {
				r, err = k.Descend(at)
			}
			if err == nil {
				err = k.Load()
			}
			if err != nil {
				return in(k.Name, err)
			}
			if told != nil {
				told(k, r)
			}
		}
	}
	return nil
}

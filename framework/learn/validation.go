package learn

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// Validation is the loss of a term's objective on rows from which nothing is learned, each
// of them once. Noise beside the rows is the same at every look.
type Validation struct {
	parts []validated
	rows  int
}

// validated are batches of one size.
type validated struct {
	*term
	batches int
}

// Validate binds a term's objective to so many rows. draw returns a sampler of the rows from
// from to to-1, whose draws are batch rows in their order, with as many copies as the term has.
// Each batch has the term's size or more, where there are as many rows, and at most twice that.
func Validate(model *Part, t Term, rows int, draw func(from, to, batch int) core.Sampler, seed uint64, c ranks.Comm) (*Validation, error) {
	v := &Validation{rows: rows}
	copies := max(t.Copies, 1)
	batches := max(rows*copies/t.Batch, 1)
	size, larger := rows/batches, rows%batches // the first batches have one more
	add := func(from, batches, size int) error {
		if batches == 0 {
			return nil
		}
		part := t
		part.Source, part.Batch = t.Source.drawing(draw(from, from+batches*size, size)), size*copies
		comm := c
		if min(part.Batch, core.SharesOf(part.Batch, part.Shares)) < c.Size() { // so few that each rank looks at all of them
			comm = ranks.Alone{}
		}
		u, err := part.open(model, "", core.Derive(seed, uint64(len(v.parts))), comm)
		v.parts = append(v.parts, validated{u, batches})
		return err
	}
	if err := add(0, larger, size+1); err != nil {
		return nil, err
	}
	return v, add(larger*(size+1), batches-larger, size)
}

// drawing is the source with other configurations, which are its own or, of a path, those
// of its only parent.
func (s *Source) drawing(of core.Sampler) *Source {
	other := *s
	if s.Draw == nil {
		other.Parents = []Parent{{Source: s.Parents[0].drawing(of), Role: s.Parents[0].Role}}
	} else {
		other.Draw = of
	}
	return &other
}

// Loss is the mean over the rows. The model has its parameters from [Learner.Load].
func (v *Validation) Loss() (loss float64, err error) {
	for _, p := range v.parts {
		for k := range p.batches {
			numbers, err := p.cotangents(int64(k) + 1)
			if err != nil {
				return 0, err
			}
			loss += numbers[0] * float64(p.Batch/max(p.Copies, 1)) / float64(v.rows)
		}
	}
	return loss, nil
}

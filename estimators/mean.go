package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// mean estimates < o(x) >. The standard error of independent draws is
// s/sqrt(n), s^2 = sum_i (o_i - mean)^2/(n-1); that of chains knows how draws
// are correlated.
type mean struct {
	description
	tally
	// of writes o(x_i) for every configuration of the batch.
	of func(dst []float64, b *core.Batch)
	// size, unless nil, is that of the terms whose sum is o(x_i), where they may
	// cancel.
	size func(b *core.Batch, i int) float64
	// doubt, unless nil, adds what is wrong with a mean of chains.
	doubt func(e *core.Estimate)
	// moved, unless nil, tells of a mean of equal draws that chains which have it move.
	moved func(mean float64) bool
	// slow tells that the start of chains of the sampler is judged by this number.
	slow bool
	// apart tells that each chain has a mean of its own, so that R-hat means nothing.
	apart bool
	// form, unless it is zero, is what of a model stands for what else of the Boltzmann density; else it is the mean of both.
	form form
}

var _ core.Estimator = (*mean)(nil)

// ofConfiguration is the estimator of the mean of a function of x, a pure
// number; m says in which spaces.
func ofConfiguration(m core.Manifest, long string, extensive bool, of func(x []float64) float64) core.Part {
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			return newOfConfiguration(m, s, long, extensive, of), nil
		},
	}
}

func newOfConfiguration(m core.Manifest, s core.Setting, long string, extensive bool, of func(x []float64) float64) *mean {
	d := s.Energy.Space.Size()
	return &mean{
		description: description{
			estimate: core.Estimate{Name: m.Name, Long: long, Units: "1", Extensive: extensive},
			needs:    needsX(m.Spaces),
		},
		of: func(dst []float64, b *core.Batch) {
			if len(b.X) != b.N*d {
				panic("estimators: X does not have the size of the space")
			}
			for i := range dst {
				dst[i] = of(b.X[i*d : (i+1)*d])
			}
		},
	}
}

// weigh implements weigher.
func (m *mean) weigh(s core.Setting) {
	switch {
	case m.form.plain != nil:
		m.weighed = newWeighed(&m.description, s, 1, m.form)
	case m.ofBoltzmann():
		m.weighed = newWeighed(&m.description, s, 1, average())
	}
}

// Add implements core.Estimator.
func (m *mean) Add(b *core.Batch) error {
	if err := m.check(b); err != nil {
		return err
	}
	m.count(b, m.of, m.size)
	return nil
}

// Report implements core.Estimator.
func (m *mean) Report() ([]core.Estimate, error) {
	if m.chains.N() == 0 {
		r, err := m.report(m.moments.Mean(), m.moments.Stderr(), m.moments.N())
		if !settle(&r[0], 0, m.moments.Spread(), max(math.Abs(m.moments.Mean()), float64(m.largest))) {
			judgeMean(&r[0], &m.moments, &m.tails)
		}
		return m.weighed.report(r), err
	}
	u := m.chains.Uncertainty()
	r, err := m.report(m.chains.Mean(), u.Stderr, m.chains.N())
	moved := m.moved != nil && m.moved(m.chains.Mean())
	if !settleChains(&r[0], &m.chains, max(math.Abs(m.chains.Mean()), float64(m.largest)), moved) && !m.apart {
		judge(&r[0], &m.chains, u)
		if m.slow {
			judgeStart(&r[0], &m.chains)
		}
	}
	if m.doubt != nil && len(r[0].Cautions) == 0 {
		m.doubt(&r[0])
	}
	return r, err
}

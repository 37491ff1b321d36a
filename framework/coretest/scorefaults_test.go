package coretest

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
)

func init() {
	for name, fault := range map[string]struct {
		subtest string
		score   scoring
	}{
		"score of another sample": {"score_field", scoring{by: 1e-3}},
		"derivative of the score": {"score_pull", scoring{pull: 1e-4}},
		"divergence of the score": {"score_slope", scoring{div: 1e-4}},
		"derivative of the slope": {"score_slope_pull", scoring{slopePull: 1e-4}},
		"drift of another noise":  {"noising", scoring{drift: 1e-3}},
		"noise of another drift":  {"noising", scoring{noise: 1e-3}},
	} {
		flowFaults[name] = struct {
			subtest string
			wrap    func() core.Model
		}{fault.subtest, func() core.Model {
			m, _ := reference.Ornstein(1).NewModel(nil, three().space)
			f := fault.score
			f.normals = m.(normals)
			return &f
		}}
	}
}

type normals interface {
	core.Model
	core.ModelSloper
	core.ScoreSloper
	core.ScoreField
}

// scoring has a score that falls with the place in the batch, pull-backs that are
// another's, and a drift, a noise or a divergence that is too small.
type scoring struct {
	normals
	by, pull, drift, noise, div, slopePull float64
}

func (m *scoring) ScoreDivergence(s, div, x, t []float64) error {
	err := m.normals.ScoreDivergence(s, div, x, t)
	copy(div, times(1-m.div, div))
	return err
}

func (m *scoring) ScoreAlongPull(grad []float64, b *core.Batch, sbar, alongbar []float64) error {
	return m.normals.ScoreAlongPull(grad, b, sbar, times(1-m.slopePull, alongbar))
}

func (m *scoring) Score(s, x, t []float64) error {
	err := m.normals.Score(s, x, t)
	for j := range s {
		s[j] *= 1 - m.by*float64(j*len(t)/max(1, len(s)))
	}
	return err
}

func (m *scoring) ScorePull(grad []float64, b *core.Batch, sbar []float64) error {
	return m.normals.ScorePull(grad, b, times(1-m.pull, sbar))
}

func (m *scoring) Diffusion(drift, diffusion, t []float64) error {
	err := m.normals.Diffusion(drift, diffusion, t)
	copy(drift, times(1-m.drift, drift))
	return err
}

func (m *scoring) Noising(signal, noise, t []float64) error {
	err := m.normals.Noising(signal, noise, t)
	copy(noise, times(1-m.noise, noise))
	return err
}

package coretest

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
)

func init() {
	for name, fault := range map[string]struct {
		subtest string
		encoder encoding
	}{
		"bound of another sample": {"bound", encoding{by: 1e-3}},
		"derivative of the bound": {"bound", encoding{pull: 1e-4}},
		"deviation of no density": {"encode", encoding{deviation: 2}},
		"bound of twice p":        {"evidence", encoding{more: 0.7}},
	} {
		flowFaults[name] = struct {
			subtest string
			wrap    func() core.Model
		}{fault.subtest, func() core.Model {
			m, _ := reference.Factor().NewModel(nil, core.Space{Kind: core.Field, Shape: []int{1}})
			f := fault.encoder
			f.encoder = m.(encoder)
			return &f
		}}
	}
}

type encoder interface {
	core.Model
	core.Bounder
}

// encoding has a bound that grows with the place in the batch, or by as much everywhere, a
// pull-back that is another's, and deviations that are too small.
type encoding struct {
	encoder
	by, more, pull, deviation float64
}

func (m *encoding) Bound(dst, x, eps []float64) error {
	err := m.encoder.Bound(dst, x, eps)
	for i := range dst {
		dst[i] += m.more + m.by*float64(i)
	}
	return err
}

func (m *encoding) BoundPull(grad []float64, b *core.Batch, bar []float64) error {
	return m.encoder.BoundPull(grad, b, times(1-m.pull, bar))
}

func (m *encoding) Encode(mean, deviation, x []float64) error {
	err := m.encoder.Encode(mean, deviation, x)
	copy(deviation, times(1-m.deviation, deviation))
	return err
}

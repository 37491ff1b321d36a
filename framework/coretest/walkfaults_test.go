package coretest

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Faults of quantumFaults in chains and notices.

type stubborn struct{ *determinants }

func (m *stubborn) SetState(s core.State) error {
	if !s.Empty() {
		return nil
	}
	return m.determinants.SetState(s)
}

// accepting takes any state.
type accepting struct{ *determinants }

func (m accepting) SetState(s core.State) error {
	if m.determinants.SetState(s) != nil {
		m.chains = core.State{}
	}
	return nil
}

type standing struct{ *determinants }

func (m standing) Sample(dst *core.Batch, seed uint64, n int) error {
	if m.chains.Has(dst, n) {
		seed = 0
		state, _ := m.State()
		defer m.SetState(state)
	}
	err := m.determinants.Sample(dst, seed, n)
	clear(dst.Accept)
	return err
}

// adding begins chains that are missing, and keeps the others.
type adding struct{ *determinants }

func (m *adding) Sample(dst *core.Batch, seed uint64, n int) error {
	if m.chains.N > n {
		m.chains = m.chains.Cut(0, n)
		m.chains.Total = n
	}
	return m.determinants.Sample(dst, seed, n)
}

// seizing goes on with as many chains as it has, whichever are asked for.
type seizing struct{ *determinants }

func (m *seizing) Sample(dst *core.Batch, seed uint64, n int) error {
	if m.chains.N == n {
		m.chains.From, m.chains.Total = dst.From, dst.Total
	}
	return m.determinants.Sample(dst, seed, n)
}

// sharing adapts one step size to the mean acceptance of the chains that it has.
type sharing struct{ *determinants }

func (m *sharing) Sample(dst *core.Batch, seed uint64, n int) error {
	err := m.determinants.Sample(dst, seed, n)
	mean := 0.0
	for _, a := range dst.Accept {
		mean += a / float64(n)
	}
	m.chains.Whole[0] *= math.Exp(mean - 0.5)
	return err
}

// relative numbers its chains from the first that it has.
type relative struct{ *determinants }

func (m *relative) Sample(dst *core.Batch, seed uint64, n int) error {
	from := dst.From
	dst.From, m.chains.From = 0, m.chains.From-from
	err := m.determinants.Sample(dst, seed, n)
	dst.From, m.chains.From = from, from
	return err
}

type losing struct{ *determinants }

func (m losing) Load(theta []float64) error {
	m.chains = core.State{}
	return m.determinants.Load(theta)
}

type nagging struct{ *determinants }

func (m nagging) Notices() ([]core.Notice, error) {
	return []core.Notice{{Text: "always", Count: 1}}, nil
}

type mumbling struct{ *determinants }

func (m mumbling) Notices() ([]core.Notice, error) {
	notices, err := m.determinants.Notices()
	for i := range notices {
		notices[i].Text = ""
	}
	return notices, err
}

package coretest

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Faults of quantumFaults in chains and notices.

type stubborn struct{ *determinants }

func (m *stubborn) SetWalkers(state []float64) error {
	if len(state) > 0 {
		return nil
	}
	return m.determinants.SetWalkers(state)
}

type standing struct{ *determinants }

func (m standing) Sample(dst *core.Batch, seed uint64, n int) error {
	if len(m.chains.k) == 2*n {
		seed = 0
		state, _ := m.Walkers()
		defer m.SetWalkers(state)
	}
	err := m.determinants.Sample(dst, seed, n)
	clear(dst.Accept)
	return err
}

// adding begins chains that are missing, and keeps the others.
type adding struct{ *determinants }

func (m *adding) Sample(dst *core.Batch, seed uint64, n int) error {
	if have := len(m.chains.k) / 2; have > n {
		m.chains.k, m.chains.x = m.chains.k[:2*n], m.chains.x[:2*n]
	}
	return m.determinants.Sample(dst, seed, n)
}

type losing struct{ *determinants }

func (m losing) Load(theta []float64) error {
	m.chains = chains{}
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

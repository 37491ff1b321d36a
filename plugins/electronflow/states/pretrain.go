package states

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Pretraining minimises the free energy of the free gas, in units of the temperature,
//
//	F_0 = < sum_i eps_ki + ln p(K) >,
//
// by natural gradients x = (F + damping)^-1 g, F the Fisher matrix. Step t is
//
//	theta <- theta - min(1/(1 + t/slowdown), 1/sqrt(g.x)) x.
//
// The second bound keeps the Kullback-Leibler divergence between p before and after
// below 1/2, where the metric F still describes it; the first lets late steps be means
// over many batches. What takes longest are the states after a rare choice, which one
// batch in several meets: a bound as in arXiv:2201.03156, a divergence of 5e-4 in each
// of 5000 steps of 8192 samples, forbids to correct them when they are met. (With
// fewer samples than parameters the matrix of the samples is the small one, and a step
// takes a fortieth of the time.)
const (
	pretrainBatch = 1024
	damping       = 1e-3
	slowdown      = 30
)

func (m *Model) fit(theta []float64, seed uint64) error {
	if m.pretrain == 0 {
		return nil
	}
	p := len(theta)
	k, logP := make([]int32, pretrainBatch*m.n), make([]float64, pretrainBatch)
	scores, g, x := make([]float64, pretrainBatch*p), make([]float64, p), make([]float64, p)
	var solver fisher.Solver
	for step := range m.pretrain {
		m.Load(theta)
		if err := m.Sample(k, logP, core.Derive(seed, uint64(step)), 0); err != nil {
			return err
		}
		if err := m.Scores(scores, m.Parameters(), k); err != nil {
			return err
		}
		m.cotangents(logP, k)
		tensor.Gemm(true, false, p, 1, pretrainBatch, 1, scores, p, logP, 1, 0, g, 1)
		if _, err := solver.Solve(x, g, scores, pretrainBatch, damping); err != nil {
			return &core.Error{Kind: core.Numeric, Op: "pretrain", Subject: "states", Err: err}
		}
		norm := 0.0
		for i, v := range g {
			norm += v * x[i]
		}
		tensor.Axpy(-min(1/(1+float64(step)/slowdown), 1/math.Sqrt(norm)), x, theta)
	}
	return nil
}

// cotangents turns ln p into the weights of grad ln p in the gradient of F_0,
// (f - < f >)/(n-1) with f = sum_i eps_ki + ln p.
func (m *Model) cotangents(logP []float64, k []int32) {
	mean := 0.0
	for b := range logP {
		for _, orbital := range k[b*m.n:][:m.n] {
			logP[b] += m.energies[orbital]
		}
		mean += logP[b] / float64(len(logP))
	}
	for b := range logP {
		logP[b] = (logP[b] - mean) / float64(len(logP)-1)
	}
}

package host2plugin

import (
	"cmp"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// The powers of a model of a quantum state that are about a batch.
var (
	_ core.DensityMatrix = (*Model)(nil)
	_ core.NaturalPuller = (*Model)(nil)
)

func (m *Model) LogPsi(logPsi []complex128, logP []float64, b *core.Batch) error {
	const op = opLogPsi
	mustLen("LogPsi: logPsi", len(logPsi), b.N)
	mustLen("LogPsi: logP", len(logP), b.N)
	var psis, ps *wirepb.Array
	r, err := about(m, op, b, m.rpc.LogPsi, func(batch *wirepb.Batch) *wirepb.LogPsiRequest {
		psis, ps = m.out.want(2*b.N), m.out.want(b.N)
		return &wirepb.LogPsiRequest{Segment: m.out.state(), Theta: m.news(), Batch: batch, LogPsi: psis, LogP: ps}
	})
	if err != nil {
		return err
	}
	return cmp.Or(m.take(op, wire.Floats(logPsi), psis, r.LogPsi, "log_psi"), m.take(op, logP, ps, r.LogP, "log_p"))
}

func (m *Model) Laplacian(dst []complex128, b *core.Batch) error {
	const op = opLaplacian
	mustLen("Laplacian: dst", len(dst), b.N)
	var place *wirepb.Array
	r, err := about(m, op, b, m.rpc.Laplacian, func(batch *wirepb.Batch) *wirepb.LaplacianRequest {
		place = m.out.want(2 * b.N)
		return &wirepb.LaplacianRequest{Segment: m.out.state(), Theta: m.news(), Batch: batch, Lap: place}
	})
	if err != nil {
		return err
	}
	return m.take(op, wire.Floats(dst), place, r.Lap, "lap")
}

func (m *Model) StatePull(grad []float64, b *core.Batch, w []float64, v []complex128) error {
	const op = opStatePull
	mustLen("StatePull: grad", len(grad), m.spec.Parameters)
	mustLen("StatePull: w", len(w), b.N)
	mustLen("StatePull: v", len(v), b.N)
	var place *wirepb.Array
	r, err := about(m, op, b, m.rpc.StatePull, func(batch *wirepb.Batch) *wirepb.StatePullRequest {
		ws, vs := m.out.send(w), m.out.send(wire.Floats(v))
		place = m.out.want(len(grad))
		return &wirepb.StatePullRequest{Segment: m.out.state(), Theta: m.news(), Batch: batch, W: ws, V: vs, Grad: place}
	})
	if err != nil {
		return err
	}
	return m.take(op, grad, place, r.Grad, "grad")
}

func (m *Model) NaturalPull(grad, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	const op = opNaturalPull
	mustLen("NaturalPull: grad", len(grad), m.spec.Parameters)
	mustLen("NaturalPull: step", len(step), m.spec.Parameters)
	mustLen("NaturalPull: w", len(w), b.N)
	if v != nil {
		mustLen("NaturalPull: v", len(v), b.N)
	}
	var grads, steps *wirepb.Array
	r, err := about(m, op, b, m.rpc.NaturalPull, func(batch *wirepb.Batch) *wirepb.NaturalPullRequest {
		request := &wirepb.NaturalPullRequest{Batch: batch, W: m.out.send(w), Damping: damping}
		if v != nil {
			request.V = m.out.send(wire.Floats(v))
		}
		grads, steps = m.out.want(len(grad)), m.out.want(len(step))
		request.Grad, request.Step = grads, steps
		request.Segment, request.Theta = m.out.state(), m.news()
		return request
	})
	if err != nil {
		return err
	}
	return cmp.Or(m.take(op, grad, grads, r.Grad, "grad"), m.take(op, step, steps, r.Step, "step"))
}

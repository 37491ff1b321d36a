package host2plugin

import (
	"cmp"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// The powers of a model whose samples are a smooth function of their noise.
var (
	_ core.Model       = (*Model)(nil)
	_ core.PathPuller  = (*Model)(nil)
	_ core.ModelSloper = (*Model)(nil)
	_ core.Mapper      = (*Model)(nil)
)

// PathPull sends the name of the batch alone: its noise never left the plugin.
func (m *Model) PathPull(grad []float64, b *core.Batch, xbar, lbar []float64) error {
	const op = opPathPull
	mustLen("PathPull: grad", len(grad), m.spec.Parameters)
	mustLen("PathPull: lbar", len(lbar), b.N)
	mustLen("PathPull: xbar", len(xbar), b.N*m.spec.Space.Size())
	if !m.drew(b) {
		return lostNoise(m.link.Subject)
	}
	m.out.begin()
	xbars, lbars, place := m.out.send(xbar), m.out.send(lbar), m.out.want(len(grad))
	segment, err := m.out.seal()
	if err != nil {
		return m.link.internal(op, err)
	}
	r, err := ask(m, op, m.rpc.PathPull, &wirepb.PathPullRequest{
		Segment: segment, Theta: m.news(), N: uint64(b.N), BatchId: b.ID, Xbar: xbars, Lbar: lbars, Grad: place})
	if err != nil {
		return err
	}
	return m.take(op, grad, place, r.Grad, "grad")
}

func (m *Model) Slope(slope, logP, x []float64) error {
	const op = opSlope
	m.mustFit("Slope", len(logP), slope, x)
	m.out.begin()
	from, to, each := m.out.send(x), m.out.want(len(slope)), m.out.want(len(logP))
	segment, err := m.out.seal()
	if err != nil {
		return m.link.internal(op, err)
	}
	r, err := ask(m, op, m.rpc.Slope, &wirepb.ModelSlopeRequest{
		Segment: segment, Theta: m.news(), N: uint64(len(logP)), X: from, Slope: to, LogP: each})
	if err != nil {
		return err
	}
	err = cmp.Or(take(&m.out, logP, each, r.LogP, "log_p"), takeSlope(&m.out, slope, to, r.Slope, "slope", logP))
	return m.link.broken(op, err)
}

func (m *Model) Map(x, lnDet, z []float64) error {
	const op = opMap
	m.mustFit("Map", len(lnDet), x, z)
	m.out.begin()
	from, to, each := m.out.send(z), m.out.want(len(x)), m.out.want(len(lnDet))
	segment, err := m.out.seal()
	if err != nil {
		return m.link.internal(op, err)
	}
	r, err := ask(m, op, m.rpc.Map, &wirepb.MapRequest{
		Segment: segment, Theta: m.news(), N: uint64(len(lnDet)), Z: from, X: to, LogDet: each})
	if err != nil {
		return err
	}
	return cmp.Or(m.take(op, x, to, r.X, "x"), m.take(op, lnDet, each, r.LogDet, "log_det"))
}

func (m *Model) Inverse(z, lnDet, x []float64) error {
	const op = opInverse
	m.mustFit("Inverse", len(lnDet), z, x)
	m.out.begin()
	from, to, each := m.out.send(x), m.out.want(len(z)), m.out.want(len(lnDet))
	segment, err := m.out.seal()
	if err != nil {
		return m.link.internal(op, err)
	}
	r, err := ask(m, op, m.rpc.Inverse, &wirepb.InverseRequest{
		Segment: segment, Theta: m.news(), N: uint64(len(lnDet)), X: from, Z: to, LogDet: each})
	if err != nil {
		return err
	}
	return cmp.Or(m.take(op, z, to, r.Z, "z"), m.take(op, lnDet, each, r.LogDet, "log_det"))
}

func (m *Model) MapPull(zbar, z, xbar, lbar []float64) error {
	const op = opMapPull
	m.mustFit("MapPull", len(lbar), zbar, z, xbar)
	m.out.begin()
	zs, xbars, lbars, place := m.out.send(z), m.out.send(xbar), m.out.send(lbar), m.out.want(len(zbar))
	segment, err := m.out.seal()
	if err != nil {
		return m.link.internal(op, err)
	}
	r, err := ask(m, op, m.rpc.MapPull, &wirepb.MapPullRequest{
		Segment: segment, Theta: m.news(), N: uint64(len(lbar)), Z: zs, Xbar: xbars, Lbar: lbars, Zbar: place})
	if err != nil {
		return err
	}
	return m.take(op, zbar, place, r.Zbar, "zbar")
}

// mustFit panics unless every array holds n configurations.
func (m *Model) mustFit(op string, n int, arrays ...[]float64) {
	for _, a := range arrays {
		mustLen(op+": an array of configurations", len(a), n*m.spec.Space.Size())
	}
}

package host2plugin

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Energy is a core.Energy in another process. It has every optional method;
// those whose power the Spec does not declare fail with Unsupported.
type Energy struct {
	link Link
	rpc  wirepb.EnergyClient
	spec core.EnergySpec
	out  outbox
}

var (
	_ core.Energy       = (*Energy)(nil)
	_ core.Exacter      = (*Energy)(nil)
	_ core.EnergySloper = (*Energy)(nil)
)

// OpenEnergy binds the plugin's energy. It takes complete settings.
func OpenEnergy(l Link, name string, s core.Settings) (*Energy, error) {
	const op = "open energy"
	e := &Energy{link: l, rpc: wirepb.NewEnergyClient(l.Conn)}
	request, err := openRequest(&l, op, name, s)
	if err != nil {
		return nil, err
	}
	r, err := call(&e.link, op, e.rpc.Open, request)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(r.SpecJson, &e.spec); err != nil {
		return nil, l.broken(op, fmt.Errorf("its spec is not the JSON that was expected: %w", err))
	}
	if err := wire.CheckEnergySpec(e.spec); err != nil {
		return nil, l.broken(op, fmt.Errorf("in its spec, %w", err))
	}
	if r.Shared {
		e.out.segment = l.Segment
	}
	return e, nil
}

// Shared tells whether arrays go through shared memory.
func (e *Energy) Shared() bool { return e.out.segment != nil }

func (e *Energy) Spec() core.EnergySpec { return e.spec }

func (e *Energy) Eval(dst []float64, b *core.Batch) error {
	const op = "evaluate"
	mustLen("Eval: dst", len(dst), b.N)
	mustLen("Eval: x", len(b.X), b.N*e.spec.Space.Size())
	e.out.begin()
	x, place := e.out.send(b.X), e.out.want(b.N)
	segment, err := e.out.seal()
	if err != nil {
		return e.link.internal(op, err)
	}
	r, err := call(&e.link, op, e.rpc.Eval, &wirepb.EvalRequest{Segment: segment, N: uint64(b.N), X: x, Energy: place})
	if err != nil {
		return err
	}
	return e.take(op, dst, place, r.Energy, "energy")
}

// Slope brings E and dE/dx in one call.
func (e *Energy) Slope(slope, energy []float64, b *core.Batch) error {
	mustLen("Slope: e", len(energy), b.N)
	mustLen("Slope: x", len(b.X), b.N*e.spec.Space.Size())
	mustLen("Slope: slope", len(slope), len(b.X))
	e.out.begin()
	x, slopes, energies := e.out.send(b.X), e.out.want(len(slope)), e.out.want(b.N)
	segment, err := e.out.seal()
	if err != nil {
		return e.link.internal(opSlope, err)
	}
	r, err := call(&e.link, opSlope, e.rpc.Slope, &wirepb.EnergySlopeRequest{
		Segment: segment, N: uint64(b.N), X: x, Slope: slopes, Energy: energies})
	if err != nil {
		return err
	}
	err = cmp.Or(take(&e.out, energy, energies, r.Energy, "energy"), takeSlope(&e.out, slope, slopes, r.Slope, "slope", energy))
	return e.link.broken(opSlope, err)
}

func (e *Energy) take(op string, dst []float64, asked, got *wirepb.Array, what string) error {
	return e.link.broken(op, take(&e.out, dst, asked, got, what))
}

func (e *Energy) Exact(beta float64) (core.Exact, error) {
	var exact core.Exact
	r, err := call(&e.link, opExact, e.rpc.Exact, &wirepb.ExactRequest{Beta: beta})
	if err != nil {
		return exact, err
	}
	exact, err = wire.DecodeExact(r.ExactJson)
	return exact, e.link.broken(opExact, err)
}

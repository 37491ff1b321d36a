package host2plugin

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// The powers whose answers are of a length that the plugin alone knows: they
// travel inside the messages.
var (
	_ core.StateLister = (*Model)(nil)
	_ core.Walker      = (*Model)(nil)
	_ core.Noticer     = (*Model)(nil)
)

func (m *Model) StateLogP() ([]float64, error) {
	const op = opStateLogP
	r, err := ask(m, op, m.rpc.StateLogP, &wirepb.StateLogPRequest{Segment: m.out.state(), Theta: m.news()})
	if err != nil {
		return nil, err
	}
	return m.unpack(op, r.LogP, "log_p")
}

func (m *Model) Walkers() ([]float64, error) {
	const op = opWalkers
	r, err := ask(m, op, m.rpc.Walkers, &wirepb.WalkersRequest{Segment: m.out.state(), Theta: m.news()})
	if err != nil {
		return nil, err
	}
	return m.unpack(op, r.State, "state")
}

func (m *Model) SetWalkers(state []float64) error {
	_, err := ask(m, opSetWalkers, m.rpc.SetWalkers,
		&wirepb.SetWalkersRequest{Segment: m.out.state(), Theta: m.news(), State: inside(state)})
	return err
}

func (m *Model) Notices() ([]core.Notice, error) {
	const op = opNotices
	r, err := ask(m, op, m.rpc.Notices, &wirepb.NoticesRequest{Segment: m.out.state(), Theta: m.news()})
	if err != nil {
		return nil, err
	}
	notices, err := wire.DecodeNotices(r.NoticesJson)
	return notices, m.link.broken(op, err)
}

// unpack is the inverse of inside.
func (m *Model) unpack(op string, a *wirepb.Array, what string) ([]float64, error) {
	v := wire.Decode[float64](nil, a.GetData())
	if a.GetLength() != uint64(len(v)) || len(a.GetData())%8 != 0 {
		return nil, m.link.broken(op, fmt.Errorf("%s has %d bytes for %d numbers", what, len(a.GetData()), a.GetLength()))
	}
	return v, nil
}

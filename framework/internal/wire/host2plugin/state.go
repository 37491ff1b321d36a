package host2plugin

import (
	"errors"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// What a part remembers crosses inside the messages: the host cannot make room for it,
// because it does not know how much it is.

func packState(s core.State) *wirepb.Remembered {
	return &wirepb.Remembered{From: uint64(s.From), N: uint64(s.N), Total: uint64(s.Total),
		Rows: inline("rows", s.Rows), Whole: inline("whole", s.Whole)}
}

func unpackState(r *wirepb.Remembered) (s core.State, err error) {
	if r == nil {
		return s, errors.New("the state that was expected is not there: the other side was built when a state had no rows")
	}
	if s.Rows, err = unpack[float64](nil, r.Rows, "rows"); err != nil {
		return core.State{}, err
	}
	if s.Whole, err = unpack[float64](nil, r.Whole, "whole"); err != nil {
		return core.State{}, err
	}
	const most = 1 << 40
	if r.From > most || r.N > most || r.Total > most {
		return core.State{}, fmt.Errorf("rows %d from %d on, of %d, are too many", r.N, r.From, r.Total)
	}
	s.From, s.N, s.Total = int(r.From), int(r.N), int(r.Total)
	if s.N == 0 && len(s.Rows) > 0 || s.N > 0 && len(s.Rows)%s.N != 0 {
		return core.State{}, fmt.Errorf("%d numbers are not %d rows of equal length", len(s.Rows), s.N)
	}
	return s, nil
}

//go:build !cgo || !unix

package mpi

import (
	"errors"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// thread is never made.
type thread struct{}

func (*thread) abort(int) {}
func (*thread) leave(int) {}

func join(l *ranks.Launched, _ []string) (*World, error) {
	return nil, &core.Error{Kind: core.Unsupported, Op: "join the ranks of " + l.By, Subject: l.Says,
		Err: errors.New("this program was built without cgo and cannot load a library of MPI"), Hint: "build with CGO_ENABLED=1; " + Variable + "=off makes each process a run of its own"}
}

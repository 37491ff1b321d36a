//go:build !cgo || !unix

package mpi

import (
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestSaysThatCgoIsMissing(t *testing.T) {
	launched(t, "2", "0")
	_, err := Join()
	if core.KindOf(err) != core.Unsupported || !strings.Contains(err.Error(), "PMI_SIZE=2: this program was built without cgo") || !strings.Contains(err.Error(), "HELMHOLTZ_MPI=off") {
		t.Error(err)
	}
}

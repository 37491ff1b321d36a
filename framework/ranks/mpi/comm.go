//go:build cgo && unix

package mpi

// #cgo CFLAGS: -Wall
// #cgo linux LDFLAGS: -ldl
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// comm is a communicator of MPI.
type comm struct {
	thread     *thread
	handle     C.uintptr_t
	rank, size int
	counts     []C.int // bytes of each rank in a gather, and where they start
	starts     []C.int
}

// newComm asks MPI for the place of this rank. It runs on the thread.
func newComm(t *thread, handle C.uintptr_t) (*comm, error) {
	var rank, size C.int
	c := &comm{thread: t, handle: handle}
	if err := t.check("MPI_Comm_set_errhandler", C.hh_mpi_comm_set_errhandler(handle)); err != nil {
		return nil, err
	}
	if err := t.check("MPI_Comm_rank", C.hh_mpi_comm_rank(handle, &rank)); err != nil {
		return nil, err
	}
	if err := t.check("MPI_Comm_size", C.hh_mpi_comm_size(handle, &size)); err != nil {
		return nil, err
	}
	c.rank, c.size = int(rank), int(size)
	c.counts, c.starts = make([]C.int, c.size), make([]C.int, c.size)
	return c, nil
}

// Rank implements ranks.Comm.
func (c *comm) Rank() int { return c.rank }

// Size implements ranks.Comm.
func (c *comm) Size() int { return c.size }

// wide is the size of a number in bytes. Numbers travel as bytes, so that no library
// looks into them.
const wide = 8

// Gather implements ranks.Comm.
func (c *comm) Gather(all, mine []float64, counts []int) error {
	total := 0
	for _, n := range counts {
		total += n
	}
	if len(counts) != c.size || len(mine) != counts[c.rank] || len(all) != total {
		panic(fmt.Sprintf("mpi: rank %d of %d gathers %d numbers into %d, with counts %v", c.rank, c.size, len(mine), len(all), counts))
	}
	return c.thread.do(func() error {
		if total > c.thread.piece {
			return c.gatherInPieces(all, mine, counts)
		}
		at := 0
		for i, n := range counts {
			c.counts[i], c.starts[i] = C.int(wide*n), C.int(wide*at)
			at += n
		}
		return c.thread.check("MPI_Allgatherv", C.hh_mpi_allgatherv(c.handle, first(mine), C.int(wide*len(mine)), first(all),
			unsafe.SliceData(c.counts), unsafe.SliceData(c.starts)))
	})
}

// gatherInPieces is Gather where the bytes of all are too many for the int by which
// MPI counts them: each rank in turn broadcasts what it has.
func (c *comm) gatherInPieces(all, mine []float64, counts []int) error {
	for root, n := range counts {
		if root == c.rank {
			copy(all[:n], mine)
		}
		if err := c.broadcast(all[:n], root); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// Broadcast implements ranks.Comm.
func (c *comm) Broadcast(v []float64, root int) error {
	return c.thread.do(func() error { return c.broadcast(v, root) })
}

func (c *comm) broadcast(v []float64, root int) error {
	for {
		n := min(len(v), c.thread.piece)
		if err := c.thread.check("MPI_Bcast", C.hh_mpi_bcast(c.handle, first(v), C.int(wide*n), C.int(root))); err != nil {
			return err
		}
		if v = v[n:]; len(v) == 0 {
			return nil
		}
	}
}

// Barrier implements ranks.Comm.
func (c *comm) Barrier() error {
	return c.thread.do(func() error { return c.thread.check("MPI_Barrier", C.hh_mpi_barrier(c.handle)) })
}

// Split implements ranks.Comm. The part lives until the end of the job.
func (c *comm) Split(group, key int) (part ranks.Comm, err error) {
	if group < 0 {
		panic("mpi: a group is 0 or more")
	}
	err = c.thread.do(func() error {
		var handle C.uintptr_t
		if err := c.thread.check("MPI_Comm_split", C.hh_mpi_comm_split(c.handle, C.int(group), C.int(key), &handle)); err != nil {
			return err
		}
		part, err = newComm(c.thread, handle)
		return err
	})
	return part, err
}

func first(v []float64) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(v)) }

//go:build cgo && unix

package mpi

// #cgo CFLAGS: -Wall
// #cgo linux LDFLAGS: -ldl
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// comm is a communicator of MPI.
type comm struct {
	thread     *thread
	handle     C.uintptr_t
	rank, size int
	near       bool    // all ranks are on one machine, and no memory is registered
	counts     []C.int // bytes of each rank in a gather, and where they start
	starts     []C.int
	given      []C.int // bytes for each rank when rows are cut into columns, and where they start
	from       []C.int
}

// newComm asks MPI for the place of this rank. All ranks of the communicator make it together,
// on their threads.
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
	c.given, c.from = make([]C.int, c.size), make([]C.int, c.size)
	return c, c.look()
}

// look finds out whether all ranks are near.
func (c *comm) look() error {
	id := machine()
	all := make([]float64, len(id)*c.size)
	if err := c.gather(all, id[:], slices.Repeat([]int{len(id)}, c.size)); err != nil {
		return err
	}
	c.near = near(all)
	return nil
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
	return c.thread.do(func() error { return c.gather(all, mine, counts) })
}

func (c *comm) gather(all, mine []float64, counts []int) error {
	switch {
	case !c.near:
		return c.gatherInRounds(all, mine, counts)
	case len(all) > c.thread.most:
		return c.gatherInTurns(all, mine, counts)
	}
	at := 0
	for i, n := range counts {
		at += c.place(i, n, at)
	}
	return c.allgatherv(mine, all)
}

// gatherInTurns has too many numbers for one call: each rank broadcasts what it has.
func (c *comm) gatherInTurns(all, mine []float64, counts []int) error {
	for root, n := range counts {
		if root == c.rank {
			copy(all, mine)
		}
		if err := c.broadcast(all[:n], root); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// gatherInRounds goes through the room: in each round every rank sends as much as its part
// of it holds.
func (c *comm) gatherInRounds(all, mine []float64, counts []int) error {
	part := c.thread.part(c.size)
	for from, more := 0, true; more; from += part {
		at := 0
		more = false
		for i, n := range counts {
			at += c.place(i, min(max(n-from, 0), part), at)
			more = more || n > from+part
		}
		received := c.thread.room[part:]
		sent := copy(c.thread.room[:part], mine[min(from, len(mine)):])
		if err := c.allgatherv(c.thread.room[:sent], received); err != nil {
			return err
		}
		begin := 0
		for i, n := range counts {
			start, end := c.starts[i]/wide, (c.starts[i]+c.counts[i])/wide
			copy(all[min(begin+from, len(all)):], received[start:end])
			begin += n
		}
	}
	return nil
}

// place says that n numbers of rank i stand behind at others. It returns n.
func (c *comm) place(i, n, at int) int {
	c.counts[i], c.starts[i] = C.int(wide*n), C.int(wide*at)
	return n
}

func (c *comm) allgatherv(mine, all []float64) error {
	return c.thread.check("MPI_Allgatherv", C.hh_mpi_allgatherv(c.handle, first(mine), C.int(wide*len(mine)), first(all),
		unsafe.SliceData(c.counts), unsafe.SliceData(c.starts)))
}

// Broadcast implements ranks.Comm.
func (c *comm) Broadcast(v []float64, root int) error {
	return c.thread.do(func() error { return c.broadcast(v, root) })
}

func (c *comm) broadcast(v []float64, root int) error {
	for {
		piece := v[:min(len(v), c.thread.most)]
		if !c.near {
			piece = c.thread.room[:min(len(v), len(c.thread.room))]
			if root == c.rank {
				copy(piece, v)
			}
		}
		if err := c.thread.check("MPI_Bcast", C.hh_mpi_bcast(c.handle, first(piece), C.int(wide*len(piece)), C.int(root))); err != nil {
			return err
		}
		if !c.near && root != c.rank {
			copy(v, piece)
		}
		if v = v[len(piece):]; len(v) == 0 {
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

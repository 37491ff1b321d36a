//go:build cgo && unix

package mpi

// #include "shim.h"
import "C"

import (
	"fmt"
	"slices"
	"unsafe"
)

// Columns implements ranks.Comm.
func (c *comm) Columns(all, mine []float64, rows, columns []int) error {
	height, width := 0, 0
	for rank := range rows {
		height, width = height+rows[rank], width+columns[rank]
	}
	if len(rows) != c.size || len(columns) != c.size || len(mine) != rows[c.rank]*width || len(all) != height*columns[c.rank] {
		panic(fmt.Sprintf("mpi: rank %d of %d cuts %d numbers into columns, and has room for %d, with rows %v and columns %v", c.rank, c.size, len(mine), len(all), rows, columns))
	}
	return c.thread.do(func() error { return c.columns(all, mine, rows, columns, height, width) })
}

func (c *comm) columns(all, mine []float64, rows, columns []int, height, width int) error {
	// One row is its columns, one after the other, as they are sent.
	if most := slices.Max(rows); c.near && most <= 1 && max(width, height*slices.Max(columns)) <= c.thread.most {
		return c.cut(all, mine, rows, columns)
	}
	return c.columnsInRounds(all, mine, rows, columns, height)
}

// cut sends all columns at once. No rank has more than one row.
func (c *comm) cut(all, mine []float64, rows, columns []int) error {
	sent, received := 0, 0
	for i := range rows {
		sent += c.sends(i, rows[c.rank]*columns[i], sent)
		received += c.place(i, rows[i]*columns[c.rank], received)
	}
	return c.alltoallv(mine, all)
}

// columnsInRounds goes through the room: in each round every rank sends the same number of its columns, at
// most, of all its rows to each.
func (c *comm) columnsInRounds(all, mine []float64, rows, columns []int, height int) error {
	most := slices.Max(rows) // of a rank: what it sends is most rows for each rank, what it gets height rows
	part := c.thread.columns(c.size*most + height)
	room, outside := c.thread.room, 0
	for _, n := range columns {
		outside += n
	}
	for from := 0; from < max(slices.Max(columns), 1); from += part {
		// of rank i's columns in this round
		here := func(i int) int { return min(max(columns[i]-from, 0), part) }
		sent, begin := 0, 0
		for i := range columns {
			n, start := here(i), sent
			for row := range rows[c.rank] {
				sent += copy(room[sent:sent+n], mine[row*outside+begin+min(from, columns[i]):])
			}
			c.sends(i, sent-start, start)
			begin += columns[i]
		}
		received, n := 0, here(c.rank)
		for i := range rows {
			received += c.place(i, rows[i]*n, received)
		}
		got := room[sent : sent+received]
		if err := c.alltoallv(room[:sent], got); err != nil {
			return err
		}
		for row := range height {
			copy(all[row*columns[c.rank]+min(from, columns[c.rank]):], got[row*n:(row+1)*n])
		}
	}
	return nil
}

// sends says that n numbers for rank i stand behind at others. It returns n.
func (c *comm) sends(i, n, at int) int {
	c.given[i], c.from[i] = C.int(wide*n), C.int(wide*at)
	return n
}

func (c *comm) alltoallv(mine, all []float64) error {
	return c.thread.check("MPI_Alltoallv", C.hh_mpi_alltoallv(c.handle, first(mine), unsafe.SliceData(c.given), unsafe.SliceData(c.from),
		first(all), unsafe.SliceData(c.counts), unsafe.SliceData(c.starts)))
}

// columns is how many columns of so many numbers have room.
func (t *thread) columns(numbers int) int {
	if len(t.room) < numbers {
		t.makeRoom(2 * numbers) // the old one may be known to the network
	}
	return max(len(t.room)/max(numbers, 1), 1)
}

//go:build cgo && unix

package mpi

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// thread is the thread of the operating system that has called MPI_Init, and makes
// all other calls of MPI.
type thread struct {
	calls   chan func()
	room    []float64 // memory of C, through which numbers go that are not near
	most    int       // the most numbers that one call takes where they are
	library string
	place   string // rank 1 of 4
	failed  error  // of a call; MPI promises nothing for those after it
}

// sizeOfRoom is how many numbers go through the room in one call, at most. A library registers
// memory with an adapter of the network, and remembers that it did; by hooks in the C library it sees what a
// program gives back to the system. Go gives back without that library, and then the network would read
// and write pages that are no longer those of the program. So it never sees Go's memory. On one machine without such
// an adapter nothing is registered, and nothing copied. A megabyte stays in the cache: with an eighth of it, and with
// 32, a Gather of 1e6 numbers took a fifth to two fifths longer.
const sizeOfRoom = 1 << 17

// mostOfInt is far below the 2^31 - 1 bytes that MPI counts by an int, and so many numbers that the
// start of a call does not matter.
const mostOfInt = 1 << 27

func newThread() *thread {
	t := &thread{calls: make(chan func()), most: mostOfInt}
	t.makeRoom(sizeOfRoom)
	go func() {
		runtime.LockOSThread() // for ever: its end might take MPI with it
		for f := range t.calls {
			f()
		}
	}()
	return t
}

func (t *thread) makeRoom(numbers int) {
	t.room = unsafe.Slice((*float64)(C.calloc(C.size_t(numbers), wide)), numbers)
}

// part is how many numbers of each of so many ranks, and of this one to send, have room.
func (t *thread) part(ranks int) int {
	if len(t.room) <= ranks {
		t.makeRoom(2 * (ranks + 1)) // the old one may be known to the network
	}
	return len(t.room) / (ranks + 1)
}

// do runs f on the thread, unless a call before has failed.
func (t *thread) do(f func() error) (err error) {
	done := make(chan struct{})
	t.calls <- func() {
		defer close(done)
		if t.failed == nil {
			t.failed = f()
		}
		err = t.failed
	}
	<-done
	return err
}

// check is the error of a call of MPI, if its code is one. It runs on the thread.
func (t *thread) check(call string, code C.int) error {
	if code == 0 {
		return nil
	}
	text := (*C.char)(C.calloc(1, C.HH_MPI_TEXT))
	defer C.free(unsafe.Pointer(text))
	C.hh_mpi_error_string(code, text)
	cause := strings.Join(strings.Fields(C.GoString(text)), " ")
	if cause == "" {
		cause = fmt.Sprintf("error %d", int(code))
	}
	return &core.Error{Kind: core.Internal, Op: call, Subject: t.place, Err: errors.New(cause), Hint: "said by " + t.library}
}

// abort ends the job if the thread is free to, soon.
func (t *thread) abort(code int) {
	select {
	case t.calls <- func() { C.hh_mpi_abort(C.hh_mpi_world(), C.int(code)) }:
		select {} // the process ends
	case <-time.After(patience / 2):
	}
}

// leave ends MPI, runs the exit handlers of C, and ends the process.
func (t *thread) leave(code int) {
	t.calls <- func() {
		if failed := C.hh_mpi_finalize(); failed != 0 { // MPI can no longer say in words what it is
			fmt.Fprintf(os.Stderr, "helmholtz: MPI_Finalize: %s: error %d (said by %s)\n", t.place, int(failed), t.library)
		}
		C.exit(C.int(code))
	}
	select {}
}

var started atomic.Bool

// join loads the first library that can be, starts MPI and looks whether the ranks are
// those of the launcher.
func join(l *ranks.Launched, names []string) (w *World, err error) {
	if started.Swap(true) {
		panic("mpi: Join a second time: MPI starts once in a process")
	}
	t := newThread()
	err = t.do(func() error {
		C.hh_mpi_keep_signals()
		name, all := load(names)
		if name == "" {
			C.hh_mpi_restore_signals()
			return notLoaded(l, all)
		}
		t.library = version(name)
		t.place = fmt.Sprintf("rank %d", l.Rank)
		code := C.hh_mpi_init()
		C.hh_mpi_restore_signals()
		if err := t.check("MPI_Init_thread", code); err != nil {
			return err
		}
		world, err := newComm(t, C.hh_mpi_world())
		if err != nil {
			return err
		}
		if err := belongs(l, t.library, world.rank, world.size); err != nil {
			C.hh_mpi_finalize()
			return err
		}
		t.place = fmt.Sprintf("rank %d of %d", world.rank, world.size)
		w = &World{Comm: world, library: t.library, thread: t}
		return nil
	})
	return w, err
}

// load is the name of the library that was loaded, or why none was.
func load(names []string) (string, []tried) {
	var all []tried
	for _, name := range names {
		cname := C.CString(name)
		why := C.hh_mpi_load(cname)
		C.free(unsafe.Pointer(cname))
		if why == nil {
			return name, nil
		}
		all = append(all, tried{name, C.GoString(why)})
	}
	return "", all
}

// version may be asked for before MPI starts.
func version(name string) string {
	text := (*C.char)(C.calloc(1, C.HH_MPI_TEXT))
	defer C.free(unsafe.Pointer(text))
	C.hh_mpi_library_version(text)
	return fmt.Sprintf("%s (%s)", line(C.GoString(text)), name)
}

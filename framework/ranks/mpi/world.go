package mpi

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// World is all ranks of the job. There is one in a process.
type World struct {
	ranks.Comm
	library string
	thread  *thread // nil where one process is all
}

// patience is how long Abort waits for MPI, which needs a second to end hundreds of
// ranks.
const patience = 2 * time.Second

// patienceOfStart is how long Join waits before it says for what. Thousands of ranks take
// seconds to start; but where the variables are those of another job, nobody comes.
var patienceOfStart = 20 * time.Second

// Join takes this process's place among those that a launcher started. It returns
// nil where there was no launcher, or where HELMHOLTZ_MPI is "off". A launcher of one
// process needs no MPI: none is loaded, as Library says.
//
// Join may be called once, and not while another goroutine is in os/signal: it gives
// the signals back to Go's runtime that libraries take. All else that a library may do to
// a process, as to fork a helper or to fix the memory of buffers, is not undone.
func Join() (*World, error) {
	named := os.Getenv(Variable)
	if named == off {
		return nil, nil
	}
	l, err := ranks.Launch(os.Getenv)
	if l == nil || err != nil {
		return nil, err
	}
	if l.Size == 1 {
		return &World{Comm: ranks.Alone{}, library: fmt.Sprintf("none: %s of %s is one process", l.Says, l.By)}, nil
	}
	waiting := time.AfterFunc(patienceOfStart, func() {
		fmt.Fprintf(os.Stderr, "helmholtz: rank %d waits for MPI to start, because of %s (%s=off: do not)\n", l.Rank, l.Says, Variable)
	})
	defer waiting.Stop()
	return join(l, candidates(l, named))
}

// tried is a library that could not be loaded, and why.
type tried struct{ name, why string }

// notLoaded is the error of a job without a library.
func notLoaded(l *ranks.Launched, all []tried) error {
	var whys []string
	for _, t := range all {
		whys = append(whys, t.name+": "+strings.TrimPrefix(t.why, t.name+": "))
	}
	return &core.Error{Kind: core.Invalid, Op: "join the ranks of " + l.By, Subject: l.Says,
		Err:  errors.New("no library of MPI could be loaded: " + strings.Join(whys, "; ")),
		Hint: "load the module of the MPI whose launcher this is, or name its libmpi.so by " + Variable + "; " + Variable + "=off makes each process a run of its own"}
}

// belongs compares what the launcher said with what MPI says. A library that does not
// understand its launcher takes each process for a job of its own.
func belongs(l *ranks.Launched, library string, rank, size int) error {
	if (l.Size == 0 || l.Size == size) && (size > 1 || l.Rank == 0) && rank < size {
		return nil
	}
	return &core.Error{Kind: core.Mismatch, Op: "join the ranks of " + l.By, Subject: l.Says,
		Err:  fmt.Errorf("%s says rank %d of %d: it is not the library of this launcher", library, rank, size),
		Hint: "name the libmpi.so of the launcher by " + Variable + ", or take the mpirun of this library, under Slurm srun --mpi=pmix or --mpi=pmi2; " + Variable + "=off makes each process a run of its own"}
}

// Library is the first line of what the library says of its version, and its name.
func (w *World) Library() string { return w.library }

// Abort ends all ranks, with the exit code of this process, which is not 0. It may be
// called at any time from any goroutine, also while another waits for ranks that will
// not come. It does not return.
func (w *World) Abort(code int) {
	if code == 0 {
		panic("mpi: a job that is aborted has an exit code other than 0")
	}
	// A launcher ends the job also when a process ends like this.
	time.AfterFunc(patience, func() { os.Exit(code) })
	if w.thread != nil {
		w.thread.abort(code)
	}
	os.Exit(code)
}

// Leave ends MPI and this process with an exit code, when all ranks have called it. It
// does not return. A launcher ends the others as soon as one process ends with a code other
// than 0, so whatever is to be written has to be written before; and nothing may be computed
// in the background any more, because the exit handlers of C run: in one of them MPICH, from
// 4.1 on, tells its mpirun that the rank has not just died, and os.Exit does not run them. A rank
// whose call has failed does not wait for the others: it aborts.
func (w *World) Leave(code int) {
	if w.thread != nil {
		if err := w.Barrier(); err != nil {
			fmt.Fprintln(os.Stderr, "helmholtz:", err)
			w.Abort(max(code, 1))
		}
		w.thread.leave(code)
	}
	os.Exit(code)
}

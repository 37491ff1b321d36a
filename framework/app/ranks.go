package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/ranks/mpi"
	"github.com/spf13/cobra"
)

// Several processes that a launcher, mpirun or srun, has started make one command together: `run`, `evaluate` or
// `coverage`. Each reads the run file and opens plugins of its own; rank 0 has the run folder and speaks
// to the user. What may go wrong on one of them alone is agreed on before the next step, so
// that all end with one message and one exit code.

// joinRanks takes this process's place in a parallel job, where the command is one that
// several make together; nil where it is alone. It comes before signals are listened to.
func joinRanks(args []string) (*mpi.World, error) {
	if len(args) < 2 || !slices.Contains(lasting, args[1]) {
		return nil, nil
	}
	return mpi.Join()
}

// ranksKey is that of the communicator in the context of a command.
type ranksKey struct{}

func withRanks(ctx context.Context, c ranks.Comm) context.Context {
	return context.WithValue(ctx, ranksKey{}, c)
}

// ranksOf are the ranks that make a command together.
func ranksOf(ctx context.Context) ranks.Comm {
	if c, ok := ctx.Value(ranksKey{}).(ranks.Comm); ok {
		return c
	}
	return ranks.Alone{}
}

// job is the ranks that make a command together, of which the first speaks to the user.
type job struct {
	ranks          ranks.Comm
	stdout, stderr io.Writer // to whom this rank would speak
}

// take takes the place among the ranks that the context of the command has, and keeps all but the first from speaking.
func (j *job) take(cmd *cobra.Command) {
	j.ranks, j.stdout, j.stderr = ranksOf(cmd.Context()), cmd.OutOrStdout(), cmd.ErrOrStderr()
	if j.ranks.Rank() > 0 {
		j.stdout, j.stderr = os.Stdout, os.Stderr
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
	}
}

// sameKernels refuses ranks whose kernels are not of one kind.
func (j *job) sameKernels() error {
	all, err := ranks.GatherBytes(j.ranks, []byte(simd.InUse().String()))
	if err != nil {
		return err
	}
	for rank, name := range all {
		if !bytes.Equal(name, all[0]) {
			err := core.Errorf(core.Invalid, "join ranks", "", "rank %d has kernels %s, and rank 0 %s: they would compute other digits", rank, name, all[0])
			err.Hint = "give all the same: --kernels NAME"
			return err
		}
	}
	return nil
}

// limitTogether is the limit of time, which rank 0 keeps for all.
func (j *job) limitTogether(cmd *cobra.Command, w *walltime) (ctx context.Context, cancel context.CancelFunc, err error) {
	ctx, cancel = cmd.Context(), func() {}
	if j.ranks.Rank() == 0 {
		ctx, cancel, err = w.limit(ctx, cmd.ErrOrStderr())
	}
	return ctx, cancel, ranks.Agree(j.ranks, err)
}

// watch is the context of rank 0, which a stop file in the run folder cancels, and of a process that a launcher started
// alone the end of that. The caller calls end with what the command came to.
func (j *job) watch(ctx context.Context, dir string) (_ context.Context, end func(error)) {
	ctx, stop := watchStop(ctx, dir)
	launcher := func() {}
	if j.ranks.Size() == 1 {
		ctx, launcher = watchLauncher(ctx)
	}
	return ctx, func(err error) {
		launcher()
		stop.end(err, true)
	}
}

// openedBy is a session that each of some ranks has opened, with plugins of its own; what one could not open
// is open on none.
func openedBy(c ranks.Comm, s *session, err error) (*session, error) {
	if failed := ranks.Agree(c, err); failed != nil {
		if err == nil {
			s.close()
		}
		return nil, failed
	}
	return s, nil
}

// threads of the ranks, the fewest and the most.
func threads(c ranks.Comm) (least, most int, err error) {
	all := make([]float64, c.Size())
	err = c.Gather(all, []float64{float64(par.Threads())}, slices.Repeat([]int{1}, c.Size()))
	return int(slices.Min(all)), int(slices.Max(all)), err
}

// say tells once on what a command is made; of one process its threads.
func (j *job) say(out io.Writer, alone core.Processors) error {
	least, most, err := threads(j.ranks)
	if err != nil {
		return err
	}
	if j.ranks.Size() == 1 {
		fmt.Fprintln(out, "threads:", alone)
		return nil
	}
	each := fmt.Sprint(most)
	if least != most {
		each = fmt.Sprintf("%d to %d", least, most)
	}
	text := fmt.Sprintf("ranks: %d, threads %s each", j.ranks.Size(), each)
	if w, ok := j.ranks.(*mpi.World); ok {
		text += fmt.Sprintf(" (%s)", w.Library())
	}
	fmt.Fprintln(out, text)
	return nil
}

// linesOf writes whole lines, each with a word before it, so that what several ranks write
// can be told apart.
type linesOf struct {
	out  io.Writer
	word string
	rest []byte
}

// Write implements io.Writer.
func (l *linesOf) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		end := bytes.IndexByte(l.rest, '\n')
		if end < 0 {
			return len(p), nil
		}
		if _, err := fmt.Fprintf(l.out, "%s%s", l.word, l.rest[:end+1]); err != nil {
			return 0, err
		}
		l.rest = l.rest[end+1:]
	}
}

// exit ends this process, and MPI where it has a part in it. The exit code, which all ranks have, is told by the first: with
// srun --kill-on-bad-exit another that ended sooner would have it killed.
func exit(world *mpi.World, code int) {
	if world != nil {
		if world.Rank() > 0 {
			code = 0
		}
		world.Leave(code)
	}
	os.Exit(code)
}

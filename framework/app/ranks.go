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

// Several processes that a launcher, mpirun or srun, has started are one `helmholtz run`.
// Each reads the run file and opens plugins of its own; rank 0 has the run folder and speaks
// to the user. What may go wrong on one of them alone is agreed on before the next step, so
// that all end with one message and one exit code.

// joinRanks takes this process's place in a parallel job, where the command is one that
// several make together; nil where it is alone. It comes before signals are listened to.
func joinRanks(args []string) (*mpi.World, error) {
	if len(args) < 2 || args[1] != "run" {
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

// readTogether reads the run file on all ranks, whose kernels must be of one kind.
func (f *runFlags) readTogether(ctx context.Context, file string) (c chosen, err error) {
	c, err = f.readFor(ctx, file)
	if err = ranks.Agree(f.ranks, err); err != nil {
		return c, err
	}
	all, err := ranks.GatherBytes(f.ranks, []byte(simd.InUse().String()))
	if err != nil {
		return c, err
	}
	for rank, name := range all {
		if !bytes.Equal(name, all[0]) {
			err := core.Errorf(core.Invalid, "join ranks", "", "rank %d has kernels %s, and rank 0 %s: they would compute other digits", rank, name, all[0])
			err.Hint = "give all the same: --kernels NAME"
			return c, err
		}
	}
	return c, nil
}

// limitTogether is the limit of time, which rank 0 keeps for all.
func (f *runFlags) limitTogether(cmd *cobra.Command) (ctx context.Context, cancel context.CancelFunc, err error) {
	ctx, cancel = cmd.Context(), func() {}
	if f.ranks.Rank() == 0 {
		ctx, cancel, err = f.limit(ctx, cmd.ErrOrStderr())
	}
	return ctx, cancel, ranks.Agree(f.ranks, err)
}

// openTogether binds a point on some ranks, each with plugins of its own.
func (f *runFlags) openTogether(ctx context.Context, c ranks.Comm, sw swept) (*session, error) {
	s, err := f.open(ctx, sw.sweep, sw.point)
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

// sayRanks tells once on what a run is made.
func (f *runFlags) sayRanks(out io.Writer) error {
	least, most, err := threads(f.ranks)
	if err != nil {
		return err
	}
	if f.ranks.Size() == 1 {
		fmt.Fprintln(out, "threads:", f.threads)
		return nil
	}
	each := fmt.Sprint(most)
	if least != most {
		each = fmt.Sprintf("%d to %d", least, most)
	}
	text := fmt.Sprintf("ranks: %d, threads %s each", f.ranks.Size(), each)
	if w, ok := f.ranks.(*mpi.World); ok {
		text += fmt.Sprintf(" (%s)", w.Library())
	}
	fmt.Fprintln(out, text)
	return nil
}

// fromFirst is a number of rank 0.
func fromFirst(c ranks.Comm, n int) (int, error) {
	v := []float64{float64(n)}
	err := c.Broadcast(v, 0)
	return int(v[0]), err
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

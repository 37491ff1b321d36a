// Package app is the command line as a library. The command helmholtz is
//
//	func main() { app.Main(standard.Parts()...) }
//
// and so is anybody's with parts of their own beside the standard ones, or in
// place of them: all commands treat all parts alike.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks/mpi"
	"github.com/spf13/cobra"
)

// Main runs the command line with the parts that are compiled into this program,
// and ends the process. It comes first in main: models and energies run in
// processes of their own, which are this program, started once more.
func Main(parts ...core.Part) {
	var world *mpi.World
	defer func() { // the runtime's own exit status would be exitUsage
		if p := recover(); p != nil {
			fmt.Fprintf(os.Stderr, "helmholtz: panic: %v (a bug of helmholtz; please report it)\n%s", p, debug.Stack())
			if world != nil { // the others would wait for this rank
				world.Abort(exitFailed)
			}
			os.Exit(exitFailed)
		}
	}()
	world, err := joinRanks(os.Args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "helmholtz:", err)
		os.Exit(exitCode(err))
	}
	ctx := listen(os.Args, world == nil || world.Rank() == 0)
	if world != nil {
		ctx = withRanks(ctx, world)
	}
	exit(world, mainCode(ctx, parts))
}

// mainCode runs the command line and returns the exit code. Of several ranks, which all have
// the same error, the first tells it.
func mainCode(ctx context.Context, parts builtins) int {
	if err := parts.check(); err != nil {
		fmt.Fprintln(os.Stderr, "helmholtz:", err)
		return exitUsage
	}
	root := rootCommand(parts)
	understood := false
	root.PersistentPreRun = func(*cobra.Command, []string) { understood = true }
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	log := io.Writer(os.Stderr)
	if ranksOf(ctx).Rank() > 0 {
		log = io.Discard
	}
	fmt.Fprintln(log, "helmholtz:", err)
	if !understood {
		fmt.Fprintln(log, "helmholtz --help shows the commands, helmholtz COMMAND --help their flags")
		return exitUsage
	}
	return exitCode(err)
}

func rootCommand(parts builtins) *cobra.Command {
	root := &cobra.Command{
		Use:           "helmholtz",
		Short:         "Free energies of physical systems by generative models",
		Long:          "Helmholtz minimises the variational free energy F[p] = <E + kT ln p> over a\ngenerative model p: an upper bound of the exact free energy, without data.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
	}
	root.AddCommand(runCommand(parts), checkCommand(parts), lockCommand(parts), evaluateCommand(parts), coverageCommand(parts), completeCommand(parts), framesCommand(parts), gradientsCommand(parts), collectCommand(), statusCommand(), watchCommand(), reportCommand(), submitCommand(), dataCommand(), showCommand(), plotCommand(),
		pluginCommand(parts), versionCommand(), serveCommand(parts), referenceCommand(parts))
	return root
}

// expectError says that the run is complete and its results are not as expected.
type expectError struct{ failed int }

func (e expectError) Error() string {
	return fmt.Sprintf("%d of the expectations in the run file not met", e.failed)
}

// unfinished says that what was asked about is not all done, by an exit code of its own.
type unfinished struct {
	code int
	text string
}

func (u unfinished) Error() string { return u.text }

func exitCode(err error) int {
	var expect expectError
	var open unfinished
	var known *core.Error
	switch {
	case errors.As(err, &expect):
		return exitExpect
	case errors.As(err, &open):
		return open.code
	case !errors.As(err, &known):
		return exitFailed
	}
	switch known.Kind {
	case core.Invalid, core.Mismatch, core.Unsupported:
		return exitUsage
	case core.Plugin:
		return exitPlugin
	case core.Interrupted:
		return exitInterrupted
	case core.Stalled, core.Halted:
		return exitStalled
	}
	return exitFailed
}

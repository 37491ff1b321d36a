package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

type runFlags struct {
	binding
	walltime
	out    string
	resume string

	computed int               // plans that were run to their end, and not found complete
	failed   map[int]core.Kind // points of a sweep that failed on their own
}

func runCommand(parts builtins) *cobra.Command {
	f := runFlags{binding: binding{builtins: parts}}
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Train and evaluate a run file, or continue it",
		Long: "Train and evaluate a run file, or each point of its [sweep]. Results,\n" +
			"checkpoints and progress go to the run folder, or to one below it for each\n" +
			"point; running the same command again continues where it stopped. SIGINT,\n" +
			"SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2, however often, let the step end and\n" +
			"write a checkpoint; only a second SIGINT stops at once. So do --walltime, and a\n" +
			"file " + stopName + " in the run folder, which is removed.\n\n" +
			exitHelp(),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeRunFiles,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.flags(cmd)
	f.walltime.flag(cmd)
	cmd.Flags().StringVar(&f.out, "out", "", "run folder (default NAME.out, NAME from the run file)")
	cmd.Flags().StringVar(&f.resume, "resume", "auto", "auto: continue what is in the run folder; never: remove it and start again")
	_ = cmd.RegisterFlagCompletionFunc("resume", cobra.FixedCompletions([]string{"auto", "never"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func completeRunFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"toml"}, cobra.ShellCompDirectiveFilterFileExt
}

func (f *runFlags) run(cmd *cobra.Command, file string) error {
	if f.resume != "auto" && f.resume != "never" {
		return core.Errorf(core.Invalid, "read flags", "--resume", "must be auto or never, got %q", f.resume)
	}
	ctx, cancel, err := f.limit(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer cancel()
	sweep, points, err := f.readFor(ctx, file)
	if err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "threads:", f.threads)
	dir := f.out
	if dir == "" {
		dir = sweep.Name() + ".out"
	}
	if len(sweep.Axes) > 0 {
		return f.runSweep(ctx, cmd, sweep, points, dir)
	}
	s, err := f.open(ctx, sweep, points[0])
	if err != nil {
		return err
	}
	defer s.close()
	results, err := f.perform(ctx, cmd.ErrOrStderr(), s, dir)
	if err != nil {
		return err
	}
	return conclude(cmd.OutOrStdout(), s, results, dir)
}

// readFor reads the run file for a run that a signal may stop.
func (f *runFlags) readFor(ctx context.Context, file string) (*plan.Sweep, []int, error) {
	type chosen struct {
		sweep  *plan.Sweep
		points []int
	}
	c, err := starting(ctx, func() (chosen, error) {
		sweep, points, err := f.read(file)
		return chosen{sweep, points}, err
	}, func() {})
	return c.sweep, c.points, err
}

// perform runs a plan in its folder, or finds that this has been done.
func (f *runFlags) perform(ctx context.Context, log io.Writer, s *session, dir string) (results *core.Results, err error) {
	folder, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	for _, note := range folder.Notes() {
		fmt.Fprintln(log, note)
	}
	info, err := s.info()
	if err != nil {
		return nil, err
	}
	earlier, notes, err := f.prepare(s, folder)
	if err != nil {
		return nil, err
	}
	info.Warnings = append(info.Warnings, notes...)
	for _, note := range notes {
		fmt.Fprintln(log, note)
	}
	if earlier != nil {
		if earlier.Run.Status == core.Done && s.plan.Is([]byte(earlier.Run.ConfigJSON)) {
			fmt.Fprintf(log, "%s is complete; --resume never starts again\n", dir)
			return earlier, nil
		}
		for _, note := range info.follow(earlier.Run) {
			fmt.Fprintln(log, note)
		}
	}
	s.host.LogTo(folder.Dir())
	monitor := newMonitor(log, s)
	defer monitor.end()
	ctx, stop := watchStop(ctx, dir)
	defer func() { stop.end(err, true) }()
	results, err = run.Run(ctx, s.plan, s.parts, folder, monitor, run.Options{Info: info.RunInfo, Resume: f.resume == "auto"})
	if err == nil {
		f.computed++
	}
	return results, err
}

// prepare readies the run folder. It returns the results of the run that is
// already in it, which this one may continue; nil if there are none. The notes
// are for the user and the results.
func (f *runFlags) prepare(s *session, folder *store.Folder) (earlier *core.Results, notes []string, err error) {
	if f.resume == "never" {
		err = folder.Clear()
	} else {
		earlier, notes, err = folder.Results()
	}
	if err != nil {
		return nil, nil, err
	}
	if earlier != nil {
		if changed := s.plan.Diff([]byte(earlier.Run.ConfigJSON)); len(changed) > 0 {
			return nil, nil, &core.Error{Kind: core.Invalid, Op: "resume", Subject: folder.Dir(),
				Err:  fmt.Errorf("it holds a run with other settings: %s", strings.Join(changed, "; ")),
				Hint: "use --resume never to start again, or another --out folder"}
		}
	}
	if err := folder.WriteText(store.RunFile, s.plan.Source); err != nil {
		return nil, nil, err
	}
	return earlier, notes, folder.WriteText(store.ResolvedFile, s.plan.TOML())
}

// conclude shows the results and holds them against the expectations.
func conclude(out io.Writer, s *session, results *core.Results, dir string) error {
	writeTable(out, results)
	failed := writeVerdicts(out, "expected", run.Judge(s.plan, results))
	fmt.Fprintf(out, "\nresults in %s\n", filepath.Join(dir, "results.h5"))
	if failed > 0 {
		return expectError{failed}
	}
	return nil
}

package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

type runFlags struct {
	binding
	walltime
	out      string
	resume   string
	perPoint int // ranks of a point of a sweep, 0 for as many as there are

	job

	computed int               // plans that were run to their end, and not found complete
	failed   map[int]core.Kind // points of a sweep that failed on their own

	reload bool                    // plugins may change between the points of a sweep
	used   map[string]pluginRecord // plugins of the points so far
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
			"Under mpirun or srun all processes make one run together, with the same bits\n" +
			"on any number of them, or share the points of a sweep; HELMHOLTZ_MPI=off makes\n" +
			"each process a run of its own.\n\n" +
			exitHelp(),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeRunFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.take(cmd)
			return f.run(cmd, args[0])
		},
	}
	f.flags(cmd)
	f.walltime.flag(cmd)
	cmd.Flags().StringVar(&f.out, "out", "", "run folder (default NAME.out, NAME from the run file)")
	cmd.Flags().StringVar(&f.resume, "resume", "auto", "auto: continue what is in the run folder; never: remove it and start again")
	cmd.Flags().IntVar(&f.perPoint, "ranks-per-point", 0, "under mpirun or srun, how many `ranks` each point of a sweep gets (0: one, and more where there are more ranks than points)")
	cmd.Flags().BoolVar(&f.reload, "reload", false, "plugins that are built anew while a sweep runs are meant to serve the points that follow; otherwise these points have a warning")
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
	if f.perPoint < 0 {
		return core.Errorf(core.Invalid, "read flags", "--ranks-per-point", "must not be negative, got %d", f.perPoint)
	}
	ctx, cancel, err := f.limitTogether(cmd, &f.walltime)
	if err != nil {
		return err
	}
	defer cancel()
	c, err := f.readTogether(ctx, file)
	if err != nil {
		return err
	}
	if err := f.say(cmd.ErrOrStderr(), f.threads); err != nil {
		return err
	}
	sweep, points := c.sweep, c.points
	if f.reload && f.lock != nil {
		return core.Errorf(core.Invalid, "read flags", "--reload", "%s locks the plugins; remove it, or leave the flag away", f.lock.File)
	}
	if f.reload && len(sweep.Axes) == 0 {
		return core.Errorf(core.Invalid, "read flags", "--reload", "%s has no [sweep]; a run starts its plugins once", file)
	}
	dir := f.out
	if dir == "" {
		dir = sweep.Name() + ".out"
	}
	if len(sweep.Axes) > 0 {
		return f.runSweep(ctx, cmd, sweep, points, dir)
	}
	s, err := f.openTogether(ctx, f.ranks, swept{sweep, points[0]})
	if err != nil {
		return err
	}
	defer s.close()
	results, err := f.perform(ctx, f.ranks, cmd.ErrOrStderr(), s, dir)
	if err != nil {
		return err
	}
	missed := 0
	if f.ranks.Rank() == 0 {
		missed = conclude(cmd.OutOrStdout(), s, results, dir)
	}
	if missed, err = ranks.FromFirst(f.ranks, missed); err == nil && missed > 0 {
		err = expectError{missed}
	}
	return err
}

// chosen is what is to be run.
type chosen struct {
	sweep  *plan.Sweep
	points []int
}

// readTogether reads the run file on all ranks, whose kernels must be of one kind.
func (f *runFlags) readTogether(ctx context.Context, file string) (c chosen, err error) {
	c, err = f.readFor(ctx, file)
	if err = ranks.Agree(f.ranks, err); err != nil {
		return c, err
	}
	return c, f.sameKernels()
}

// openTogether binds a point on some ranks.
func (f *runFlags) openTogether(ctx context.Context, c ranks.Comm, sw swept) (*session, error) {
	s, err := f.open(withRanks(ctx, c), sw.sweep, sw.point)
	return openedBy(c, s, err)
}

// readFor reads the run file for a run that a signal may stop.
func (f *runFlags) readFor(ctx context.Context, file string) (chosen, error) {
	return starting(ctx, func() (chosen, error) {
		sweep, points, err := f.read(file)
		return chosen{sweep, points}, err
	}, func() {})
}

// claim is a run folder that is held, and what is in it.
type claim struct {
	folder  *store.Folder
	info    *provenance
	earlier *core.Results // complete
}

func (c *claim) close() {
	if c.folder != nil {
		c.folder.Close()
	}
}

// perform runs a plan in its folder on some ranks, of which the first has the folder, or
// finds that this has been done. The results are those of the first rank, nil on the others.
func (f *runFlags) perform(ctx context.Context, c ranks.Comm, log io.Writer, s *session, dir string) (results *core.Results, err error) {
	held, err := f.claim(c, log, s, dir)
	defer held.close()
	const complete = 1
	var flags uint64
	if held.earlier != nil {
		flags = complete
	}
	if flags, err = ranks.Tell(c, err, flags); err != nil || flags != 0 {
		return held.earlier, err
	}
	opt := run.Options{Info: held.info.RunInfo, Resume: f.resume == "auto", Ranks: c}
	if _, opt.Info.Threads, err = threads(c); err != nil {
		return nil, err
	}
	opt.Info.Ranks = c.Size()
	if c.Rank() == 0 {
		ctx, end := f.watch(ctx, dir)
		defer func() { end(err) }()
		s.host.LogTo(held.folder.Dir())
		monitor := newMonitor(log, s)
		defer monitor.end()
		results, err = run.Run(ctx, s.plan, s.parts, held.folder, monitor, opt)
	} else {
		_, err = run.Run(ctx, s.plan, s.parts, nil, nil, opt)
	}
	if err == nil {
		f.computed++
	}
	return results, err
}

// claim takes the run folder, on the first of some ranks.
func (f *runFlags) claim(c ranks.Comm, log io.Writer, s *session, dir string) (held claim, err error) {
	if held.info, err = s.info(); err != nil || c.Rank() > 0 {
		return held, err
	}
	if held.folder, err = store.Open(dir); err != nil {
		return held, err
	}
	for _, note := range held.folder.Notes() {
		fmt.Fprintln(log, note)
	}
	earlier, notes, err := f.prepare(s, held.folder)
	if err != nil {
		return held, err
	}
	held.info.Warnings = append(held.info.Warnings, notes...)
	for _, note := range notes {
		fmt.Fprintln(log, note)
	}
	if earlier != nil && earlier.Run.Status == core.Done && s.plan.Is([]byte(earlier.Run.ConfigJSON)) {
		fmt.Fprintf(log, "%s is complete; --resume never starts again\n", dir)
		held.earlier = earlier
		return held, nil
	}
	if err := f.keepLock(held.folder); err != nil {
		return held, err
	}
	if earlier == nil {
		f.warnOfChange(log, held.info)
		return held, nil
	}
	for _, note := range held.info.follow(earlier.Run) {
		fmt.Fprintln(log, note)
	}
	f.warnOfChange(log, held.info)
	return held, nil
}

// warnOfChange says which plugins are not as in the points of the sweep before.
func (f *runFlags) warnOfChange(log io.Writer, info *provenance) {
	notes, warnings := f.renewed(info)
	info.Warnings = append(info.Warnings, warnings...)
	for _, note := range notes {
		fmt.Fprintln(log, note)
	}
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
	if err := folder.WriteText(store.ResolvedFile, s.plan.TOML()); err != nil {
		return nil, nil, err
	}
	return earlier, notes, folder.SaveKnown(knownOf(s))
}

// knownOf is what those who watch a run need before it has results.
func knownOf(s *session) store.Known {
	spec := s.parts.Energy.Spec()
	known := store.Known{Units: spec.Units, Space: spec.Space}
	if exact := s.parts.Exact; exact != nil {
		known.Exact, known.ExactSource = exact.Values, exact.Source
	}
	return known
}

// conclude shows the results and holds them against the expectations, of which it returns how
// many they miss.
func conclude(out io.Writer, s *session, results *core.Results, dir string) (missed int) {
	writeTable(out, results)
	missed = writeVerdicts(out, "expected", run.Judge(s.plan, results))
	fmt.Fprintf(out, "\nresults in %s\n", filepath.Join(dir, "results.h5"))
	return missed
}

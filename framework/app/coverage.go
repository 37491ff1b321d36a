package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

type coverageFlags struct {
	binding
	walltime
	repeats int
	seed    uint64
	samples int64
	against string
	out     string
	resume  string
	asJSON  bool
}

// What an error bar is held against.
const (
	referenceAuto  = "auto"
	referenceExact = "exact"
	referenceMean  = "mean"
)

func coverageCommand(parts builtins) *cobra.Command {
	f := coverageFlags{binding: binding{builtins: parts}}
	cmd := &cobra.Command{
		Use:   "coverage DIR",
		Short: "Test the error bars of a finished run: evaluate it again and again",
		Long: "Evaluate the parameters that the finished run in a run folder trained, or new Markov\n" +
			"chains where it has no model, again and again with other random numbers, and count how\n" +
			"often a value is within one and two standard errors of what it should be: of the exact\n" +
			"value where it estimates the Boltzmann density and that is known, else of the mean of\n" +
			"all repeats. Repeats whose value carries a caution are also counted apart. The repeats\n" +
			"are kept in coverage.h5 of the folder, with a picture; the same command goes on where\n" +
			"it stopped, and with more --repeats adds to them. Signals and exit codes are those of run.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.flagsOfOne(cmd)
	f.walltime.flag(cmd)
	cmd.Flags().IntVar(&f.repeats, "repeats", 400, "`number` of evaluations; a coverage is then known to sqrt(0.22/repeats)")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1001, "`seed` of the first evaluation; the next has one more")
	cmd.Flags().Int64Var(&f.samples, "samples", 0, "short for --set evaluate.samples=`number`, of each evaluation")
	cmd.Flags().StringVar(&f.against, "against", referenceAuto, "`reference`: exact values of the Boltzmann density wherever they are known (exact), the means of the repeats (mean), or the former for what estimates that density (auto)")
	cmd.Flags().StringVar(&f.out, "out", "", "`file` of the repeats (default coverage.h5 in the run folder)")
	cmd.Flags().StringVar(&f.resume, "resume", "auto", "auto: continue what is in the file; never: start again")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	_ = cmd.RegisterFlagCompletionFunc("against", cobra.FixedCompletions([]string{referenceAuto, referenceExact, referenceMean}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("resume", cobra.FixedCompletions([]string{"auto", "never"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// fewestRepeats are those of which a spread has an error.
const fewestRepeats = 3

// check finds flags that make no sense.
func (f *coverageFlags) check() error {
	const most = math.MaxInt64 // HDF5 keeps seeds with a sign
	switch {
	case f.repeats < fewestRepeats:
		return core.Errorf(core.Invalid, "read flags", "--repeats", "must be at least %d, got %d", fewestRepeats, f.repeats)
	case f.seed == 0 || f.seed > most-uint64(f.repeats):
		return core.Errorf(core.Invalid, "read flags", "--seed", "must be at least 1, and the last below 2^63, got %d", f.seed)
	case f.resume != "auto" && f.resume != "never":
		return core.Errorf(core.Invalid, "read flags", "--resume", "must be auto or never, got %q", f.resume)
	case f.against != referenceAuto && f.against != referenceExact && f.against != referenceMean:
		return core.Errorf(core.Invalid, "read flags", "--against", "must be auto, exact or mean, got %q", f.against)
	}
	return nil
}

func (f *coverageFlags) run(cmd *cobra.Command, dir string) error {
	if err := f.check(); err != nil {
		return err
	}
	ctx, cancel, err := f.limit(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer cancel()
	folder, first, err := openFinished("coverage", dir, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer folder.Close()
	s, err := f.bindAgain(ctx, "coverage", first, dir, f.seed, f.samples)
	if err != nil {
		return err
	}
	defer s.close()
	path := f.out
	if path == "" {
		path = filepath.Join(dir, "coverage.h5")
	}
	c, err := f.begin(s, path)
	if err != nil {
		return err
	}
	if c.Repeats >= f.repeats {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s is complete with %d repeats; --resume never starts again\n", path, c.Repeats)
	} else if err := f.repeat(ctx, cmd.ErrOrStderr(), s, folder, first, c, path); err != nil {
		return err
	}
	return f.conclude(cmd.OutOrStdout(), c, path)
}

// begin is what is in the file already, or nothing yet.
func (f *coverageFlags) begin(s *session, path string) (*store.Coverage, error) {
	c := &store.Coverage{Name: s.plan.Name, ConfigTOML: s.plan.Reseeded(0).TOML(), ConfigSHA256: s.plan.Reseeded(0).EvaluationFingerprint(),
		Step: int64(s.plan.Train.Steps), Samples: int64(s.plan.Evaluate.Samples), Seed: f.seed}
	if _, err := os.Stat(path); err != nil || f.resume == "never" {
		return c, nil
	}
	earlier, err := store.ReadCoverage(path)
	switch {
	case err != nil:
		return nil, err
	case earlier.ConfigSHA256 != c.ConfigSHA256 || earlier.Seed != c.Seed:
		return nil, &core.Error{Kind: core.Invalid, Op: "coverage", Subject: path,
			Err:  fmt.Errorf("it holds %d repeats from seed %d on with %d samples each, of other settings", earlier.Repeats, earlier.Seed, earlier.Samples),
			Hint: "use --resume never to start again, or another --out file"}
	}
	return earlier, nil
}

// saveEvery is how much of the work a kill can cost.
const saveEvery = 10 * time.Second

// repeat makes the repeats that are missing, and keeps them.
func (f *coverageFlags) repeat(ctx context.Context, log io.Writer, s *session, folder *store.Folder, first *core.Results, c *store.Coverage, path string) (err error) {
	fmt.Fprintln(log, "threads:", f.threads)
	ctx, stop := watchStop(ctx, folder.Dir())
	defer func() { stop.end(err, true) }()
	var trained *core.Checkpoint
	if s.parts.Model != nil {
		if trained, _, err = folder.LatestCheckpoint(); err != nil {
			return err
		}
	}
	info, err := s.info()
	if err != nil {
		return err
	}
	for _, note := range info.follow(first.Run) {
		fmt.Fprintln(log, note)
	}
	c.Version, c.Kernels = info.CreatorVersion, info.Kernels
	s.host.LogTo(folder.Dir())
	monitor := newMonitor(log, s)
	defer monitor.end()
	quiet := &notesOnce{to: monitor, told: map[string]bool{}}
	start, begin, before := c.Repeats, time.Now(), c.WallSeconds
	var saved time.Time // never: a file that cannot be written is found out at the first repeat
	keep := func() error {
		saved, c.WallSeconds = time.Now(), before+time.Since(begin).Seconds()
		f.tabulate(c)
		return store.SaveCoverage(path, c)
	}
	for c.Repeats < f.repeats {
		err := context.Cause(ctx) // a repeat that ends before it looks is a whole one
		if err == nil {
			err = s.repeatOnce(ctx, c, trained, quiet, info.RunInfo)
		}
		if err != nil {
			return f.stopped(ctx, err, keep(), c, start)
		}
		monitor.Progress(run.Progress{Phase: repeating, Done: int64(c.Repeats), Total: int64(f.repeats), Start: int64(start), Elapsed: time.Since(begin)})
		if time.Since(saved) >= saveEvery {
			if err := keep(); err != nil {
				return err
			}
		}
	}
	return keep()
}

// repeating is the phase of the progress.
const repeating run.Phase = "repeat"

// repeatOnce evaluates with the seed of the next repeat, on the parts that are open.
func (s *session) repeatOnce(ctx context.Context, c *store.Coverage, trained *core.Checkpoint, mon run.Monitor, info core.RunInfo) error {
	seed := c.Seed + uint64(c.Repeats)
	again := &session{plan: s.plan.Reseeded(seed), host: s.host, builtins: s.builtins, parts: s.parts, trained: true, like: s, found: s.found}
	again.parts.Estimators = nil
	named, err := again.openEstimators(s.bound)
	if err != nil {
		return err
	}
	results, err := run.Repeat(ctx, again.plan, again.parts, trained, mon, info)
	if err != nil {
		return &core.Error{Kind: core.KindOf(err), Op: "repeat", Subject: fmt.Sprintf("%d, of seed %d", c.Repeats, seed), Err: err}
	}
	ofModel := map[string]bool{}
	for _, n := range named {
		for _, o := range n.Observables {
			ofModel[o.Name] = n.Source != core.OfEither && n.Source != core.OfChains
		}
	}
	c.ExactSource = results.ExactSource
	c.Add(results, func(e *core.Estimate) bool {
		return e.Reweighted || s.plan.Boltzmann() && !ofModel[e.Name]
	})
	return nil
}

// stopped is the error of an end before the last repeat.
func (f *coverageFlags) stopped(ctx context.Context, cause, unsaved error, c *store.Coverage, start int) error {
	if unsaved != nil {
		return unsaved
	}
	kind := core.KindOf(cause)
	switch {
	case ctx.Err() != nil && (kind == core.Interrupted || kind == core.Halted || errors.Is(cause, context.Cause(ctx))):
		cause = context.Cause(ctx)
	case kind != core.Interrupted: // a repeat that saw that the time is nearly over
		return cause
	}
	err := run.Interrupted(cause, fmt.Sprintf("after %d of %d repeats", c.Repeats, f.repeats))
	if c.Repeats == start && start > 0 && core.KindOf(err) == core.Interrupted {
		return &core.Error{Kind: core.Stalled, Err: err, Hint: "it came no further than the time before: give it more time, and see that a batch script does not queue it again"}
	}
	return err
}

// notesOnce passes on each note of many evaluations once.
type notesOnce struct {
	to   run.Monitor
	told map[string]bool
}

// Progress implements run.Monitor.
func (*notesOnce) Progress(run.Progress) {}

// Note implements run.Monitor.
func (n *notesOnce) Note(text string) {
	if !n.told[text] {
		n.told[text] = true
		n.to.Note(text)
	}
}

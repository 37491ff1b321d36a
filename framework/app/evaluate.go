package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

type evaluateFlags struct {
	binding
	walltime
	seed    uint64
	samples int64
	expect  bool
}

func evaluateCommand(parts builtins) *cobra.Command {
	f := evaluateFlags{binding: binding{builtins: parts}}
	cmd := &cobra.Command{
		Use:   "evaluate DIR",
		Short: "Draw again from what a finished run trained, with other random numbers",
		Long: "Draw again from the parameters that the finished run in a run folder trained, with\n" +
			"other random numbers, and keep the results beside the run's own: in the group\n" +
			"/evaluations/SEED of results.h5. Nothing is trained. A run without a model draws\n" +
			"new Markov chains. --set takes other settings of the evaluation. Signals and exit\n" +
			"codes are those of run; the same command goes on where it stopped.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.flagsOfOne(cmd)
	f.walltime.flag(cmd)
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "`seed` of the evaluation (default that of one that was interrupted, or the least that is not used)")
	cmd.Flags().Int64Var(&f.samples, "samples", 0, "short for --set evaluate.samples=`number`")
	cmd.Flags().BoolVar(&f.expect, "expect", false, "hold the results against the [expect] of the run file")
	return cmd
}

func (f *evaluateFlags) run(cmd *cobra.Command, dir string) error {
	ctx, cancel, err := f.limit(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer cancel()
	folder, first, err := openFinished("evaluate", dir, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := f.choose(first, dir); err != nil {
		return err
	}
	s, err := f.bindAgain(ctx, "evaluate", first, dir, f.seed, f.samples)
	if err != nil {
		return err
	}
	defer s.close()
	fmt.Fprintln(cmd.ErrOrStderr(), "threads:", f.threads)
	results, err := f.perform(ctx, cmd.ErrOrStderr(), s, folder, first)
	if err != nil {
		return err
	}
	return f.conclude(cmd.OutOrStdout(), s, results, dir)
}

// openFinished takes the folder of a run that is done, for an operation on what it has
// trained. The caller closes it.
func openFinished(op, dir string, log io.Writer) (*store.Folder, *core.Results, error) {
	if _, err := os.Stat(store.SweepTable(dir)); err == nil {
		return nil, nil, &core.Error{Kind: core.Invalid, Op: op, Subject: dir, Err: fmt.Errorf("it is the folder of a sweep"),
			Hint: "name that of a point, as " + store.PointDir(dir, 0)}
	}
	if _, err := store.ReadResults(dir); err != nil { // a folder is not made
		return nil, nil, err
	}
	folder, err := store.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	first, notes, err := folder.Results()
	for _, note := range append(folder.Notes(), notes...) {
		fmt.Fprintln(log, note)
	}
	if err == nil {
		err = finished(op, first, dir)
	}
	if err != nil {
		folder.Close()
		return nil, nil, err
	}
	return folder, first, nil
}

// finished refuses what a run may still change, for an operation on what it has trained.
func finished(op string, r *core.Results, dir string) error {
	if r != nil && r.Run.Status == core.Done {
		return nil
	}
	status := "damaged"
	if r != nil {
		status = string(r.Run.Status)
	}
	return &core.Error{Kind: core.Invalid, Op: op, Subject: dir, Err: fmt.Errorf("the run in it is not done: its status is %q", status),
		Hint: "helmholtz run of its run file goes on with it"}
}

// choose settles the seed, and refuses that of the run's own evaluation.
func (f *evaluateFlags) choose(first *core.Results, dir string) error {
	var own struct {
		Run, Evaluate struct{ Seed uint64 }
	}
	if err := json.Unmarshal([]byte(first.Run.ConfigJSON), &own); err != nil {
		return core.Errorf(core.Storage, "evaluate", dir, "its settings cannot be read: %w", err)
	}
	used := cmp.Or(own.Evaluate.Seed, own.Run.Seed)
	if f.seed > 0 && f.seed == used {
		return &core.Error{Kind: core.Invalid, Op: "evaluate", Subject: dir, Err: fmt.Errorf("the run's own evaluation has the seed %d", used), Hint: "choose another --seed"}
	}
	if f.seed > 0 {
		return nil
	}
	for _, e := range first.Evaluations {
		if e.Results.Run.Status != core.Done {
			f.seed = e.Seed
			return nil
		}
	}
	for f.seed = 1; f.seed == used || slices.ContainsFunc(first.Evaluations, func(e core.Reevaluation) bool { return e.Seed == f.seed }); {
		f.seed++
	}
	return nil
}

// bindAgain binds the parts of the run in a folder for an evaluation of a seed, with what
// the flags change; samples 0 are as many as the run's.
func (b *binding) bindAgain(ctx context.Context, op string, first *core.Results, dir string, seed uint64, samples int64) (*session, error) {
	for _, set := range b.set {
		if plan.Overrides(set, "evaluate", "seed") {
			return nil, core.Errorf(core.Invalid, "read flags", "--set "+set, "give the seed as --seed")
		}
	}
	b.set = append(b.set, fmt.Sprintf("evaluate.seed=%d", seed))
	if samples != 0 {
		b.set = append(b.set, fmt.Sprintf("evaluate.samples=%d", samples))
	}
	sweep, points, err := b.read(filepath.Join(dir, store.ResolvedFile))
	if err != nil {
		return nil, err
	}
	if len(sweep.Axes) > 0 {
		return nil, core.Errorf(core.Invalid, "read flags", "--set sweep", "an evaluation has one value of each key")
	}
	b.trained = true
	s, err := b.open(ctx, sweep, points[0])
	if err != nil {
		return nil, err
	}
	if changed := s.plan.Diff([]byte(first.Run.ConfigJSON)); len(changed) > 0 {
		s.close()
		return nil, &core.Error{Kind: core.Invalid, Op: op, Subject: dir, Err: fmt.Errorf("that is not what the run trained: %s", strings.Join(changed, "; ")),
			Hint: "the tables evaluate, sampler, estimator and checkpoint may differ"}
	}
	return s, nil
}

// perform evaluates, or finds that this has been done.
func (f *evaluateFlags) perform(ctx context.Context, log io.Writer, s *session, folder *store.Folder, first *core.Results) (results *core.Results, err error) {
	e := core.Reevaluation{Seed: f.seed, Samples: int64(s.plan.Evaluate.Samples), Step: int64(s.plan.Train.Steps), ConfigSHA256: s.plan.EvaluationFingerprint()}
	for _, earlier := range first.Evaluations {
		switch {
		case earlier.Seed != e.Seed:
		case earlier.ConfigSHA256 != e.ConfigSHA256:
			return nil, &core.Error{Kind: core.Invalid, Op: "evaluate", Subject: folder.Dir(),
				Err: fmt.Errorf("it holds an evaluation of seed %d with other settings: %s", e.Seed, earlier.Settings), Hint: "choose another --seed"}
		case earlier.Results.Run.Status == core.Done:
			fmt.Fprintf(log, "evaluation %d of %s is complete\n", e.Seed, folder.Dir())
			return earlier.Results, nil
		}
	}
	if e.Settings, err = s.plan.EvaluationJSON(); err != nil {
		return nil, err
	}
	info, err := s.info()
	if err != nil {
		return nil, err
	}
	rebuilt := info.follow(first.Run)
	for _, note := range rebuilt {
		fmt.Fprintln(log, note)
	}
	info.Warnings = rebuilt
	s.host.LogTo(folder.Dir())
	monitor := newMonitor(log, s)
	defer monitor.end()
	ctx, stop := watchStop(ctx, folder.Dir())
	defer func() { stop.end(err, true) }()
	return run.Evaluate(ctx, s.plan, s.parts, folder.Reevaluation(first, e), monitor, info.RunInfo)
}

// conclude shows the results; the expectations are of the run's own, unless
// they are asked for.
func (f *evaluateFlags) conclude(out io.Writer, s *session, results *core.Results, dir string) error {
	writeTable(out, results)
	failed := 0
	if f.expect {
		failed = writeVerdicts(out, "expected", run.Judge(s.plan, results))
	}
	fmt.Fprintf(out, "\nevaluation %d in %s\n", f.seed, filepath.Join(dir, "results.h5"))
	if failed > 0 {
		return expectError{failed}
	}
	return nil
}

package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/spf13/cobra"
)

type evaluateFlags struct {
	binding
	walltime
	job
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
			"codes are those of run; the same command goes on where it stopped. Under mpirun\n" +
			"or srun all processes make it together; they all have to see the run folder.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.seed == 0 && cmd.Flags().Changed("seed") {
				return core.Errorf(core.Invalid, "read flags", "--seed", "must be at least 1: 0 is none of an evaluation")
			}
			f.take(cmd)
			return f.run(cmd, args[0])
		},
	}
	f.flagsOfOne(cmd)
	f.walltime.flag(cmd)
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "`seed` of the evaluation (default that of one that was interrupted, or the least that is not used)")
	cmd.Flags().Int64Var(&f.samples, "samples", 0, "short for --set evaluate.samples=`number`")
	cmd.Flags().BoolVar(&f.expect, "expect", false, "hold the results against the [expect] of the run file")
	return cmd
}

func (f *evaluateFlags) run(cmd *cobra.Command, dir string) error {
	ctx, cancel, err := f.limitTogether(cmd, &f.walltime)
	if err != nil {
		return err
	}
	defer cancel()
	held, err := f.hold("evaluate", dir, cmd.ErrOrStderr(), f.choose)
	if err != nil {
		return err
	}
	defer held.close()
	s, err := f.bindAgain(ctx, "evaluate", held.settings, dir, held.seed, f.samples)
	if s, err = openedBy(f.ranks, s, err); err != nil {
		return err
	}
	defer s.close()
	if err := f.sameKernels(); err != nil {
		return err
	}
	if err := f.say(cmd.ErrOrStderr(), f.threads); err != nil {
		return err
	}
	results, err := f.perform(ctx, cmd.ErrOrStderr(), s, held)
	if err != nil {
		return err
	}
	missed := 0
	if f.ranks.Rank() == 0 {
		missed = f.conclude(cmd.OutOrStdout(), s, results, held)
	}
	if missed, err = ranks.FromFirst(f.ranks, missed); err == nil && missed > 0 {
		err = expectError{missed}
	}
	return err
}

// choose settles the seed, and refuses that of the run's own evaluation.
func (f *evaluateFlags) choose(first *core.Results, dir string) (seed uint64, err error) {
	var own struct {
		Run, Evaluate struct{ Seed uint64 }
	}
	if err := json.Unmarshal([]byte(first.Run.ConfigJSON), &own); err != nil {
		return 0, core.Errorf(core.Storage, "evaluate", dir, "its settings cannot be read: %w", err)
	}
	used := cmp.Or(own.Evaluate.Seed, own.Run.Seed)
	if f.seed > 0 && f.seed == used {
		return 0, &core.Error{Kind: core.Invalid, Op: "evaluate", Subject: dir, Err: fmt.Errorf("the run's own evaluation has the seed %d", used), Hint: "choose another --seed"}
	}
	if f.seed > 0 {
		return f.seed, nil
	}
	for _, e := range first.Evaluations {
		if e.Results.Run.Status != core.Done {
			return e.Seed, nil
		}
	}
	for seed = 1; seed == used || slices.ContainsFunc(first.Evaluations, func(e core.Reevaluation) bool { return e.Seed == seed }); {
		seed++
	}
	return seed, nil
}

// perform evaluates, or finds that this has been done. The results are those of rank 0, nil on the others.
func (f *evaluateFlags) perform(ctx context.Context, log io.Writer, s *session, held finishedRun) (results *core.Results, err error) {
	e, earlier, err := f.entry(log, s, held)
	const complete = 1
	var flags uint64
	if earlier != nil {
		flags = complete
	}
	if flags, err = ranks.Tell(f.ranks, err, flags); err != nil || flags != 0 {
		return earlier, err
	}
	opt, err := f.options(log, s, held, f.ranks)
	if err != nil {
		return nil, err
	}
	if f.ranks.Rank() > 0 {
		_, err = run.Evaluate(ctx, s.plan, s.parts, nil, nil, opt)
		return nil, err
	}
	s.host.LogTo(held.folder.Dir())
	monitor := newMonitor(log, s)
	defer monitor.end()
	ctx, end := f.watch(ctx, held.folder.Dir())
	defer func() { end(err) }()
	return run.Evaluate(ctx, s.plan, s.parts, held.folder.Reevaluation(held.results, e), monitor, opt)
}

// entry is what the evaluation will be in the run folder, on rank 0, with the results where it has been done.
func (f *evaluateFlags) entry(log io.Writer, s *session, held finishedRun) (e core.Reevaluation, done *core.Results, err error) {
	if held.folder == nil {
		return e, nil, nil
	}
	e = core.Reevaluation{Seed: held.seed, Samples: int64(s.plan.Evaluate.Samples), Step: int64(s.plan.Train.Steps), ConfigSHA256: s.plan.EvaluationFingerprint()}
	for _, earlier := range held.results.Evaluations {
		switch {
		case earlier.Seed != e.Seed:
		case earlier.ConfigSHA256 != e.ConfigSHA256:
			return e, nil, &core.Error{Kind: core.Invalid, Op: "evaluate", Subject: held.folder.Dir(),
				Err: fmt.Errorf("it holds an evaluation of seed %d with other settings: %s", e.Seed, earlier.Settings), Hint: "choose another --seed"}
		case earlier.Results.Run.Status == core.Done:
			fmt.Fprintf(log, "evaluation %d of %s is complete\n", e.Seed, held.folder.Dir())
			return e, earlier.Results, nil
		}
	}
	e.Settings, err = s.plan.EvaluationJSON()
	return e, nil, err
}

// conclude shows the results and returns how many expectations they miss; these are of the run's own, unless
// they are asked for.
func (f *evaluateFlags) conclude(out io.Writer, s *session, results *core.Results, held finishedRun) (missed int) {
	writeTable(out, results)
	if f.expect {
		missed = writeVerdicts(out, "expected", run.Judge(s.plan, results))
	}
	fmt.Fprintf(out, "\nevaluation %d in %s\n", held.seed, filepath.Join(held.folder.Dir(), "results.h5"))
	return missed
}

package app

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

type coverageFlags struct {
	binding
	walltime
	job
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
			"it stopped, and with more --repeats adds to them. Signals and exit codes are those of run.\n" +
			"Under mpirun or srun each process makes a share of the repeats; all have to see the run folder.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.take(cmd)
			return f.run(cmd, args[0])
		},
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
	ctx, cancel, err := f.limitTogether(cmd, &f.walltime)
	if err != nil {
		return err
	}
	defer cancel()
	held, err := f.hold("coverage", dir, cmd.ErrOrStderr(), func(*core.Results, string) (uint64, error) { return f.seed, nil })
	if err != nil {
		return err
	}
	defer held.close()
	s, err := f.bindAgain(ctx, "coverage", held.settings, dir, f.seed, f.samples)
	if s, err = openedBy(f.ranks, s, err); err != nil {
		return err
	}
	defer s.close()
	if err := f.sameKernels(); err != nil {
		return err
	}
	path := f.out
	if path == "" {
		path = filepath.Join(dir, "coverage.h5")
	}
	var c *store.Coverage
	if f.ranks.Rank() == 0 {
		c, err = f.begin(s, path)
	}
	if err = ranks.Agree(f.ranks, err); err != nil {
		return err
	}
	if c, err = ranks.FromFirst(f.ranks, c); err != nil {
		return err
	}
	if c.Repeats >= f.repeats {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s is complete with %d repeats; --resume never starts again\n", path, c.Repeats)
	} else if err := f.repeat(ctx, cmd.ErrOrStderr(), s, held, c, path); err != nil {
		return err
	}
	if f.ranks.Rank() == 0 {
		err = f.conclude(cmd.OutOrStdout(), c, path)
	}
	return ranks.Agree(f.ranks, err)
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

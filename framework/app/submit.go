package app

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/batch"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/spf13/cobra"
)

type submitFlags struct {
	to       string
	array    bool
	time     string
	tasks    int
	cpus     int
	requeues int
	index    int
	set      []string
	out      string
	send     bool
}

func submitCommand() *cobra.Command {
	var f submitFlags
	cmd := &cobra.Command{
		Use:   "submit FILE [-- DIRECTIVE...]",
		Short: "Print, or hand in, a batch script for a run file",
		Long: "Print a batch script for a run file, or hand it in (--send). The run ends with a checkpoint\n" +
			"before the time of its job is over, and the script queues it again, a limited number of\n" +
			"times; one that came no further, or was stopped by a file STOP, is not queued again. With\n" +
			"--array each point of the [sweep] has a job. What follows -- are directives of your own, as\n" +
			"--partition=long. For Slurm, for PBS, and for one machine without a batch system (parallel).",
		Example:           "  helmholtz submit mass.toml --array --time 4h --cpus 4 > mass.sh\n  helmholtz submit mass.toml --array --time 4h --cpus 4 --send -- --account=physics",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeRunFiles,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0], args[1:]) },
	}
	cmd.Flags().StringVar(&f.to, "to", "slurm", "batch `system`: slurm, pbs, or parallel (this machine alone)")
	cmd.Flags().BoolVar(&f.array, "array", false, "a job for each point of the [sweep]")
	cmd.Flags().StringVar(&f.time, "time", "", "`time` of a job: 90m, 4h30m, 04:30:00, 1-12:00:00 (default that of the queue)")
	cmd.Flags().IntVar(&f.tasks, "ntasks", 1, "ranks of MPI of a job")
	cmd.Flags().IntVar(&f.cpus, "cpus", 0, "processors of each rank (default that of the queue)")
	cmd.Flags().IntVar(&f.requeues, "requeues", 50, "how often a job is queued again that was stopped as its time was over")
	cmd.Flags().IntVar(&f.index, "index", allPoints, "a job for this `point` of the [sweep] alone")
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "override a key of the run file, `key.path=value`; may be repeated")
	cmd.Flags().StringVar(&f.out, "out", "", "run folder (default NAME.out, NAME from the run file)")
	cmd.Flags().BoolVar(&f.send, "send", false, "hand the script in, by sbatch or qsub")
	_ = cmd.RegisterFlagCompletionFunc("to", cobra.FixedCompletions(batch.Systems, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *submitFlags) run(cmd *cobra.Command, file string, lines []string) error {
	if err := f.check(); err != nil {
		return err
	}
	job, err := f.job(file, lines)
	if err != nil {
		return err
	}
	text, program := "", ""
	switch f.to {
	case "slurm":
		text, program = job.Slurm(), "sbatch"
	case "pbs":
		text, program = job.PBS(), "qsub"
	case "parallel":
		text = job.Parallel()
	}
	if !f.send {
		fmt.Fprint(cmd.OutOrStdout(), text)
		return nil
	}
	send := exec.CommandContext(cmd.Context(), program)
	send.Stdin, send.Stdout, send.Stderr = strings.NewReader(text), cmd.OutOrStdout(), cmd.ErrOrStderr()
	if err := send.Run(); err != nil {
		return &core.Error{Kind: core.Storage, Op: "submit", Subject: program, Err: err, Hint: "without --send the script is printed"}
	}
	return nil
}

// check finds flags that make no sense.
func (f *submitFlags) check() error {
	wrong := func(flag, format string, args ...any) error {
		return core.Errorf(core.Invalid, "read flags", flag, format, args...)
	}
	switch {
	case !slices.Contains(batch.Systems, f.to):
		return wrong("--to", "must be one of %s, got %q", strings.Join(batch.Systems, ", "), f.to)
	case f.tasks < 1:
		return wrong("--ntasks", "must be at least 1, got %d", f.tasks)
	case f.cpus < 0:
		return wrong("--cpus", "must be at least 1, got %d", f.cpus)
	case f.requeues < 0:
		return wrong("--requeues", "must not be negative, got %d", f.requeues)
	case f.array && f.index != allPoints:
		return wrong("--index", "is one point, and --array a job for each; leave one of the two out")
	case f.send && f.to == "parallel":
		return wrong("--send", "there is nobody to hand it to; run the script by: helmholtz submit ... | sh")
	}
	return nil
}

// job reads the run file, as far as the script needs it.
func (f *submitFlags) job(file string, lines []string) (job batch.Job, err error) {
	if f.time != "" {
		if job.Time, err = batch.ParseTime(f.time); err != nil {
			return job, core.Errorf(core.Invalid, "read flags", "--time", "%w", err)
		}
	}
	read, err := plan.Read(file, f.set)
	if err != nil {
		return job, err
	}
	sweep, err := read.Sweep()
	if err != nil {
		return job, err
	}
	if job.Points, err = f.points(sweep, file); err != nil {
		return job, err
	}
	job.Name = strings.Map(plainName, sweep.Name())
	job.Program, job.Tasks, job.CPUs, job.Requeues, job.Lines = thisProgram(), f.tasks, f.cpus, f.requeues, lines
	shared := []string{file}
	for _, set := range f.set {
		shared = append(shared, "--set", set)
	}
	if f.out != "" {
		shared = append(shared, "--out", f.out)
	}
	job.Run = append([]string{"run"}, shared...)
	job.Again = append(append([]string{"submit"}, shared...), "--to", f.to, "--ntasks", fmt.Sprint(f.tasks), "--cpus", fmt.Sprint(f.cpus))
	if f.time != "" {
		job.Again = append(job.Again, "--time", f.time)
	}
	return job, nil
}

// plainName leaves of a name what batch systems and file names take.
func plainName(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
		return r
	}
	return '-'
}

// points that have a job each.
func (f *submitFlags) points(sweep *plan.Sweep, file string) (points []int, err error) {
	n := sweep.Len()
	switch {
	case !f.array && f.index == allPoints:
		return nil, nil
	case len(sweep.Axes) == 0:
		return nil, core.Errorf(core.Invalid, "read flags", "--array, --index", "%s has no [sweep]", file)
	case f.index != allPoints && (f.index < 0 || f.index >= n):
		return nil, core.Errorf(core.Invalid, "read flags", "--index", "got %d, and the sweep has %d points, numbered from 0", f.index, n)
	case f.index != allPoints:
		return []int{f.index}, nil
	case sweep.Continue:
		return nil, &core.Error{Kind: core.Invalid, Op: "read flags", Subject: "--array", Err: fmt.Errorf("points of %s start from one another (sweep.continue)", file),
			Hint: "without --array one job runs them in order"}
	}
	for i := range n {
		points = append(points, i)
	}
	return points, nil
}

// thisProgram is how another machine starts this program: by its name where that finds it.
func thisProgram() string {
	self, err := os.Executable()
	if err != nil {
		return "helmholtz"
	}
	name := filepath.Base(self)
	if found, err := exec.LookPath(name); err == nil && sameFile(found, self) {
		return name
	}
	return self
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

package batch

import (
	"fmt"
	"strings"
	"time"
)

// Systems are those that there are scripts for.
var Systems = []string{"slurm", "pbs", "parallel"}

// Job is a run, or the points of a sweep, as a batch script has them.
type Job struct {
	Name    string
	Program string   // helmholtz, as the nodes find it
	Run     []string // its arguments: run FILE and more
	// Points of the sweep that have a job each, nil for one job. More than one are numbered without gaps.
	Points []int
	Time   time.Duration // 0 leaves it to the queue
	// Tasks are the ranks of MPI of a job, and CPUs the processors of each; 0 leaves it to the queue.
	Tasks, CPUs int
	// Requeues are how often a job is queued again that ended with exit code 85.
	Requeues int
	// Again are the arguments by which this program hands in the job once more: where the batch
	// system does not queue again by itself. The number of a point follows.
	Again []string
	// Lines are directives of the user's own, as "--partition=long".
	Lines []string
}

// signalFrom is the time from which on jobs are told of their end, too, by a signal a minute or two before
// it: Slurm is up to a minute early. Of shorter jobs that would be much, and --walltime auto does the same.
const signalFrom = time.Hour

// Slurm is a script for sbatch.
func (j Job) Slurm() string {
	b := script{directive: "#SBATCH"}
	b.line("#!/bin/sh")
	array := len(j.Points) > 1
	b.say("--job-name=%s", j.Name)
	if array {
		b.say("--array=%d-%d", j.Points[0], j.Points[len(j.Points)-1])
		b.say("--output=%s-%%A_%%a.log", j.Name)
	} else {
		b.say("--output=%s-%%j.log", j.Name)
	}
	b.say("--open-mode=append")
	b.say("--ntasks=%d", max(1, j.Tasks))
	if j.CPUs > 0 {
		b.say("--cpus-per-task=%d", j.CPUs)
	}
	if j.Time > 0 {
		b.say("--time=%s", Clock(j.Time))
	}
	if j.Time >= signalFrom {
		b.say("--signal=USR1@60")
	}
	b.say("--requeue")
	b.own(j.Lines)
	b.line("")
	step := []string{"srun", fmt.Sprintf("--ntasks=%d", max(1, j.Tasks))}
	if j.CPUs > 0 { // since version 22.05 steps do not take it from the job
		step = append(step, fmt.Sprintf("--cpus-per-task=%d", j.CPUs))
	}
	b.line("%s %s --walltime %s", words(append(step, "--kill-on-bad-exit=1")), j.command(`"$SLURM_ARRAY_TASK_ID"`), Auto)
	b.line("code=$?")
	b.line("# 85 is to go on. 86 is not, as all else: it came no further, or was stopped by hand.")
	b.line(`if [ "$code" -eq 85 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt %d ]; then`, j.Requeues)
	if array { // the last task has the number of the array, which would be all of its tasks
		b.line(`	scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"`)
	} else {
		b.line(`	scontrol requeue "$SLURM_JOB_ID"`)
	}
	b.line("fi")
	b.line(`exit "$code"`)
	return b.String()
}

// PBS is a script for qsub. Users may not queue a job again there: it hands in another.
func (j Job) PBS() string {
	b := script{directive: "#PBS"}
	b.line("#!/bin/sh")
	b.say("-N %s", j.Name)
	b.say("-j oe")
	if len(j.Points) > 1 {
		b.say("-J %d-%d", j.Points[0], j.Points[len(j.Points)-1])
	}
	b.say("-l select=%d:ncpus=%d:mpiprocs=1", max(1, j.Tasks), max(1, j.CPUs))
	if j.Time > 0 {
		b.say("-l walltime=%s", Clock(j.Time))
	}
	b.own(j.Lines)
	b.line("")
	b.line(`cd "$PBS_O_WORKDIR" || exit 1`)
	b.line("export GOMAXPROCS=%d", max(1, j.CPUs))
	const index = `"$PBS_ARRAY_INDEX"`
	b.line("%s", j.launched(index))
	b.line("code=$?")
	if j.Requeues > 0 && len(j.Again) > 0 {
		b.line("# 85 is to go on. 86 is not, as all else: it came no further, or was stopped by hand.")
		b.line(`if [ "$code" -eq 85 ]; then`)
		again := words(append([]string{j.Program}, j.Again...))
		if len(j.Points) > 0 {
			again += " --index " + j.point(index)
		}
		b.line("	%s --requeues %d --send%s", again, j.Requeues-1, afterDashes(j.Lines))
		b.line("fi")
	}
	b.line(`exit "$code"`)
	return b.String()
}

// Parallel is a script for this machine: points side by side, as many as there are processors for.
func (j Job) Parallel() string {
	b := script{}
	b.line("#!/bin/sh")
	cpus := max(1, j.CPUs)
	b.line("export GOMAXPROCS=%d", cpus)
	if len(j.Points) < 2 {
		b.line("exec %s", j.launched(""))
		return b.String()
	}
	b.line(`# JOBS points at a time, by default as many as there are processors for`)
	b.line(`n=$(($(nproc) / %d))`, cpus*max(1, j.Tasks))
	b.line(`if [ "$n" -lt 1 ]; then n=1; fi`)
	b.line(`exec xargs -P "${JOBS:-$n}" -n 1 %s --index <<points`, j.limited())
	for _, i := range j.Points {
		b.line("%d", i)
	}
	b.line("points")
	return b.String()
}

// command is the run of a point.
func (j Job) command(index string) string {
	text := words(append([]string{j.Program}, j.Run...))
	if len(j.Points) > 0 {
		text += " --index " + j.point(index)
	}
	return text
}

// point is the number of the only point, or the variable that has it.
func (j Job) point(index string) string {
	if len(j.Points) == 1 {
		return fmt.Sprint(j.Points[0])
	}
	return index
}

// launched is the run of a point by MPI where there are several ranks, with a limit of time that
// counts from its start.
func (j Job) launched(index string) string {
	text := j.command(index)
	if j.Time > 0 {
		text += " --walltime " + Clock(j.Time)
	}
	return j.mpirun() + text
}

// limited is launched without a point.
func (j Job) limited() string {
	all := j
	all.Points = nil
	return all.launched("")
}

func (j Job) mpirun() string {
	if j.Tasks < 2 {
		return ""
	}
	return fmt.Sprintf("mpirun -n %d ", j.Tasks)
}

// afterDashes are the user's own directives as arguments.
func afterDashes(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return " -- " + words(lines)
}

// script is a text with directives.
type script struct {
	strings.Builder
	directive string
}

func (s *script) line(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

func (s *script) say(format string, args ...any) {
	s.line("%s %s", s.directive, fmt.Sprintf(format, args...))
}

func (s *script) own(lines []string) {
	for _, line := range lines {
		s.say("%s", line)
	}
}

// words are arguments as a shell reads them.
func words(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = Quote(a)
	}
	return strings.Join(quoted, " ")
}

// Quote writes an argument so that a shell reads it as one word.
func Quote(arg string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%"
	if arg != "" && strings.Trim(arg, plain) == "" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

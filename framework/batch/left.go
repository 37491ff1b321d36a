package batch

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"time"
)

// Limit says when the time of this process is over.
type Limit struct {
	End    time.Time // zero where no limit is known
	Source string    // "SLURM_JOB_END_TIME", or why none is known
}

// Auto as a walltime means what the batch system says.
const Auto = "auto"

// FindLimit reads a walltime, a duration from started on or Auto. Slurm is asked once.
func FindLimit(walltime string, started time.Time) (Limit, error) {
	if walltime != Auto {
		d, err := ParseTime(walltime)
		return Limit{started.Add(d), "--walltime"}, err
	}
	s := system{root: "/", getenv: os.Getenv, now: time.Now(), ask: ask}
	return s.limit(), nil
}

// askPatience is how long an answer of the batch system may take: it is slow when many jobs start at once.
const askPatience = 30 * time.Second

func ask(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askPatience)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return string(out), err
}

// system is where a batch system leaves what it says.
type system struct {
	root   string
	getenv func(string) string
	now    time.Time
	ask    func(name string, args ...string) (string, error)
}

func (s system) limit() Limit {
	if end, err := strconv.ParseInt(s.getenv("SLURM_JOB_END_TIME"), 10, 64); err == nil && end > 0 {
		return Limit{time.Unix(end, 0), "SLURM_JOB_END_TIME"}
	}
	if job := s.slurmJob(); job != "" {
		return s.askSlurm(job)
	}
	if text := s.getenv("PBS_WALLTIME"); text != "" {
		return s.pbs(text)
	}
	return Limit{Source: "no batch system says when this job ends; give --walltime a duration"}
}

// slurmJob names the job as squeue takes it. The number of an array's last task is that of the
// array, and would be all of its tasks.
func (s system) slurmJob() string {
	array, task := s.getenv("SLURM_ARRAY_JOB_ID"), s.getenv("SLURM_ARRAY_TASK_ID")
	if array != "" && task != "" {
		return array + "_" + task
	}
	return s.getenv("SLURM_JOB_ID")
}

// askSlurm asks squeue for the time left, which says UNLIMITED where there is no limit.
func (s system) askSlurm(job string) Limit {
	out, err := s.ask("squeue", "-h", "-j", job, "-o", "%L")
	text := strings.TrimSpace(out)
	if err != nil {
		return Limit{Source: fmt.Sprintf("squeue does not say when job %s ends: %v", job, err)}
	}
	left, err := parseClock(text)
	if err != nil {
		return Limit{Source: fmt.Sprintf("squeue says that the time left of job %s is %q", job, text)}
	}
	return Limit{s.now.Add(left), "squeue"}
}

// pbs is what some versions of PBS say: the whole time of the job, in seconds. It counts from the
// start of the oldest of our ancestors that is in the job, its script.
func (s system) pbs(text string) Limit {
	d, err := parseClock(text)
	if err != nil || d <= 0 {
		return Limit{Source: fmt.Sprintf("PBS_WALLTIME is %q", text)}
	}
	return Limit{s.jobStart("PBS_JOBID=" + s.getenv("PBS_JOBID")).Add(d), "PBS_WALLTIME"}
}

// jobStart is when the oldest process began that is this one or an ancestor, with an entry in
// its environment; now where /proc does not tell.
func (s system) jobStart(entry string) time.Time {
	start := s.now
	for pid := "self"; pid != "" && s.has(pid, entry); {
		began, parent := s.process(pid)
		if began.IsZero() {
			break
		}
		start, pid = began, parent
	}
	return start
}

// has tells whether the environment with which a process began has an entry.
func (s system) has(pid, entry string) bool {
	text, _ := os.ReadFile(path.Join(s.root, "proc", pid, "environ"))
	return strings.Contains("\x00"+string(text), "\x00"+entry+"\x00")
}

// process is when a process began, and its parent. The fields after its name, which is in
// parentheses, are numbered from 3 on in proc(5).
func (s system) process(pid string) (began time.Time, parent string) {
	stat, _ := os.ReadFile(path.Join(s.root, "proc", pid, "stat"))
	name := strings.LastIndexByte(string(stat), ')')
	fields := strings.Fields(string(stat[name+1:]))
	const parentAt, startAt = 4 - 3, 22 - 3
	if name < 0 || len(fields) <= startAt {
		return time.Time{}, ""
	}
	ticks, err := strconv.ParseInt(fields[startAt], 10, 64) // hundredths of a second, on all of Linux
	if err != nil {
		return time.Time{}, ""
	}
	all, _ := os.ReadFile(path.Join(s.root, "proc", "stat"))
	for line := range strings.Lines(string(all)) {
		var boot int64
		if n, _ := fmt.Sscanf(line, "btime %d", &boot); n == 1 {
			return time.Unix(boot, 0).Add(time.Duration(ticks) * 10 * time.Millisecond), fields[parentAt]
		}
	}
	return time.Time{}, ""
}

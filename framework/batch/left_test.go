package batch

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90m": 90 * time.Minute, "1h30m": 90 * time.Minute, "1.5s": 1500 * time.Millisecond,
		"45:10": 45*time.Minute + 10*time.Second, "04:30:00": 270 * time.Minute, "100:00:00": 100 * time.Hour, "0:07": 7 * time.Second,
		"1-12": 36 * time.Hour, "1-12:30": 36*time.Hour + 30*time.Minute, "2-00:00:05": 48*time.Hour + 5*time.Second,
	} {
		if got, err := ParseTime(text); err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "30", "0s", "-1h", "00:00", "1:2:3:4", "1-1:2:3:4", "a:b", "1-", "UNLIMITED"} {
		if got, err := ParseTime(text); err == nil || !strings.Contains(err.Error(), "must be ") {
			t.Errorf("%q: %v, error %v", text, got, err)
		}
	}
	for d, want := range map[time.Duration]string{90 * time.Minute: "01:30:00", 100*time.Hour + time.Second/2: "100:00:01"} {
		if got := Clock(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

// What Slurm and PBS leave or answer, as of Slurm 22.05 and 23.02, and Torque.
func TestLimit(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	after := func(d time.Duration) time.Time { return now.Add(d) }
	for name, c := range map[string]struct {
		env    map[string]string
		asked  string
		answer string
		fails  error
		want   Limit
	}{
		"none":               {want: Limit{Source: "no batch system says when this job ends; give --walltime a duration"}},
		"Slurm, end":         {env: map[string]string{"SLURM_JOB_ID": "7", "SLURM_JOB_END_TIME": "1800000090"}, want: Limit{after(90 * time.Second), "SLURM_JOB_END_TIME"}},
		"Slurm":              {env: map[string]string{"SLURM_JOB_ID": "7"}, asked: "squeue -h -j 7 -o %L", answer: "1-00:00:30\n", want: Limit{after(24*time.Hour + 30*time.Second), "squeue"}},
		"Slurm, short":       {env: map[string]string{"SLURM_JOB_ID": "7"}, asked: "squeue -h -j 7 -o %L", answer: "0:58\n", want: Limit{after(58 * time.Second), "squeue"}},
		"Slurm, of an array": {env: map[string]string{"SLURM_JOB_ID": "7", "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "3"}, asked: "squeue -h -j 7_3 -o %L", answer: "9:58\n", want: Limit{after(598 * time.Second), "squeue"}},
		"Slurm, no limit":    {env: map[string]string{"SLURM_JOB_ID": "7"}, asked: "squeue -h -j 7 -o %L", answer: "UNLIMITED\n", want: Limit{Source: `squeue says that the time left of job 7 is "UNLIMITED"`}},
		"Slurm, no answer":   {env: map[string]string{"SLURM_JOB_ID": "7"}, asked: "squeue -h -j 7 -o %L", fails: errors.New("exit status 1"), want: Limit{Source: "squeue does not say when job 7 ends: exit status 1"}},
		"PBS, no number":     {env: map[string]string{"PBS_WALLTIME": "long"}, want: Limit{Source: `PBS_WALLTIME is "long"`}},
	} {
		t.Run(name, func(t *testing.T) {
			asked := ""
			s := system{root: t.TempDir(), getenv: func(name string) string { return c.env[name] }, now: now, ask: func(name string, args ...string) (string, error) {
				asked = strings.Join(append([]string{name}, args...), " ")
				return c.answer, c.fails
			}}
			if got := s.limit(); got != c.want || asked != c.asked {
				t.Errorf("got %v, want %v; asked %q, want %q", got, c.want, asked, c.asked)
			}
		})
	}
}

// The time of a job of PBS counts from the start of its script, the oldest ancestor that has the
// job's number in its environment.
func TestJobStart(t *testing.T) {
	boot := int64(1_700_000_000)
	root := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(root, "proc", name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	stat := func(pid, name, parent, ticks string) string { // proc(5): pid (name) state ppid ..., field 22 is the start
		return pid + " (" + name + ") S " + parent + strings.Repeat(" 0", 17) + " " + ticks + " 0 0\n"
	}
	write("stat", "cpu  1 2 3\nbtime 1700000000\n")
	write("self/environ", "A=1\x00PBS_JOBID=12.host\x00")
	write("self/stat", stat("30", "helm) x", "20", "50000"))
	write("20/environ", "PBS_JOBID=12.host\x00")
	write("20/stat", stat("20", "job script", "10", "40050"))
	write("10/environ", "PATH=/bin\x00") // the daemon
	write("10/stat", stat("10", "pbs_mom", "1", "100"))
	for walltime, left := range map[string]time.Duration{"3600": time.Hour, "00:30:00": 30 * time.Minute} {
		env := map[string]string{"PBS_WALLTIME": walltime, "PBS_JOBID": "12.host"}
		s := system{root: root, getenv: func(name string) string { return env[name] }, now: time.Unix(boot+700, 0)}
		want := Limit{time.Unix(boot, 0).Add(400_500 * time.Millisecond).Add(left), "PBS_WALLTIME"}
		if got := s.limit(); got != want {
			t.Errorf("%s: %v, want %v", walltime, got, want)
		}
	}
}

// The same of this process, as Linux tells it.
func TestJobStartHere(t *testing.T) {
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("no /proc: ", err)
	}
	s := system{root: "/", now: time.Now()}
	start := s.jobStart("PATH=" + os.Getenv("PATH"))
	if age := s.now.Sub(start); age <= 0 || age > 366*24*time.Hour {
		t.Errorf("the oldest process with our PATH began %v ago", age)
	}
	if got := s.jobStart("HELMHOLTZ_TEST_NOBODY=1"); got != s.now {
		t.Errorf("nobody has it, and it began at %v", got)
	}
}

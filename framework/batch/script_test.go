package batch

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A shell reads an argument back as it was.
func TestQuote(t *testing.T) {
	for _, arg := range []string{"", "plain-1.toml", "two words", "it's", `run.name="x"`, "$HOME `date` \\ \n *", "-n", "ä"} {
		out, err := exec.Command("sh", "-c", "printf %s "+Quote(arg)).Output()
		if err != nil || string(out) != arg {
			t.Errorf("%q is read as %q (%v)", arg, out, err)
		}
	}
	if got := Quote("mass.toml"); got != "mass.toml" {
		t.Errorf("%s is quoted without need", got)
	}
}

// Every kind of job is a script that a shell can read, with the parts that it is about.
func TestScripts(t *testing.T) {
	base := Job{Name: "mass", Program: "/opt/my tools/helmholtz", Run: []string{"run", "mass.toml"}, Requeues: 3, Again: []string{"submit", "mass.toml"}}
	for name, c := range map[string]struct {
		change func(*Job)
		slurm  []string // in the script, or with ! not in it
		pbs    []string
	}{
		"a run": {func(*Job) {}, []string{`-lt 3`, `requeue "$SLURM_JOB_ID"`, "!--array", "!--time", "!--signal", "!--cpus-per-task"}, []string{"!-J", "!walltime", "--requeues 2 --send"}},
		"an array": {func(j *Job) { j.Points = []int{0, 1, 2} }, []string{"--array=0-2", `--index "$SLURM_ARRAY_TASK_ID"`, `requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"`},
			[]string{"-J 0-2", `--index "$PBS_ARRAY_INDEX"`}},
		"an array of one": {func(j *Job) { j.Points = []int{0} }, []string{"!--array", "--index 0", `requeue "$SLURM_JOB_ID"`}, []string{"!-J", "--index 0"}},
		"short":           {func(j *Job) { j.Time = 10 * time.Minute }, []string{"--time=00:10:00", "!--signal", "--walltime auto"}, []string{"walltime=00:10:00", "--walltime 00:10:00"}},
		"long":            {func(j *Job) { j.Time = 30 * time.Hour }, []string{"--time=30:00:00", "--signal=USR1@60"}, []string{"walltime=30:00:00"}},
		"ranks":           {func(j *Job) { j.Tasks, j.CPUs = 4, 2 }, []string{"#SBATCH --ntasks=4", "srun --ntasks=4 --cpus-per-task=2 --kill-on-bad-exit=1 '/opt/my tools/helmholtz' run"}, []string{"select=4:ncpus=2:mpiprocs=1", "mpirun -n 4 '/opt"}},
		"no more":         {func(j *Job) { j.Requeues = 0 }, []string{"-lt 0"}, []string{"!--send"}},
		"own":             {func(j *Job) { j.Lines = []string{"-A physics"} }, []string{"\n#SBATCH -A physics\n"}, []string{"\n#PBS -A physics\n", "--send -- '-A physics'"}},
	} {
		t.Run(name, func(t *testing.T) {
			j := base
			c.change(&j)
			for text, want := range map[string][]string{j.Slurm(): c.slurm, j.PBS(): c.pbs, j.Parallel(): {"exec "}} {
				read := exec.Command("sh", "-n")
				read.Stdin = strings.NewReader(text)
				if out, err := read.CombinedOutput(); err != nil {
					t.Errorf("sh: %v: %s\n%s", err, out, text)
				}
				for _, part := range want {
					if absent, not := strings.CutPrefix(part, "!"); strings.Contains(text, absent) == not {
						t.Errorf("%s in\n%s", part, text)
					}
				}
			}
		})
	}
}

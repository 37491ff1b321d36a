//go:build linux

package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// launchers are those of this machine; without one the test is skipped.
func launchers(t *testing.T) (all map[string][]string) {
	t.Helper()
	if os.Getenv("HELMHOLTZ_TEST_CLUSTER") == "" { // where more ranks than processors wait busily, a minute or more
		t.Skip("make test-cluster starts ranks")
	}
	all = map[string][]string{}
	for name, flags := range map[string][]string{"mpirun.openmpi": {"--oversubscribe"}, "mpirun.mpich": nil} {
		if path, err := exec.LookPath(name); err == nil {
			all[name] = append([]string{path}, flags...)
		}
	}
	if len(all) == 0 {
		t.Skip("no mpirun here: install openmpi-bin or mpich")
	}
	return all
}

// launch is a run on some ranks, in a process group of its own.
func launch(t *testing.T, launcher []string, n int, args ...string) started {
	t.Helper()
	all := append(append(launcher[1:len(launcher):len(launcher)], "-n", fmt.Sprint(n), built.helmholtz), args...)
	s := started{exec.Command(launcher[0], all...), &strings.Builder{}}
	s.Env = append(os.Environ(), "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
	s.Stderr, s.SysProcAttr = s.said, &syscall.SysProcAttr{Setpgid: true}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.ProcessState == nil { // else its number may be that of another by now
			syscall.Kill(-s.Process.Pid, syscall.SIGKILL)
		}
	})
	return s
}

// ended is what a run folder has: observables as show prints them, and the last checkpoint.
type ended struct {
	Observables string
	Checkpoint  *core.Checkpoint
}

func endOfRun(t *testing.T, dir string) (e ended) {
	t.Helper()
	out, err := exec.Command(built.helmholtz, "show", dir, "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var shown struct{ Observables json.RawMessage }
	if err := json.Unmarshal(out, &shown); err != nil {
		t.Fatal(err)
	}
	folder, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	e.Observables = string(shown.Observables)
	if e.Checkpoint, _, err = folder.LatestCheckpoint(); err != nil {
		t.Fatal(err)
	}
	if e.Checkpoint != nil {
		e.Checkpoint.WallSeconds = 0
	}
	return e
}

func sameEnd(t *testing.T, what string, got, want ended) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("%s differs from one process:\n%s", what, diff)
	}
}

// rankFiles are runs of a model, of fermions by natural gradients, with a matrix that is factorised and by products, of a flow, and of chains, whose batches have four
// shares. Estimators of the second and of the third ask the model about most of what they see.
func rankFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{
		"van":    "[model]\nplugin = \"van\"\ndepth = 2\n[energy]\nplugin = \"ising\"\nL = 4\n[ensemble]\nbeta = 0.4\n[train]\nsteps = 8\nbatch = 256\n[evaluate]\nsamples = 1000\nbatch = 300\nkeep_samples = 50\n",
		"fermi":  "[model]\nplugin = \"fermiflow\"\n[energy]\nplugin = \"quantumdot\"\nn = 2\nkappa = 1\n[ensemble]\nbeta = 2\n[train]\noptimizer = \"natural\"\nsteps = 3\nbatch = 256\n[evaluate]\nsamples = 600\nbatch = 300\n[[estimator]]\nplugin = \"energy_levels\"\nstates = 4\nlevels = 3\ndepth = 2\nevery = 8\n",
		"flow":   "[model]\nplugin = \"neuralrg\"\n[energy]\nplugin = \"phi4\"\nL = 4\nd = 2\nm2 = -1\nlambda = 2\n[ensemble]\nbeta = 1\n[train]\nsteps = 4\nbatch = 256\n[evaluate]\nsamples = 600\nbatch = 300\nkeep_samples = 50\n[[estimator]]\nplugin = \"response\"\n",
		"chains": "[energy]\nplugin = \"phi4\"\nL = 4\nd = 2\nm2 = -4\nlambda = 6.975\n[ensemble]\nbeta = 1\n[sampler]\nmethod = \"hmc\"\nchains = 10\nburn_in = 30\n[evaluate]\nsamples = 500\nbatch = 100\nkeep_samples = 50\n",
	}
	files["products"] = strings.Replace(files["fermi"], "\"natural\"", "\"natural\"\nsolver = \"conjugate_gradients\"", 1)
	for name, text := range files {
		files[name] = filepath.Join(dir, name+".toml")
		if err := os.WriteFile(files[name], []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// What ranks of a launcher compute is what one process computes, bit for bit.
func TestRanksOfLaunchers(t *testing.T) {
	all, dir := launchers(t), t.TempDir()
	for name, file := range rankFiles(t, dir) {
		whole := filepath.Join(dir, name)
		if out, err := exec.Command(built.helmholtz, "run", file, "--out", whole).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want := endOfRun(t, whole)
		for by, launcher := range all {
			for _, n := range []int{2, 3} {
				out := filepath.Join(dir, fmt.Sprint(name, by, n))
				run := launch(t, launcher, n, "run", file, "--out", out)
				if code := run.exit(); code != exitDone {
					t.Fatalf("%s -n %d: exit code %d\n%s", by, n, code, run.said)
				}
				if said := fmt.Sprintf("ranks: %d, threads ", n); n > 1 && strings.Count(run.said.String(), said) != 1 {
					t.Errorf("%s: %q is not said once in\n%s", by, said, run.said)
				}
				sameEnd(t, fmt.Sprintf("%s by %s -n %d", name, by, n), endOfRun(t, out), want)
				if results, err := store.ReadResults(out); err != nil || results.Run.Ranks != n || results.Run.Threads < 1 {
					t.Errorf("%s -n %d: the results say %d ranks of %d threads, %v", by, n, results.Run.Ranks, results.Run.Threads, err)
				}
			}
		}
	}
}

// A rank whose plugin dies, and a signal to one of the ranks, end all with one message and one
// code; one process goes on.
func TestRankThatFails(t *testing.T) {
	all, dir := launchers(t), t.TempDir()
	file := runFile(t, dir, 400)
	whole := filepath.Join(dir, "whole")
	if out, err := exec.Command(built.helmholtz, "run", file, "--out", whole, "--set", "train.batch=256").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := endOfRun(t, whole)
	for by, launcher := range all {
		out := filepath.Join(dir, by)
		args := []string{"run", file, "--out", out, "--set", "train.batch=256"}
		for k, leg := range []struct {
			ranks, code int
			strike      func(rank int) // process of the last rank
			says        string
		}{
			{2, exitInterrupted, func(p int) { syscall.Kill(p, syscall.SIGUSR1) }, "rank 1: stopped: "},
			{2, exitPlugin, func(p int) { syscall.Kill(pluginsOf(p)[0], syscall.SIGKILL) }, "rank 1: "},
		} {
			run := launch(t, launcher, leg.ranks, args...)
			rank := lastRank(t, run.Process.Pid, leg.ranks)
			for deadline := time.Now().Add(time.Minute); !trains(out) && time.Now().Before(deadline); {
				time.Sleep(20 * time.Millisecond)
			}
			leg.strike(rank)
			if code := run.exit(); code != leg.code {
				t.Errorf("%s, leg %d: exit code %d, want %d\n%s", by, k, code, leg.code, run.said)
			}
			if n := strings.Count(run.said.String(), leg.says); n != 1 {
				t.Errorf("%s, leg %d: %d times %q in\n%s", by, k, n, leg.says, run.said)
			}
		}
		run := launch(t, launcher, 1, args...)
		if code := run.exit(); code != exitDone {
			t.Fatalf("%s: exit code %d\n%s", by, code, run.said)
		}
		sameEnd(t, by, endOfRun(t, out), want)
	}
}

// trains tells that a checkpoint of a run that is going on is there.
func trains(dir string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, "checkpoint-*.h5"))
	return len(found) > 0
}

// lastRank is the process of the last of so many ranks below a launcher, with plugins of its own.
func lastRank(t *testing.T, launcher, n int) int {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, p := range below(launcher) {
			env, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p))
			for _, name := range []string{"OMPI_COMM_WORLD_RANK", "PMI_RANK"} {
				if bytes.Contains(env, []byte(fmt.Sprintf("\x00%s=%d\x00", name, n-1))) && len(pluginsOf(p)) > 0 {
					return p
				}
			}
		}
	}
	t.Fatal("no rank was started")
	return 0
}

// pluginsOf are the children of a process that serve plugins. Go's os starts one child more before
// the first, to try pidfd, which is gone at once.
func pluginsOf(p int) (all []int) {
	for _, child := range childrenOf(p) {
		if line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child)); bytes.Contains(line, []byte("\x00serve\x00")) {
			all = append(all, child)
		}
	}
	return all
}

func below(p int) (all []int) {
	for _, child := range childrenOf(p) {
		all = append(append(all, child), below(child)...)
	}
	return all
}

func childrenOf(p int) (all []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p))
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		for _, word := range strings.Fields(string(text)) {
			var child int
			fmt.Sscan(word, &child)
			all = append(all, child)
		}
	}
	return all
}

// The points of a sweep are shared by ranks, and are those of one process.
func TestRanksShareASweep(t *testing.T) {
	all, dir := launchers(t), t.TempDir()
	file := rankFiles(t, dir)["van"]
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, "[sweep]\nensemble.beta = [0.2, 0.3, 0.4]\n"...), 0o666); err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(dir, "whole")
	if out, err := exec.Command(built.helmholtz, "run", file, "--out", whole).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for by, launcher := range all {
		for _, c := range []struct{ ranks, per int }{{2, 0}, {4, 2}} {
			out := filepath.Join(dir, fmt.Sprint(by, c.ranks))
			run := launch(t, launcher, c.ranks, "run", file, "--out", out, "--ranks-per-point", fmt.Sprint(c.per))
			if code := run.exit(); code != exitDone {
				t.Fatalf("%s: exit code %d\n%s", by, code, run.said)
			}
			for i := range 3 {
				sameEnd(t, fmt.Sprintf("point %d by %s", i, by), endOfRun(t, store.PointDir(out, i)), endOfRun(t, store.PointDir(whole, i)))
			}
			if _, err := store.ReadSweep(store.SweepFile(out)); err != nil {
				t.Error(err)
			}
		}
	}
}

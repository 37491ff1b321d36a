//go:build linux

package app

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// slurm starts a cluster of this machine alone, and returns the environment in which its commands and
// helmholtz are found.
func slurm(t *testing.T) []string {
	t.Helper()
	if os.Getenv("HELMHOLTZ_TEST_SLURM") == "" {
		t.Skip("HELMHOLTZ_TEST_SLURM is not set: make test-cluster sets it")
	}
	for _, program := range []string{"munged", "slurmctld", "slurmd", "sbatch"} {
		if _, err := exec.LookPath(program); err != nil || os.Getuid() != 0 {
			t.Skipf("needs root and %s: .ci/setup-cluster installs it", program)
		}
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("hs%d", os.Getpid()))
	control := filepath.Join(repository(), ".ci", "slurm")
	t.Cleanup(func() {
		if out, err := exec.Command(control, "stop", dir).CombinedOutput(); err != nil {
			t.Errorf("stop Slurm: %v\n%s", err, out)
		}
		os.RemoveAll(dir)
	})
	if out, err := exec.Command(control, "start", dir).CombinedOutput(); err != nil {
		t.Fatalf("start Slurm: %v\n%s", err, out)
	}
	return append(os.Environ(), "SLURM_CONF="+filepath.Join(dir, "slurm.conf"), "PATH="+filepath.Dir(built.helmholtz)+":"+os.Getenv("PATH"))
}

// A sweep as an array of jobs of a minute, each of which is queued again by its script until it is
// done: nobody has a hand on it, and its digits are those of the sweep that was not interrupted.
func TestSlurmArray(t *testing.T) {
	env := slurm(t)
	dir := t.TempDir()
	// 40 steps and 20 batches of the evaluation, of two seconds each by the fault "slow", are two
	// minutes: of a minute some 45 seconds are used.
	text := "[run]\nenv = [\"RING_FAULT\"]\n[model]\nplugin = \"van\"\ndepth = 1\n[energy]\nplugin = \"ring\"\npath = \"" + built.ring + "\"\nN = 8\n[ensemble]\n" +
		"[train]\nsteps = 40\nbatch = 20\n[evaluate]\nsamples = 400\nbatch = 20\n[sweep]\nensemble.beta = [0.3, 0.4, 0.5]\n"
	if err := os.WriteFile(filepath.Join(dir, "sweep.toml"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	command := func(name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = dir, append(env, "RING_FAULT=0:slow")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := command(built.helmholtz, "submit", "sweep.toml", "--array", "--cpus", "1", "--time", "1m", "--send"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for begin := time.Now(); ; time.Sleep(5 * time.Second) {
		jobs, err := command("squeue", "-h", "-o", "%i %T %r %M")
		if err == nil && strings.TrimSpace(jobs) == "" {
			break
		}
		if time.Since(begin) > 25*time.Minute {
			t.Fatalf("still there: %v\n%s", err, jobs)
		}
	}
	if out, err := command(built.helmholtz, "status", "sweep.out"); err != nil {
		t.Errorf("status: %v\n%s", err, out)
	}
	if out, err := command(built.helmholtz, "collect", "sweep.out"); err != nil {
		t.Errorf("collect: %v\n%s", err, out)
	}
	logs, err := filepath.Glob(filepath.Join(dir, "sweep-*_*.log"))
	if err != nil || len(logs) != 3 {
		t.Errorf("logs %v, %v", logs, err)
	}
	for _, log := range logs {
		said, err := os.ReadFile(log)
		begun, ended := strings.Count(string(said), "time left: "), strings.Count(string(said), "the time is nearly over")
		if err != nil || begun < 3 || ended != begun-1 {
			t.Errorf("%s: %d processes, of which %d ended as their time was over (%v)\n%s", filepath.Base(log), begun, ended, err, said)
		}
		t.Logf("%s: %d processes", filepath.Base(log), begun)
	}
	helmholtz(t, dir, []int{exitDone}, "run", "sweep.toml", "--out", "whole")
	for i := range 3 {
		point := fmt.Sprintf("point-%03d", i)
		sameResults(t, filepath.Join(dir, "whole", point), filepath.Join(dir, "sweep.out", point))
	}
}

package host

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const (
	stillLimit = 5 * time.Second // of describe, start and call
	standstill = stillLimit + 2*time.Second
)

// stillHost is a host with short deadlines whose plugin waits for dir/go in
// the given phase. It prints "done", or the error.
func stillHost(phase, dir string) {
	h := New(Options{Builtins: builtins(), CallTimeout: stillLimit})
	h.describeTimeout, h.startTimeout = stillLimit, stillLimit
	path, settings := "", core.Settings{}
	if phase == "call" {
		settings = core.Settings{"started": filepath.Join(dir, "started"), "wait": filepath.Join(dir, "go")}
	} else {
		path = filepath.Join(dir, "helmholtz-plugin-waiting")
	}
	err := func() error {
		f, err := h.Find(core.KindEnergy, "witness", path, "")
		if err != nil {
			return err
		}
		e, err := h.OpenEnergy(f, settings)
		if err != nil {
			return err
		}
		dst := make([]float64, 1)
		if err := e.Eval(dst, &core.Batch{N: 1, X: make([]float64, 4)}); err != nil || dst[0] != 1.5 {
			return errors.Join(err, fmt.Errorf("E = %v", dst))
		}
		return nil
	}()
	fmt.Println(err)
	h.Close()
	os.Exit(0)
}

func startStill(t *testing.T, phase, dir string) (host *exec.Cmd, out *bufio.Reader) {
	t.Helper()
	host = exec.Command(os.Args[0], "still-host", phase, dir)
	host.Stderr = os.Stderr
	pipe, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { host.Process.Kill(); host.Wait() })
	return host, bufio.NewReader(pipe)
}

var phases = []string{"describe", "serve", "call"}

// A job that was suspended for longer than any deadline goes on: time in which
// host and plugin stood still does not count.
func TestStandstill(t *testing.T) {
	t.Parallel()
	var pids []int // each plugin leads a group of its own
	var outs []*bufio.Reader
	var dirs []string
	for _, phase := range phases {
		dir := t.TempDir()
		waiting(t, dir, phase)
		host, out := startStill(t, phase, dir)
		pids, outs, dirs = append(pids, host.Process.Pid), append(outs, out), append(dirs, dir)
	}
	for _, dir := range dirs {
		pids = append(pids, -pidIn(t, filepath.Join(dir, "started")))
	}
	signal := func(s syscall.Signal) {
		for _, pid := range pids {
			if err := syscall.Kill(pid, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	signal(syscall.SIGSTOP)
	time.Sleep(standstill)
	for _, dir := range dirs {
		write(t, filepath.Join(dir, "go"), "")
	}
	signal(syscall.SIGCONT)
	for i, phase := range phases {
		if line, err := outs[i].ReadString('\n'); line != "<nil>\n" {
			t.Errorf("%s: the host says %q, error %v", phase, line, err)
		}
	}
}

// Where only the plugin stands still, it is taken for hung, in each phase.
func TestHungPhases(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"describe": "describe plugin: DIR/helmholtz-plugin-waiting: did not answer within 5s (if it only takes long, give it more time with --describe-timeout)\n",
		"serve":    "start plugin: energy witness: did not say that it is ready within 5s (signal: killed)\n",
		"call":     "evaluate: energy witness: did not answer within 5s and was killed\n",
	}
	outs, dirs := map[string]*bufio.Reader{}, map[string]string{}
	for _, phase := range phases {
		dirs[phase] = t.TempDir()
		waiting(t, dirs[phase], phase)
		_, outs[phase] = startStill(t, phase, dirs[phase])
	}
	for _, phase := range phases {
		line, err := outs[phase].ReadString('\n')
		if want := strings.Replace(want[phase], "DIR", dirs[phase], 1); line != want {
			t.Errorf("the host says %q, error %v, want %q", line, err, want)
		}
	}
}

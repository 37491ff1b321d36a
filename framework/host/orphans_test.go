package host

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// hostProgram is a host that opens a plugin in the given mode, prints the
// plugin's process id, and makes one more call. It never returns.
func hostProgram(mode string) {
	h := New(Options{Builtins: builtins()})
	fail := func(err error) {
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
	}
	f, err := h.Find(core.KindEnergy, "faulty", "", "")
	fail(err)
	e, err := h.OpenEnergy(f, core.Settings{"mode": mode})
	fail(err)
	dst, b := make([]float64, 3), &core.Batch{N: 3, X: make([]float64, 12)}
	fail(e.Eval(dst, b))
	fmt.Println(h.opened[0].(*process).command.cmd.Process.Pid)
	fail(e.Eval(dst, b))
	fmt.Println("done")
	select {}
}

// startHost runs hostProgram and returns its plugin's process id.
func startHost(t *testing.T, mode string) (host *exec.Cmd, plugin int, out *bufio.Reader, stderr *strings.Builder) {
	t.Helper()
	host, stderr = exec.Command(os.Args[0], "host-program", mode), &strings.Builder{}
	host.Stderr = stderr
	pipe, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { host.Process.Kill(); host.Wait() })
	out = bufio.NewReader(pipe)
	line, err := out.ReadString('\n')
	if _, err2 := fmt.Sscan(line, &plugin); err != nil || err2 != nil {
		t.Fatalf("the host printed %q, error %v", line, err)
	}
	return host, plugin, out, stderr
}

// However a host dies, its plugin dies: idle or in the middle of a call.
func TestNoOrphans(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		for _, mode := range []string{"", "hang"} {
			t.Run(fmt.Sprintf("%v %s", signal, mode), func(t *testing.T) {
				t.Parallel()
				host, plugin, _, _ := startHost(t, mode)
				time.Sleep(100 * time.Millisecond) // into the call
				if syscall.Kill(plugin, 0) != nil {
					t.Fatal("there is no plugin")
				}
				host.Process.Signal(signal)
				host.Wait()
				if err := gone(plugin); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// Nothing of go-plugin's or gRPC's own logging reaches the terminal, and no
// socket is left behind, whether the plugin lives, crashes or prints.
func TestSilence(t *testing.T) {
	for mode, want := range map[string]string{
		"":        "done\n",
		"kill -9": "error: evaluate: energy faulty: signal: killed (if nobody killed it, memory ran out: " + memoryHint + ")\n",
		"print":   "done\n",
	} {
		t.Run(mode, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			host, _, out, stderr := startHost(t, mode)
			line, err := out.ReadString('\n')
			if err != nil || line != want {
				t.Errorf("standard output %q, error %v, want %q", line, err, want)
			}
			host.Process.Kill()
			host.Wait()
			if stderr.Len() > 0 {
				t.Errorf("standard error: %s", stderr)
			}
			if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

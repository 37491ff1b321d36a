//go:build cgo && unix

package mpi

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// launcher is an mpirun, or srun, with the library that belongs to it.
type launcher struct {
	name    string
	command []string
	library string   // what HELMHOLTZ_MPI says; empty: Join looks for it
	says    string   // how its version begins
	open    bool     // Open MPI
	env     []string // what the command needs to know
}

// These tests start ranks: `make test-cluster` asks for them.
const clusterVariable = "HELMHOLTZ_TEST_CLUSTER"

// launchers are those of Debian, and those of the folders in HELMHOLTZ_TEST_MPI, in which
// bin/mpiexec and lib/ are; a suffix =LIBRARY names which library of the folder is meant.
func launchers(t testing.TB) (all []launcher) {
	t.Helper()
	if os.Getenv(clusterVariable) == "" {
		t.Skip("starts ranks by mpirun: make test-cluster runs it")
	}
	openArgs := []string{"--oversubscribe", "--allow-run-as-root"}
	if path, err := exec.LookPath("mpirun.openmpi"); err == nil {
		all = append(all, launcher{name: "openmpi", command: append([]string{path}, openArgs...), says: "Open MPI v", open: true})
	}
	if path, err := exec.LookPath("mpirun.mpich"); err == nil {
		all = append(all, launcher{name: "mpich", command: []string{path}, says: "MPICH Version:"})
	}
	for _, entry := range filepath.SplitList(os.Getenv("HELMHOLTZ_TEST_MPI")) {
		dir, library, _ := strings.Cut(entry, "=")
		l := launcher{name: filepath.Base(dir) + "-" + library, command: []string{filepath.Join(dir, "bin", "mpiexec")}, library: filepath.Join(dir, "lib", library)}
		if l.open = strings.HasPrefix(library, "libmpi.so.40"); l.open {
			l.command = append(l.command, openArgs...)
		}
		all = append(all, l)
	}
	if len(all) == 0 {
		t.Skip("neither mpirun.openmpi nor mpirun.mpich is here: .ci/setup-cluster installs them where there is apt")
	}
	return all
}

// each runs f as a subtest for each mpirun, eachAlsoSlurm for srun, too.
func each(t *testing.T, f func(t *testing.T, l launcher)) {
	for _, l := range launchers(t) {
		t.Run(l.name, func(t *testing.T) { f(t, l) })
	}
}

func eachAlsoSlurm(t *testing.T, f func(t *testing.T, l launcher)) {
	each(t, f)
	for _, pmi := range []string{"pmix", "pmi2"} {
		t.Run("srun-"+pmi, func(t *testing.T) { f(t, slurm(t, pmi)) })
	}
}

// rehearsal is a scene on ranks that runs.
type rehearsal struct {
	*exec.Cmd
	out    buffer
	cancel context.CancelFunc
	ended  chan struct{} // closed when the launcher has ended
	err    error         // of it, then
}

// hang is when ranks are taken for hung. A scene takes a second or two, more when ranks
// share few busy cores.
const hang = 4 * time.Minute

// start starts a scene on n ranks, with more variables.
func (l launcher) start(t testing.TB, n int, scene string, more ...string) *rehearsal {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	args := append(append([]string{}, l.command[1:]...), "-n", strconv.Itoa(n), exe)
	r := &rehearsal{Cmd: exec.CommandContext(ctx, l.command[0], args...), cancel: cancel, ended: make(chan struct{})}
	r.Env = append(append(os.Environ(), l.env...), sceneVariable+"="+scene, "TMPDIR=/tmp") // sockets have short paths
	if l.library != "" {
		r.Env = append(r.Env, Variable+"="+l.library)
	}
	r.Env = append(r.Env, more...)
	r.Stdout, r.Stderr = &r.out, &r.out
	r.WaitDelay = 10 * time.Second
	r.Cancel = func() error { return r.Process.Signal(syscall.SIGTERM) }
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		r.err = r.Wait()
		close(r.ended)
	}()
	t.Cleanup(cancel)
	return r
}

// end waits for the ranks and returns the exit code of mpirun, -1 after a signal.
func (r *rehearsal) end(t testing.TB) (code int, out string) {
	t.Helper()
	<-r.ended
	r.cancel()
	var exit *exec.ExitError
	if r.err != nil && !errors.As(r.err, &exit) {
		t.Fatalf("%v hung, or could not be started: %v\n%s", r.Args, r.err, r.out.String())
	}
	return r.ProcessState.ExitCode(), r.out.String()
}

// process waits for the number of a rank's process, as long as its launcher lives, which hang bounds.
func (r *rehearsal) process(t *testing.T, rank int) int {
	t.Helper()
	line := regexp.MustCompile(fmt.Sprintf(`rank %d is process (\d+)\n`, rank))
	for ended := false; ; {
		if found := line.FindStringSubmatch(r.out.String()); found != nil {
			pid, _ := strconv.Atoi(found[1])
			return pid
		}
		if ended {
			t.Fatalf("%v ended, %v, and rank %d had not said its process:\n%s", r.Args, r.err, rank, r.out.String())
		}
		select {
		case <-r.ended:
			ended = true // what it said last is there now
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// buffer can be read while it is written.
type buffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (l launcher) run(t testing.TB, n int, scene string, more ...string) (code int, out string) {
	t.Helper()
	return l.start(t, n, scene, more...).end(t)
}

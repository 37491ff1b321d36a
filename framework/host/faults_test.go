package host

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func wantError(t *testing.T, err error, kind core.Kind, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", texts)
	}
	if core.KindOf(err) != kind {
		t.Errorf("error %q is of kind %v, want %v", err, core.KindOf(err), kind)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q does not contain %q", err, text)
		}
	}
}

// evalTwice makes the call that behaves and the one that does not.
func evalTwice(t *testing.T, e core.Energy) ([]float64, error) {
	t.Helper()
	b := &core.Batch{N: 3, X: make([]float64, 12)}
	dst := make([]float64, 3)
	if err := e.Eval(dst, b); err != nil {
		t.Fatal("the first call failed:", err)
	}
	return dst, e.Eval(dst, b)
}

// patience is the deadline of calls that hang; long, because the machine that
// tests run on may be busy.
const patience = 5 * time.Second

func TestFaultyEnergy(t *testing.T) {
	for _, c := range []struct {
		mode  string
		ends  bool // the process is gone
		kind  core.Kind
		texts []string
	}{
		{"panic", false, core.Internal, []string{"evaluate: panic: runtime error: index out of range [3] with length 3"}},
		{"panic in a goroutine", true, core.Plugin, []string{"energy faulty", "panic: lost in a worker (exit status 2)"}},
		{"hang", true, core.Plugin, []string{"energy faulty", fmt.Sprintf("did not answer within %v and was killed", patience)}},
		{"kill -9", true, core.Plugin, []string{"energy faulty", "signal: killed"}},
		{"exit", true, core.Plugin, []string{"energy faulty", "licence expired (exit status 3)"}},
		{"NaN", false, core.Numeric, []string{"energy faulty", "the energy of sample 2 is NaN"}},
		{"-Inf", false, core.Numeric, []string{"energy faulty", "the energy of sample 1 is -Inf"}},
		{"error", false, core.Numeric, []string{"chunk 3: evaluate: site 2: overflow"}},
	} {
		t.Run(c.mode, func(t *testing.T) {
			t.Parallel()
			o := Options{}
			if c.mode == "hang" {
				o.CallTimeout = patience
			}
			e := openEnergy(t, newHost(t, o), "faulty", core.Settings{"mode": c.mode})
			_, err := evalTwice(t, e)
			wantError(t, err, c.kind, c.texts...)
			var crash *Crash
			if errors.As(err, &crash) != c.ends {
				t.Errorf("the cause is a crash: %v, want %v", !c.ends, c.ends)
			}
			// A process that is gone fails every later call with the same
			// cause; one that lives goes on working.
			_, err = e.(core.Exacter).Exact(1)
			if c.ends {
				wantError(t, err, core.Plugin, c.texts...)
			} else {
				wantError(t, err, core.Unsupported, `it does not have the power "exact"`)
			}
		})
	}
}

func TestForbiddenConfigurations(t *testing.T) {
	e := openEnergy(t, newHost(t, Options{}), "faulty", core.Settings{"mode": "+Inf"})
	if energies, err := evalTwice(t, e); err != nil || !math.IsInf(energies[1], 1) {
		t.Errorf("energies %v, error %v, want +Inf to pass", energies, err)
	}
}

func TestFaultyOpen(t *testing.T) {
	for mode, want := range map[string]struct {
		kind  core.Kind
		texts []string
	}{
		"refuse":        {core.Invalid, []string{"open energy: couplings.csv: file does not exist (give a file)"}},
		"panic on open": {core.Internal, []string{"panic: no good"}},
		"die on open":   {core.Plugin, []string{"open energy: energy faulty: cannot go on (exit status 7)"}},
	} {
		t.Run(mode, func(t *testing.T) {
			h := newHost(t, Options{})
			_, err := h.OpenEnergy(find(t, h, core.KindEnergy, "faulty"), core.Settings{"mode": mode})
			wantError(t, err, want.kind, want.texts...)
			if len(h.opened) != 0 {
				t.Error("the process was kept")
			}
		})
	}
}

func TestFaultyModel(t *testing.T) {
	t.Parallel()
	type call func(m core.Model) error
	sample := func(m core.Model) error { return m.Sample(&core.Batch{}, 1, 4) }
	logProb := func(m core.Model) error { return m.LogProb(make([]float64, 1), make([]float64, 2)) }
	pull := func(m core.Model) error {
		return m.Pull(make([]float64, 3), &core.Batch{N: 1, X: make([]float64, 2)}, []float64{1})
	}
	for _, transport := range transports {
		for _, c := range []struct {
			mode string
			call call
			kind core.Kind
			text string
		}{
			{"short x", sample, core.Plugin, "x has 3 numbers, want 8"},
			{"long ln p", sample, core.Plugin, "log_p has 5 numbers, want 4"},
			{"NaN", sample, core.Numeric, "sample: model faulty: ln p of sample 1 is NaN"},
			{"NaN", logProb, core.Numeric, "log_prob: model faulty: ln p of sample 0 is NaN"},
			{"NaN", pull, core.Numeric, "pull: model faulty: gradient component 2 is NaN"},
			{"load", func(m core.Model) error {
				if err := m.Load(make([]float64, 3)); err != nil {
					return err
				}
				return sample(m)
			}, core.Numeric, "load: theta: too large"},
		} {
			t.Run(transport+" "+c.mode, func(t *testing.T) {
				m := openModel(t, newHost(t, Options{Transport: transport}), "faulty", core.Settings{"mode": c.mode}, spins(2))
				wantError(t, c.call(m), c.kind, c.text)
			})
		}
		t.Run(transport+" own memory", func(t *testing.T) {
			m := openModel(t, newHost(t, Options{Transport: transport}), "faulty", core.Settings{"mode": "own memory"}, spins(2))
			var b core.Batch
			if err := m.Sample(&b, 1, 4); err != nil || b.X[0] != -1 {
				t.Errorf("x = %v, error %v: what a model drew into memory of its own is lost", b.X, err)
			}
		})
	}
	h := newHost(t, Options{})
	_, err := h.OpenModel(find(t, h, core.KindModel, "faulty"), core.Settings{"mode": "wrong space"}, spins(2))
	wantError(t, err, core.Plugin, "in its spec, it says spins [99], it was opened on spins [2]")
}

// lines is a log of what plugins printed.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func debugLog() (*slog.Logger, *lines) {
	l := &lines{}
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})), l
}

func TestPrintsGoToTheLog(t *testing.T) {
	log, l := debugLog()
	h := newHost(t, Options{Log: log})
	e := openEnergy(t, h, "faulty", core.Settings{"mode": "print"})
	if _, err := evalTwice(t, e); err != nil {
		t.Fatal(err)
	}
	h.Close()
	for _, want := range []string{`msg="1|1|tcp|hello from standard output" plugin="energy faulty"`, "hello from standard error"} {
		if !strings.Contains(l.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, l)
		}
	}
}

func TestCloseDuringCall(t *testing.T) {
	h := newHost(t, Options{})
	e := openEnergy(t, h, "faulty", core.Settings{"mode": "hang"})
	failed := make(chan error)
	dst, b := make([]float64, 3), &core.Batch{N: 3, X: make([]float64, 12)}
	if err := e.Eval(dst, b); err != nil {
		t.Fatal(err)
	}
	go func() { failed <- e.Eval(dst, b) }()
	time.Sleep(100 * time.Millisecond) // let the call reach the plugin
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	wantError(t, <-failed, core.Plugin, "the host was closed")
	wantError(t, e.Eval(dst, b), core.Plugin, "the host was closed")
	_, err := h.OpenEnergy(find(t, h, core.KindEnergy, "faulty"), nil)
	wantError(t, err, core.Plugin, "the host was closed")
}

// gone waits for a process to be no more (or an unreaped corpse).
func gone(pid int) error {
	for range 600 { // half a minute
		if syscall.Kill(pid, 0) != nil {
			return nil
		}
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(stat), ") Z ") {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("process %d still runs", pid)
}

// What a plugin starts ends with it, also when it is closed in an orderly way.
func TestGrandchildrenEnd(t *testing.T) {
	t.Parallel()
	h := newHost(t, Options{})
	energies, err := evalTwice(t, openEnergy(t, h, "faulty", core.Settings{"mode": "child"}))
	if err != nil {
		t.Fatal(err)
	}
	if syscall.Kill(int(energies[0]), 0) != nil {
		t.Fatal("there is no grandchild")
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if err := gone(int(energies[0])); err != nil {
		t.Error(err)
	}
}

// A daemon that a plugin started keeps the plugin's pipes, but not the host.
func TestDaemonDoesNotHoldHost(t *testing.T) {
	t.Parallel()
	h := newHost(t, Options{})
	energies, err := evalTwice(t, openEnergy(t, h, "faulty", core.Settings{"mode": "daemon"}))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(int(energies[0]), syscall.SIGKILL)
	if err := h.Close(); err != nil {
		t.Error(err)
	}
}

// Batch systems send these to every process of a job; the plugin must live on,
// so that the host can finish the step and write its checkpoint.
func TestSignalsAreIgnored(t *testing.T) {
	e := openEnergy(t, newHost(t, Options{}), "faulty", core.Settings{"mode": "pid"})
	energies, err := evalTwice(t, e)
	if err != nil {
		t.Fatal(err)
	}
	pid := int(energies[0])
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2} {
		if err := syscall.Kill(pid, s); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(100 * time.Millisecond)
	if again, err := evalTwice(t, e); err != nil || int(again[0]) != pid {
		t.Errorf("after the signals: %v, error %v", again, err)
	}
}

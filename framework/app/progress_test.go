package app

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

func TestMonitorLine(t *testing.T) {
	// 16 sites; rates and times follow from Done, Start and Elapsed.
	for _, c := range []struct {
		name  string
		exact map[string]float64
		p     run.Progress
		want  string
	}{
		{"training", map[string]float64{"free_energy": -33.85, "energy": -1}, run.Progress{Phase: run.Training, Done: 120, Total: 2000, Start: 100, Name: "free_energy", Value: -33.6, Stderr: 0.016, Elapsed: 4 * time.Second},
			"train     120/2000  F/site -2.1000 +- 0.0010  exact gap 1.6e-02  5 steps/s  ETA 6m16s"},
		{"no exact value", nil, run.Progress{Phase: run.Training, Done: 2000, Total: 2000, Name: "free_energy", Value: -33.6, Stderr: 0.016, Elapsed: 2000 * time.Second},
			"train    2000/2000  F/site -2.1000 +- 0.0010  1 steps/s"},
		{"below the exact value", map[string]float64{"free_energy": -33.44}, run.Progress{Phase: run.Evaluating, Done: 500, Total: 1000, Name: "free_energy", Value: -33.6, Stderr: 0.16, Elapsed: time.Second},
			"evaluate  500/1000  F/site -2.100 +- 0.010  exact gap -1.0e-02  500 samples/s  ETA 1s"},
		{"first step", nil, run.Progress{Phase: run.Training, Done: 0, Total: 5, Name: "free_energy", Value: 0, Stderr: math.NaN()},
			"train    0/5  F/site 0.00000  0 steps/s"},
		{"likelihood", map[string]float64{"free_energy": -1}, run.Progress{Phase: run.Training, Done: 1, Total: 1, Name: "loss", Value: 12.5, Stderr: 0.25, Elapsed: time.Second},
			"train    1/1  loss 12.50 +- 0.25  1 steps/s"},
		{"skipped step", nil, run.Progress{Phase: run.Training, Done: 1, Total: 1, Name: "free_energy", Value: math.NaN(), Stderr: math.NaN(), Elapsed: time.Second},
			"train    1/1  1 steps/s"},
		{"chains", map[string]float64{"energy": -32}, run.Progress{Phase: run.Sampling, Done: 5, Total: 5, Name: "energy", Value: -33.6, Stderr: 0.16, Elapsed: time.Second},
			"sample   5/5  E/site -2.100 +- 0.010  exact gap -1.0e-01  5 samples/s"},
		{"burn-in", nil, run.Progress{Phase: run.Burning, Done: 5, Total: 20, Elapsed: time.Second},
			"burn in   5/20  5 pieces/s  ETA 3s"},
	} {
		m := &monitor{exact: c.exact, count: 16, each: "site"}
		if got := m.line(c.p); got != c.want {
			t.Errorf("%s:\n%q, want\n%q", c.name, got, c.want)
		}
	}
}

// steps tells a monitor of n steps, 0.1 s each.
func steps(m *monitor, n int64) {
	for i := range n {
		time.Sleep(100 * time.Millisecond)
		m.Progress(run.Progress{Phase: run.Training, Done: i + 1, Total: n, Name: "free_energy", Value: -20, Stderr: 0.1, Elapsed: time.Duration(i+1) * 100 * time.Millisecond})
	}
}

func TestPlainLinesDoNotFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		m := &monitor{out: &out, count: 16, each: "site", last: time.Now()}
		steps(m, 950) // 95 s: a line every 10 s, and one at the end
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(lines) != 10 || !strings.Contains(lines[0], "100/950") || !strings.Contains(lines[9], "950/950") {
			t.Errorf("%d lines:\n%s", len(lines), out.String())
		}
		if strings.Contains(out.String(), "\r") {
			t.Error("carriage returns on what is no terminal")
		}
	})
}

// screen is what a terminal shows after text.
func screen(text string) []string {
	var shown []string
	for line := range strings.SplitSeq(text, "\n") {
		var cells []byte
		at := 0
		for i := range len(line) {
			if line[i] == '\r' {
				at = 0
				continue
			}
			if at == len(cells) {
				cells = append(cells, 0)
			}
			cells[at] = line[i]
			at++
		}
		shown = append(shown, strings.TrimRight(string(cells), " "))
	}
	return shown
}

func TestLiveLineIsRewritten(t *testing.T) {
	for _, columns := range []int{0, 40, 200} { // unknown, narrow, wide
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			m := &monitor{out: &out, live: true, columns: func() int { return columns }, exact: map[string]float64{"free_energy": -20}, count: 16, each: "site", last: time.Now()}
			steps(m, 50)
			m.Note("a sentence for the user")
			m.Progress(run.Progress{Phase: run.Evaluating, Done: 10, Total: 10, Name: "free_energy", Value: -20, Stderr: 0.01})
			m.end()
			shown := screen(out.String())
			want := []string{"train    50/50 ", "a sentence for the user", "evaluate 10/10 ", ""}
			if len(shown) != len(want) {
				t.Fatalf("%d columns: the screen shows %d lines, want %d: %q", columns, len(shown), len(want), shown)
			}
			for i := range want {
				if !strings.HasPrefix(shown[i], want[i]) || columns > 0 && len(shown[i]) >= columns {
					t.Errorf("%d columns: line %d is %q, want %q", columns, i, shown[i], want[i])
				}
			}
			// Not more often than an eye can follow: 5 s, and one for the end.
			if n := strings.Count(out.String(), "train"); n < 20 || n > 26 {
				t.Errorf("%d columns: the line was written %d times in 5 s", columns, n)
			}
		})
	}
}

// A run that stops half way leaves the shell's prompt on a line of its own.
func TestLiveLineEnds(t *testing.T) {
	var out bytes.Buffer
	m := &monitor{out: &out, live: true, columns: func() int { return 80 }, count: 1, each: "site"}
	m.Progress(run.Progress{Phase: run.Training, Done: 3, Total: 10})
	m.end()
	m.end()
	if text := out.String(); !strings.HasPrefix(text, "train") || strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
		t.Errorf("wrote %q", text)
	}
}

// Rows of an evaluation are read by the names that the run gives to its phases.
func TestPhasesOfRows(t *testing.T) {
	if run.Evaluating != store.PhaseEvaluate || run.Sampling != store.PhaseSample {
		t.Errorf("run has the phases %q and %q, store reads %q and %q", run.Evaluating, run.Sampling, store.PhaseEvaluate, store.PhaseSample)
	}
}

package app

import (
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
	"golang.org/x/term"
)

// How often the state of a run is written: one line rewritten in place on a
// terminal, plain lines elsewhere.
const (
	liveEvery  = 200 * time.Millisecond
	plainEvery = 10 * time.Second
)

// monitor writes how a run goes for a person to watch.
type monitor struct {
	out     io.Writer
	live    bool
	columns func() int         // of the terminal, 0 if unknown
	exact   map[string]float64 // values by observable
	count   float64            // sites or particles
	each    string
	last    time.Time
	width   int // of the live line now on screen
}

func newMonitor(out io.Writer, s *session) *monitor {
	space := s.parts.Energy.Spec().Space
	m := &monitor{out: out, count: float64(space.Count()), each: space.Each(), last: time.Now()}
	if f, ok := out.(*os.File); ok {
		m.live = term.IsTerminal(int(f.Fd()))
		m.columns = func() int { width, _, _ := term.GetSize(int(f.Fd())); return width }
	}
	if s.parts.Exact != nil {
		m.exact = s.parts.Exact.Values
	}
	return m
}

// Progress implements run.Monitor.
func (m *monitor) Progress(p run.Progress) {
	every := plainEvery
	if m.live {
		every = liveEvery
	}
	if now := time.Now(); now.Sub(m.last) >= every || p.Done == p.Total {
		m.last = now
		m.show(p)
	}
}

// Note implements run.Monitor.
func (m *monitor) Note(text string) {
	m.clear()
	fmt.Fprintln(m.out, text)
}

// end leaves the terminal on a fresh line.
func (m *monitor) end() {
	if m.live && m.width > 0 {
		fmt.Fprintln(m.out)
		m.width = 0
	}
}

func (m *monitor) show(p run.Progress) {
	line := m.line(p)
	if !m.live {
		fmt.Fprintln(m.out, line)
		return
	}
	m.clear()
	if width := m.columns() - 1; 0 < width && width < len(line) {
		line = line[:width] // a line that wraps cannot be cleared
	}
	fmt.Fprint(m.out, line)
	m.width = len(line)
	if p.Done == p.Total {
		m.end()
	}
}

func (m *monitor) clear() {
	if m.live && m.width > 0 {
		fmt.Fprintf(m.out, "\r%*s\r", m.width, "")
		m.width = 0
	}
}

// units of the progress of each phase.
var units = map[run.Phase]string{run.Training: "steps", run.Evaluating: "samples", run.Burning: "pieces", run.Sampling: "samples", repeating: "repeats"}

// line is for instance
//
//	train    1200/2000  F/site -2.11487 +- 0.00012  exact gap 4.6e-04  9.8 steps/s  ETA 1m22s
func (m *monitor) line(p run.Progress) string {
	line := fmt.Sprintf("%-8s %*d/%d", p.Phase, len(fmt.Sprint(p.Total)), p.Done, p.Total)
	symbol, extensive := readout.Symbol(p.Name)
	switch {
	case p.Name == "" || math.IsNaN(p.Value):
	case extensive:
		value := p.Value / m.count
		line += fmt.Sprintf("  %s/%s %s", symbol, m.each, stats.PlusMinus(value, p.Stderr/m.count))
		if exact, ok := m.exact[p.Name]; ok {
			line += fmt.Sprintf("  exact gap %.1e", value-exact/m.count)
		}
	default:
		line += fmt.Sprintf("  %s %s", p.Name, stats.PlusMinus(p.Value, p.Stderr))
	}
	line += fmt.Sprintf("  %.3g %s/s", p.PerSecond(), units[p.Phase])
	if left := p.Total - p.Done; left > 0 && p.PerSecond() > 0 {
		line += "  ETA " + time.Duration(float64(left)/p.PerSecond()*float64(time.Second)).Round(time.Second).String()
	}
	return line
}

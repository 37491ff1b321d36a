package host

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// faultyEnergy is a part that misbehaves as its setting says. It is served by
// this test binary.
func faultyEnergy() core.Part {
	type config struct {
		Mode string `key:"mode" help:"what goes wrong"`
	}
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindEnergy, Name: "faulty", Version: "1", Summary: "misbehaves", Params: core.SchemaOf(config{})},
		NewEnergy: func(s core.Settings) (core.Energy, error) {
			mode := s["mode"].(string)
			switch mode {
			case "refuse":
				return nil, &core.Error{Kind: core.Invalid, Op: "open energy", Subject: "couplings.csv", Err: os.ErrNotExist, Hint: "give a file"}
			case "panic on open":
				panic("no good")
			case "die on open":
				fmt.Fprintln(os.Stderr, "cannot go on")
				os.Exit(7)
			}
			return &faulty{mode: mode}, nil
		},
	}
}

// faulty behaves at its first Eval and misbehaves at every later one.
type faulty struct {
	mode  string
	calls int
}

func (e *faulty) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{4}}, Units: "J", Powers: []core.Power{core.PowerExact, core.PowerSlope}}
}

func (e *faulty) Eval(dst []float64, b *core.Batch) error {
	e.calls++
	for i := range e.some(dst) {
		dst[i] = float64(i)
	}
	if e.calls == 1 {
		return nil
	}
	switch e.mode {
	case "print":
		fmt.Println("1|1|tcp|hello from standard output")
		fmt.Fprintln(os.Stderr, "hello from standard error")
	case "panic":
		_ = dst[len(dst)]
	case "panic in a goroutine":
		go func() { panic("lost in a worker") }()
		select {}
	case "hang":
		select {}
	case "kill -9":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "exit":
		fmt.Fprintln(os.Stderr, "licence expired")
		os.Exit(3)
	case "NaN":
		dst[2] = math.NaN()
	case "-Inf":
		dst[1] = math.Inf(-1)
	case "+Inf", "+Inf alone":
		dst[1] = math.Inf(1)
	case "error":
		return fmt.Errorf("chunk 3: %w", &core.Error{Kind: core.Numeric, Op: "evaluate", Subject: "site 2", Err: fmt.Errorf("overflow")})
	case "child", "daemon":
		// A grandchild that holds our standard error open, too; a daemon is
		// not even of our group.
		cmd := exec.Command("sleep", "600")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: e.mode == "daemon"}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			return err
		}
		dst[0] = float64(cmd.Process.Pid)
	case "pid":
		dst[0] = float64(os.Getpid())
	case "slow":
		time.Sleep(300 * time.Millisecond)
	}
	return nil
}

// Slope misbehaves as Eval does, or by itself.
func (e *faulty) Slope(slope, energy []float64, b *core.Batch) error {
	d := len(slope) / 3
	fill(slope[:d], 1)
	if e.calls == 0 || e.mode != "+Inf alone" {
		fill(slope[d:2*d], 1)
	}
	if e.calls == 0 || e.mode != "short slope" {
		fill(slope[2*d:], 1)
	}
	err := e.Eval(energy, b)
	if e.calls > 1 && (e.mode == "NaN slope" || e.mode == "+Inf") {
		slope[5] = math.NaN() // of configuration 1
	}
	return err
}

// some is what a part writes of a result.
func (e *faulty) some(v []float64) []float64 {
	if e.calls > 1 {
		return some(v, e.mode)
	}
	return v
}

func some(v []float64, mode string) []float64 {
	switch mode {
	case "writes nothing":
		return nil
	case "writes half":
		return v[:len(v)/2]
	}
	return v
}

// faultyModel returns samples of the wrong length or with NaN.
func faultyModel() core.Part {
	type config struct {
		Mode string `key:"mode" help:"what goes wrong"`
	}
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindModel, Name: "faulty", Version: "1", Summary: "misbehaves", Params: core.SchemaOf(config{})},
		NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
			return &faultyDensity{mode: s["mode"].(string), space: space}, nil
		},
	}
}

type faultyDensity struct {
	mode  string
	space core.Space
}

func (m *faultyDensity) Spec() core.ModelSpec {
	spec := core.ModelSpec{Space: m.space, Parameters: 3}
	if m.space.Kind == core.Particles {
		spec.Powers, spec.Orbitals = []core.Power{core.PowerQuantum}, make([][]float64, m.space.Count())
		for k := range spec.Orbitals {
			spec.Orbitals[k] = make([]float64, m.space.Shape[1])
		}
	}
	switch m.mode {
	case "wrong space":
		spec.Space.Shape = []int{99}
	case "NaN spec":
		spec.Precision = math.NaN()
	}
	return spec
}

func (m *faultyDensity) Init(theta []float64, seed uint64) error {
	clear(theta)
	return nil
}

func (m *faultyDensity) Load(theta []float64) error {
	if m.mode == "load" {
		return core.Errorf(core.Numeric, "load", "theta", "too large")
	}
	return nil
}

func (m *faultyDensity) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.space.Size())
	fill(some(dst.X, m.mode), 1)
	clear(some(dst.LogP, m.mode))
	switch m.mode {
	case "no state":
		dst.K = core.Resize(dst.K, n*m.space.Count())
	case "short x":
		dst.X = dst.X[:3]
	case "long ln p":
		dst.LogP = make([]float64, n+1)
	case "NaN":
		dst.LogP[1] = math.NaN()
	case "own memory":
		dst.X = make([]float64, n*m.space.Size())
		fill(dst.X, -1)
	}
	return nil
}

// Laplacian misbehaves as an energy does.
func (m *faultyDensity) Laplacian(_ []complex128, b *core.Batch) error {
	return (&faulty{mode: m.mode, calls: 1}).Eval(make([]float64, 3), b)
}

func (m *faultyDensity) LogPsi(_ []complex128, logP []float64, _ *core.Batch) error {
	clear(logP)
	return nil
}

func (m *faultyDensity) StatePull([]float64, *core.Batch, []float64, []complex128) error { return nil }

func fill(x []float64, v float64) {
	for i := range x {
		x[i] = v
	}
}

func (m *faultyDensity) LogProb(dst []float64, x []float64) error {
	clear(some(dst, m.mode))
	if m.mode == "NaN" {
		dst[0] = math.NaN()
	}
	return nil
}

func (m *faultyDensity) Pull(grad []float64, b *core.Batch, w []float64) error {
	clear(some(grad, m.mode))
	if m.mode == "NaN" {
		grad[2] = math.NaN()
	}
	return nil
}

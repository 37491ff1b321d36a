package main

import (
	"fmt"
	"math"
	"os"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

type ringConfig struct {
	N int     `key:"N" min:"3" opt:"required" help:"number of spins"`
	J float64 `key:"J" unit:"J" help:"coupling"`
}

var ring = core.Part{
	Manifest: core.Manifest{Kind: core.KindEnergy, Name: "ring", Version: "1.2.0",
		Summary: "Ising ring, E = -J sum_i s_i s_(i+1)", Params: core.SchemaOf(ringConfig{J: 1})},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		e := &energy{fault: newFault()}
		core.Decode(s, &e.ringConfig)
		switch e.fault.what {
		case "refuse":
			return nil, fmt.Errorf("no licence for %d spins", e.N)
		case "load":
			hang()
		}
		return e, nil
	},
}

type energy struct {
	ringConfig
	fault fault
}

func (e *energy) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{e.N}}, Units: "J",
		Symmetries: []core.Symmetry{core.Z2}, Powers: []core.Power{core.PowerExact, core.PowerGround}}
}

func (e *energy) Eval(dst []float64, b *core.Batch) error {
	for i := range dst {
		dst[i] = 0
		s := b.X[i*e.N : (i+1)*e.N]
		for j := range s {
			dst[i] -= e.J * s[j] * s[(j+1)%e.N]
		}
		if e.fault.what == "field" {
			dst[i] -= 0.1 * s[0]
		}
	}
	if b.N <= 8 { // the host looks at what is claimed, and whether E is a function of x: no calls of the run
		return nil
	}
	if e.fault.what == "slow" {
		time.Sleep(2 * time.Second)
	}
	switch e.fault.now() {
	case "print":
		fmt.Println("printed during a call")
	case "panic":
		_ = dst[len(dst)]
	case "crash":
		go func() { panic("lost in a worker") }()
		select {}
	case "hang":
		hang()
	case "kill":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "exit":
		fmt.Fprintln(os.Stderr, "licence expired")
		os.Exit(7)
	case "nan":
		dst[3] = math.NaN()
	case "error":
		return fmt.Errorf("table of couplings exhausted")
	}
	return nil
}

func hang() {
	_ = os.WriteFile("hanging", nil, 0o666) // a sign for who waits for it
	select {}
}

// Exact is the transfer matrix: Z = (2 cosh K)^N + (2 sinh K)^N, K = beta J. At
// T = 0 an odd ring of negative J has one bond that is not satisfied, at any of N
// places, and every other ring has none.
func (e *energy) Exact(beta float64) (core.Exact, error) {
	k, n := beta*e.J, float64(e.N)
	if math.IsInf(beta, 1) {
		energy, states := -n*math.Abs(e.J), 2.0
		if e.J < 0 && e.N%2 == 1 {
			energy, states = energy-2*e.J, 2*n
		}
		return core.Exact{Source: "bonds counted", Values: map[string]float64{
			"energy": energy, "free_energy": energy, "lowest_energy": energy, "entropy": math.Log(states)}}, nil
	}
	logZ := n*math.Log(2*math.Cosh(k)) + math.Log1p(math.Pow(math.Tanh(k), n))
	return core.Exact{Source: "transfer matrix", Values: map[string]float64{
		"log_z": logZ, "free_energy": -logZ / beta}}, nil
}

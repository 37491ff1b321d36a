// Package circuit is the density of the bit strings that a quantum processor prints
// after a random circuit U on n qubits, as a Hamiltonian at beta = 1,
//
//	E(x) = -ln p(x),   p(x) = F |<x|U|0>|^2 + (1 - F)/2^n,   ln Z = 0
//
// U is of the kind that was run on Sycamore (F. Arute et al., Nature 574, 505 (2019),
// arXiv:1910.11333), and F its fidelity: with probability 1 - F noise has left nothing of
// the state, and all bit strings are equally likely. Anybody can draw the circuit again
// (random.go). It is run amplitude by amplitude (state.go), and shots, the bit strings that
// data is made of, are drawn from p (shots.go).
//
// x has a bit for each qubit of the grid, row by row. As the number of a bit string, qubit
// 0 is its most significant bit.
package circuit

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
	"github.com/helmholtz-physics/helmholtz/framework/engine/qubits"
)

const name = "circuit"

// Config is the energy's table in the run file.
type Config struct {
	Rows       int     `key:"rows" opt:"required" min:"1" max:"100" help:"rows of the grid of qubits"`
	Cols       int     `key:"cols" opt:"required" min:"1" max:"100" help:"columns of the grid of qubits"`
	Cycles     int     `key:"cycles" opt:"required" min:"1" max:"1000" help:"number of layers of gates on qubits and then on pairs of them; a last one on qubits follows"`
	Seed       int     `key:"seed" help:"names the circuit"`
	Fidelity   float64 `key:"fidelity" above:"0" max:"1" help:"F of the processor; 1 is without noise"`
	Shots      int     `key:"shots" min:"0" max:"500000000" help:"number of rows for training"`
	Validation int     `key:"validation" min:"0" max:"500000000" help:"number of rows for validation"`
	Test       int     `key:"test" min:"0" max:"500000000" help:"number of rows for testing"`
	ShotSeed   int     `key:"shot_seed" help:"names the rows that are drawn from the circuit"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "bit strings of a random quantum circuit, with or without noise, and shots of it as data",
		Reference: "F. Arute et al., Nature 574, 505 (2019), arXiv:1910.11333",
		Powers:    []core.Power{core.PowerExact, core.PowerGround, core.PowerRows},
		Params:    core.SchemaOf(Config{Seed: 1, Fidelity: 1, Shots: 100_000, ShotSeed: 1}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// Device is a processor that runs one circuit.
type Device struct {
	*energy.Energy
	shots
}

// Itself is core.Itself's: E is that of what is embedded.
func (e *Device) Itself() core.Energy { return e }

var _ core.Given = (*Device)(nil)

// Bytes for each bit string: those that stay are E and a sum of p, and a complex
// amplitude is needed first.
const (
	stay = 8 + 8
	peak = stay + 16
)

// New runs the circuit that c names.
func New(c Config) (*Device, error) {
	n := c.Rows * c.Cols
	if err := core.Afford(math.Ldexp(peak, n), "energy "+name, fmt.Sprintf("2^%d amplitudes", n), "fewer rows or cols"); err != nil {
		return nil, err
	}
	p := c.density(c.run())
	t := table{n: n, energies: make([]float64, len(p))}
	for x, p := range p {
		t.energies[x] = -math.Log(p)
	}
	spec := core.EnergySpec{
		Space:  core.Space{Kind: core.Levels, Levels: 2, Shape: []int{c.Rows, c.Cols}, Lattice: "square"},
		Units:  "1",
		Rows:   core.Ranges(c.Shots, c.Validation, c.Test),
		Memory: core.Memory{Fixed: math.Ldexp(stay, n)},
	}
	solve := t.solver(c.Fidelity)
	return &Device{
		Energy: energy.New(name, spec, exact.Solution{Solve: solve, Ground: solve}, t.values),
		shots:  c.shots(p),
	}, nil
}

// density is p of all bit strings.
func (c Config) density(psi qubits.State) []float64 {
	even := 1 / float64(len(psi))
	p := make([]float64, len(psi))
	for x, a := range psi {
		p[x] = c.Fidelity*(real(a)*real(a)+imag(a)*imag(a)) + (1-c.Fidelity)*even
	}
	return p
}

// table holds E of all bit strings of n bits.
type table struct {
	n        int
	energies []float64
}

// values writes the energies of the configurations in x.
func (t table) values(e, x []float64) {
	for i := range e {
		number := 0
		for _, bit := range x[i*t.n : (i+1)*t.n] {
			number = 2*number + int(bit)
		}
		e[i] = t.energies[number]
	}
}

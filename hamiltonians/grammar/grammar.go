// Package grammar is the density of the strings of a small language as a Hamiltonian at
// beta = 1,
//
//	E(x) = -ln p(x),   p(x) = prod_t p(x_t | x_<t),   ln Z = 0,
//
// +Inf for strings that are not of the language. The language (rules.go) writes molecules as
// chemists do, and says which symbols may follow a prefix; they are drawn by fixed weights
// among those by which the string can still end in time. So strings of any kind of grammar,
// with brackets that have to match and a long memory, are data whose entropy is known
// (table.go): what a language model comes to can be held against it.
//
// x has the number of a symbol at each place; after the end come "$" alone.
package grammar

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "grammar"

// Config is the energy's table in the run file.
type Config struct {
	Length     int `key:"length" opt:"required" min:"1" max:"10000" help:"symbols of a string, with those after its end"`
	Seed       int `key:"seed" help:"names the rows"`
	Train      int `key:"train" min:"0" max:"500000000" help:"rows for training, independent draws"`
	Validation int `key:"validation" min:"0" max:"500000000" help:"rows for validation, further draws"`
	Test       int `key:"test" min:"0" max:"500000000" help:"rows for testing, further draws"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "strings of a small language of molecules, with draws as data",
		Reference: "the notation: D. Weininger, J. Chem. Inf. Comput. Sci. 28, 31 (1988)",
		Powers:    []core.Power{core.PowerExact, core.PowerRows},
		Params:    core.SchemaOf(Config{Seed: disorder.DefaultSeed, Train: 100_000, Test: 10_000}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// Language is the energy with its rows.
type Language struct {
	*energy.Energy
	*table
	number int
	seed   uint64
}

// Itself is core.Itself's: E is that of what is embedded.
func (e *Language) Itself() core.Energy { return e }

var _ core.Given = (*Language)(nil)

// New builds the language of strings of a length.
func New(c Config) (*Language, error) {
	t := newTable(c.Length)
	l := &Language{table: t, number: c.Train + c.Validation + c.Test, seed: uint64(c.Seed)}
	spec := core.EnergySpec{
		Space:   core.Space{Kind: core.Levels, Levels: len(symbols), Shape: []int{c.Length}},
		Units:   "1",
		Forbids: true,
		Symbols: names(),
		Rows:    core.Ranges(c.Train, c.Validation, c.Test),
		Memory:  core.Memory{Fixed: float64(len(t.states)) * float64(len(symbols)*4+48)},
	}
	l.Energy = energy.New(name, spec, exact.Solution{Solve: l.solve}, l.values)
	return l, nil
}

func (l *Language) values(e, x []float64) {
	p := make([]float64, len(symbols))
	for i := range e {
		e[i] = l.energy(x[i*l.length:(i+1)*l.length], p)
	}
}

func (l *Language) solve(beta float64) (core.Exact, error) {
	logZ, energy, variance := l.moments(beta)
	if beta == 1 {
		logZ = 0 // without the rounding of the sum
	}
	return core.Exact{Source: "sum over the states of the grammar, symbol by symbol", Values: map[string]float64{
		"log_z": logZ, "free_energy": 0 - logZ/beta, "energy": energy, "entropy": logZ + beta*energy, "heat_capacity": beta * beta * variance}}, nil
}

// Rows implements core.Given. Row k reads a splitmix64 stream of its own, that of Derive(seed,
// k): a number for each symbol.
func (l *Language) Rows(x []float64, number []int32) error {
	p := make([]float64, len(symbols))
	for i, k := range number {
		if k < 0 || int(k) >= l.number {
			return core.Errorf(core.Invalid, "rows", name, "there is no row %d of %d", k, l.number)
		}
		stream := disorder.Stream(core.Derive(l.seed, uint64(k)))
		l.draw(x[i*l.length:(i+1)*l.length], p, stream.Uniform)
	}
	return nil
}

// names are the letters of the language.
func names() (all []string) {
	for _, s := range symbols {
		all = append(all, s.name)
	}
	return all
}

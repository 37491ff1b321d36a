// Package patterns is the even density on a set of N bit strings, as a Hamiltonian,
//
//	E(x) = 0 for x in the set,   +Inf for all other x,   ln Z = ln N at any beta.
//
// What a model of it has to learn is a rule. The strings are its rows as well. The sets
// are those that models of many bits are first tried on:
//
//   - bars_and_stripes: pictures of which all rows, or all columns, are of one colour
//     (MacKay 2003, "Information Theory, Inference, and Learning Algorithms", chapter 43),
//     N = 2^rows + 2^cols - 2;
//   - parity: strings with an even number of ones, N = 2^(sites-1), of which any
//     sites - 1 bits say nothing;
//   - dicke: strings with a given number of ones, those of the Dicke state.
package patterns

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "patterns"

// Config is the energy's table in the run file.
type Config struct {
	Set        string `key:"set" opt:"required" choices:"bars_and_stripes,parity,dicke" help:"bars_and_stripes: pictures of rows, or columns, of one colour; parity: an even number of ones; dicke: a given number of ones"`
	Rows       int    `key:"rows" min:"0" max:"30" help:"rows of the pictures of bars_and_stripes"`
	Cols       int    `key:"cols" min:"0" max:"30" help:"columns of the pictures of bars_and_stripes"`
	Sites      int    `key:"sites" min:"0" max:"1000" help:"length of the strings of parity and dicke"`
	Ones       int    `key:"ones" min:"0" max:"1000" help:"ones in each string of dicke"`
	Kind       string `key:"kind" choices:"levels,spins" help:"levels: x is 0 or 1; spins: x is -1 or 1"`
	Train      int    `key:"train" min:"0" max:"500000000" help:"rows for training: the strings in order, over and over; 0 is each of them once"`
	Validation int    `key:"validation" min:"0" max:"500000000" help:"rows for validation, likewise; 0 is none"`
	Test       int    `key:"test" min:"0" max:"500000000" help:"rows for testing, likewise; 0 is each of them once"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "even density on a set of bit strings: bars and stripes, even parity, Dicke states",
		Reference: "Han, Wang, Fan, Wang, Zhang, PRX 8, 031012 (2018), arXiv:1709.01662",
		Powers:    []core.Power{core.PowerExact, core.PowerGround, core.PowerRows},
		Params:    core.SchemaOf(Config{Kind: "levels"}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// Patterns is the energy with its rows.
type Patterns struct {
	*energy.Energy
	set
	rows []core.Range
	zero float64 // the number that stands for a zero
}

// Itself is core.Itself's: E is that of what is embedded.
func (e *Patterns) Itself() core.Energy { return e }

var _ core.Given = (*Patterns)(nil)

// most is the largest number of strings in a set, and of rows: they are numbered by 32 bits.
const most = 1<<31 - 1

// New checks c and returns its energy.
func New(c Config) (*Patterns, error) {
	s, shape, err := c.strings()
	if err != nil {
		return nil, err
	}
	if c.Train == 0 {
		c.Train = s.count()
	}
	if c.Test == 0 {
		c.Test = s.count()
	}
	if c.Train > most-c.Validation-c.Test {
		return nil, core.Errorf(core.Invalid, "build energy", name, "%d, %d and %d rows are more than %d in all; give train and test", c.Train, c.Validation, c.Test, most)
	}
	p := &Patterns{set: s, rows: core.Ranges(c.Train, c.Validation, c.Test)}
	spec := core.EnergySpec{
		Space:   core.Space{Kind: core.Levels, Levels: 2, Shape: shape},
		Units:   "1",
		Rows:    p.rows,
		Forbids: true,
	}
	if c.Kind == "spins" {
		p.zero = -1
		spec.Space = core.Space{Kind: core.Spins, Shape: shape}
		if s.even() {
			spec.Symmetries = []core.Symmetry{core.Z2}
		}
	}
	p.Energy = energy.New(name, spec, exact.Solution{Solve: p.solve, Ground: p.solve}, p.values)
	return p, nil
}

// strings is the set that c names, and the shape of its configurations.
func (c Config) strings() (s set, shape []int, err error) {
	given := map[string]int{"rows": c.Rows, "cols": c.Cols, "sites": c.Sites, "ones": c.Ones}
	takes := map[string][]string{"bars_and_stripes": {"rows", "cols"}, "parity": {"sites"}, "dicke": {"sites", "ones"}}[c.Set]
	for _, key := range takes {
		if given[key] == 0 {
			return nil, nil, energy.BadSetting(name, key, fmt.Sprintf("must be given for the set %s, 1 or more", c.Set))
		}
		delete(given, key)
	}
	for key, v := range given {
		if v != 0 {
			return nil, nil, energy.BadSetting(name, key, fmt.Sprintf("has no effect on the set %s", c.Set))
		}
	}
	size := 0.0
	switch c.Set {
	case "bars_and_stripes":
		s, shape, size = stripes{c.Rows, c.Cols}, []int{c.Rows, c.Cols}, math.Ldexp(1, max(c.Rows, c.Cols))
	case "parity":
		s, shape, size = parity{c.Sites}, []int{c.Sites}, math.Ldexp(1, c.Sites-1)
	default:
		if c.Ones > c.Sites {
			return nil, nil, energy.BadSetting(name, "ones", fmt.Sprintf("must be %d or less, the number of sites", c.Sites))
		}
		s, shape, size = dicke{c.Sites, c.Ones}, []int{c.Sites}, math.Exp(logChoose(c.Sites, c.Ones))
	}
	if size > most/4 {
		return nil, nil, core.Errorf(core.Invalid, "build energy", name, "the set %s has some %.2g strings, more than %d", c.Set, size, most/4)
	}
	return s, shape, nil
}

// logChoose is about ln of the number of ways to choose k of n.
func logChoose(n, k int) float64 {
	all, _ := math.Lgamma(float64(n + 1))
	in, _ := math.Lgamma(float64(k + 1))
	out, _ := math.Lgamma(float64(n - k + 1))
	return all - in - out
}

func (p *Patterns) values(e, x []float64) {
	n := p.sites()
	for i := range e {
		e[i] = math.Inf(1)
		if p.has(x[i*n : (i+1)*n]) {
			e[i] = 0
		}
	}
}

func (p *Patterns) solve(beta float64) (core.Exact, error) {
	ln := math.Log(float64(p.count()))
	values := map[string]float64{"free_energy": -ln / beta, "entropy": ln, "energy": 0, "lowest_energy": 0, "heat_capacity": 0}
	if !math.IsInf(beta, 1) {
		values["log_z"] = ln
	}
	return core.Exact{Values: values, Source: "number of strings in the set"}, nil
}

// Rows implements core.Given.
func (p *Patterns) Rows(x []float64, number []int32) error {
	n := p.sites()
	for i, k := range number {
		from, ok := p.start(int(k))
		if !ok {
			return core.Errorf(core.Invalid, "rows", name, "there is no row %d", k)
		}
		row := x[i*n : (i+1)*n]
		for j := range row {
			row[j] = p.zero
		}
		p.write(row, (int(k)-from)%p.count())
	}
	return nil
}

// start is where the range of row k begins.
func (p *Patterns) start(k int) (from int, ok bool) {
	for _, r := range p.rows {
		if r.From <= k && k < r.To {
			return r.From, true
		}
	}
	return 0, false
}

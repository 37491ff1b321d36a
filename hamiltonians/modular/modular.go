// Package modular is a density of D categories 0, ..., K-1 that obey a relation modulo K up
// to noise, as an energy E(x) = -ln p(x): with q_s the probability of the noise s,
//
//	walk   p(x) = 1/K prod_{d=2}^{D} q(x_d - x_{d-1} mod K)
//	sum    p(x) = K^{-(D-1)} q(x_D - x_1 - ... - x_{D-1} mod K)
//
// Each site alone is even, and so a product of independent sites knows nothing: what there is
// to learn is the relation. The sum of two bits without noise is the exclusive or. Models of
// categories are compared on such data (Tran, Vafa, Agrawal, Dinh and Poole 2019,
// arXiv:1905.10347). The entropies are
//
//	walk   ln K + (D-1) h,   sum   (D-1) ln K + h,   h = -sum_s q_s ln q_s.
package modular

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "modular"

// Config is the energy's table in the run file.
type Config struct {
	Relation   string    `key:"relation" choices:"walk,sum" help:"walk: each site is the one before, plus noise; sum: the last site is the sum of all others, plus noise"`
	Levels     int       `key:"levels" opt:"required" min:"2" max:"100000" help:"K, the number of categories"`
	Sites      int       `key:"sites" opt:"required" min:"2" max:"1000000" help:"D"`
	Noise      []float64 `key:"noise" help:"q_s of the noise s = 0, 1, ..., at most K numbers, not below 0; divided by their sum"`
	Seed       int       `key:"seed" help:"names the rows"`
	Train      int       `key:"train" min:"0" max:"1e9" help:"rows for training, draws at beta = 1"`
	Validation int       `key:"validation" min:"0" max:"5e8" help:"rows for validation, further draws"`
	Test       int       `key:"test" min:"0" max:"5e8" help:"rows for testing, further draws"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "categories with a relation modulo their number, with draws as data",
		Reference: "Tran, Vafa, Agrawal, Dinh and Poole 2019, arXiv:1905.10347",
		Powers:    []core.Power{core.PowerExact, core.PowerRows},
		Params:    core.SchemaOf(Config{Relation: "walk", Noise: []float64{1}, Seed: disorder.DefaultSeed, Train: 10000, Validation: 1000, Test: 10000}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// Modular is the energy with its rows.
type Modular struct {
	*energy.Energy
	relation
	start disorder.Stream
}

// Itself is core.Itself's: E is that of what is embedded.
func (e *Modular) Itself() core.Energy { return e }

var _ core.Given = (*Modular)(nil)

// relation has q and -ln q of each noise.
type relation struct {
	walk          bool
	levels, sites int
	q, e          []float64
}

// New checks c and returns its energy.
func New(c Config) (*Modular, error) {
	if len(c.Noise) == 0 || len(c.Noise) > c.Levels {
		return nil, energy.BadSetting(name, "noise", fmt.Sprintf("must have 1 to %d numbers, as there are levels, got %d", c.Levels, len(c.Noise)))
	}
	if err := energy.Finite(name, "noise", c.Noise...); err != nil {
		return nil, err
	}
	r := relation{walk: c.Relation == "walk", levels: c.Levels, sites: c.Sites, q: make([]float64, c.Levels), e: make([]float64, c.Levels)}
	sum := 0.0
	for _, q := range c.Noise {
		if q < 0 {
			return nil, energy.BadSetting(name, "noise", fmt.Sprintf("must not be below 0, got %v", q))
		}
		sum += q
	}
	if sum == 0 || math.IsInf(sum, 1) {
		return nil, energy.BadSetting(name, "noise", fmt.Sprintf("must have a finite sum above 0, got %v", sum))
	}
	for s := range r.q {
		if s < len(c.Noise) {
			r.q[s] = c.Noise[s] / sum
		}
		r.e[s] = -math.Log(r.q[s])
	}
	spec := core.EnergySpec{
		Space:   core.Space{Kind: core.Levels, Levels: c.Levels, Shape: []int{c.Sites}},
		Units:   "1",
		Rows:    core.Ranges(c.Train, c.Validation, c.Test),
		Forbids: slices.Contains(r.q, 0),
	}
	return &Modular{energy.New(name, spec, exact.Solution{Solve: r.solve, Ground: r.solve}, r.evaluate), r, disorder.Stream(c.Seed)}, nil
}

// free is the number of sites that are even.
func (r relation) free() int {
	if r.walk {
		return 1
	}
	return r.sites - 1
}

func (r relation) evaluate(energies, x []float64) {
	for i := range energies {
		one := x[i*r.sites : (i+1)*r.sites]
		e, before := float64(r.free())*math.Log(float64(r.levels)), int(one[0])
		for d, v := range one[1:] {
			at := int(v)
			if r.walk || d == r.sites-2 {
				e += r.e[r.mod(at-before)]
			}
			if r.walk {
				before = at
			} else {
				before = r.mod(before + at)
			}
		}
		energies[i] = e
	}
}

func (r relation) mod(k int) int { return (k%r.levels + r.levels) % r.levels }

// Rows implements core.Given. Row n is made of the outputs n D, ..., n D + D - 1 of the
// stream that the seed names, u = floor(a/2^11)/2^53 each: an even site is floor(u K), and
// the noise of any other the first s with u < q_0 + ... + q_s.
func (m *Modular) Rows(x []float64, number []int32) error {
	for i, n := range number {
		s := m.start.Skip(uint64(n) * uint64(m.sites))
		one := x[i*m.sites : (i+1)*m.sites]
		before := 0
		for d := range one {
			at := 0
			if u := s.Uniform(); d < m.free() {
				at = int(u * float64(m.levels))
			} else {
				at = m.mod(before + m.noise(u))
			}
			if one[d] = float64(at); m.walk {
				before = at
			} else {
				before = m.mod(before + at)
			}
		}
	}
	return nil
}

func (r relation) noise(u float64) int {
	last := 0
	for s, q := range r.q {
		if q > 0 {
			last = s
		}
		if u -= q; u < 0 {
			return s
		}
	}
	return last // rounding
}

// solve adds up the noises, which are independent, and the even sites.
func (r relation) solve(beta float64) (core.Exact, error) {
	var levels exact.Range
	for _, e := range r.e {
		if !math.IsInf(e, 1) {
			levels.Include(e)
		}
	}
	var a exact.Accumulator
	for _, e := range r.e {
		if !math.IsInf(e, 1) {
			a.AddLevel(beta, levels.Above(e), 0, 0)
		}
	}
	noises, even := r.sites-r.free(), float64(r.free())*math.Log(float64(r.levels))
	total := exact.Partition{Lowest: float64(noises)*levels.Lowest + even, LogW: even}
	for range noises {
		total.Add(&a, beta)
	}
	x := total.Discrete(beta, "independent noise, closed form")
	if beta == 1 {
		exact.Normalise(x)
	}
	return x, nil
}

// Package quantised is a mixture of normal densities, seen through an instrument that clips
// each coordinate to [-c, c] and rounds it to the nearest of K levels, as an energy of
// categories E(x) = -ln p(x):
//
//	p(x) = sum_k w_k prod_j m_kj(x_j),   y_l = -c + 2 c l/(K-1),
//	m_kj(l) = Phi((y_l + delta/2 - mu_kj)/sigma_k) - Phi((y_l - delta/2 - mu_kj)/sigma_k),   delta = 2 c/(K-1),
//
// where the first and the last level take all that is beyond them. Eight narrow components
// on a circle are a test of discrete flows (Tran, Vafa, Agrawal, Dinh and Poole 2019,
// arXiv:1905.10347, figure 2).
package quantised

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/mixture"
)

const name = "quantised"

// Config is the energy's table in the run file: that of the mixture, and the instrument.
type Config struct {
	mixture.Config
	Levels int     `key:"levels" opt:"required" min:"2" max:"100000" help:"K, the number of levels of each coordinate"`
	Clip   float64 `key:"clip" opt:"required" above:"0" help:"c: the levels are evenly spread from -c to c"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "mixture of normal densities rounded to levels, with draws as data",
		Reference: "Tran, Vafa, Agrawal, Dinh and Poole 2019, arXiv:1905.10347",
		Powers:    []core.Power{core.PowerExact, core.PowerRows},
		Params:    core.SchemaOf(Config{Config: mixture.Config{Widths: []float64{1}, Seed: disorder.DefaultSeed, Train: 10000, Validation: 1000, Test: 10000}}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// Quantised is the energy with its rows.
type Quantised struct {
	*energy.Energy
	cells
	mixture *mixture.Mixture
}

// Itself is core.Itself's: E is that of what is embedded.
func (e *Quantised) Itself() core.Energy { return e }

var _ core.Given = (*Quantised)(nil)

// cells has ln m_kj(l), component after component, and ln w_k.
type cells struct {
	d, levels int
	clip      float64
	lnw, lnm  []float64
}

// New checks c and returns its energy.
func New(c Config) (*Quantised, error) {
	if err := energy.Finite(name, "clip", c.Clip); err != nil {
		return nil, err
	}
	m, err := mixture.New(c.Config)
	if err != nil {
		return nil, err
	}
	size := float64(m.Components()) * float64(c.Dimension) * float64(c.Levels)
	if err := core.Afford(8*size, "energy "+name, fmt.Sprintf("%.2g masses of cells", size), "fewer levels"); err != nil {
		return nil, err
	}
	t := cells{d: c.Dimension, levels: c.Levels, clip: c.Clip}
	for k := range m.Components() {
		weight, mean, width := m.Component(k)
		t.lnw = append(t.lnw, math.Log(weight))
		for _, mu := range mean {
			t.lnm = append(t.lnm, t.masses(mu, width)...)
		}
	}
	spec := core.EnergySpec{
		Space:   core.Space{Kind: core.Levels, Levels: c.Levels, Shape: []int{c.Dimension}},
		Units:   "1",
		Rows:    m.Spec().Rows,
		Forbids: slices.ContainsFunc(t.lnm, func(l float64) bool { return math.IsInf(l, -1) }),
	}
	var known exact.Solution
	if t.states() <= mostStates {
		known = exact.Solution{Solve: t.solve, Ground: t.solve}
	}
	return &Quantised{energy.New(name, spec, known, t.evaluate), t, m}, nil
}

// spacing is the distance of levels.
func (t cells) spacing() float64 { return 2 * t.clip / float64(t.levels-1) }

// masses are ln m of the levels of one coordinate. In a tail both ends are mirrored, so that
// the difference is one of small numbers.
func (t cells) masses(mu, sigma float64) []float64 {
	all, delta := make([]float64, t.levels), t.spacing()
	for l := range all {
		y := -t.clip + delta*float64(l)
		a, b := (y-delta/2-mu)/sigma, (y+delta/2-mu)/sigma
		if l == 0 {
			a = math.Inf(-1)
		}
		if l == t.levels-1 {
			b = math.Inf(1)
		}
		if a > 0 {
			a, b = -b, -a
		}
		all[l] = math.Log(tail(b) - tail(a))
	}
	return all
}

// tail is Phi(x), accurate where it is small.
func tail(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

func (t cells) evaluate(energies, x []float64) {
	for i := range energies {
		energies[i] = t.at(x[i*t.d : (i+1)*t.d])
	}
}

// at is E of one configuration, by its largest term; +Inf where no component reaches it.
func (t cells) at(x []float64) float64 {
	top, sum := math.Inf(-1), 0.0
	for k, term := range t.lnw {
		for j, l := range x {
			term += t.lnm[(k*t.d+j)*t.levels+int(l)]
		}
		switch {
		case math.IsInf(term, -1):
		case term > top:
			sum, top = sum*math.Exp(top-term)+1, term
		default:
			sum += math.Exp(term - top)
		}
	}
	if sum == 0 {
		return math.Inf(1)
	}
	return -top - math.Log(sum)
}

// Rows implements core.Given: those of the mixture, clipped and rounded.
func (q *Quantised) Rows(x []float64, number []int32) error {
	if err := q.mixture.Rows(x, number); err != nil {
		return err
	}
	for i, v := range x {
		v = max(-q.clip, min(q.clip, v))
		x[i] = math.Round((v + q.clip) / q.spacing())
	}
	return nil
}

// mostStates is how many states are added up: some tenths of a second.
const mostStates = 1 << 20

func (t cells) states() float64 { return math.Pow(float64(t.levels), float64(t.d)) }

// solve sums over all states.
func (t cells) solve(beta float64) (core.Exact, error) {
	x := make([]float64, t.d)
	each := func(visit func(e float64)) {
		for code := range int(t.states()) {
			for j := range x {
				x[j] = float64(code % t.levels)
				code /= t.levels
			}
			if e := t.at(x); !math.IsInf(e, 1) {
				visit(e)
			}
		}
	}
	var levels exact.Range
	each(levels.Include)
	var a exact.Accumulator
	each(func(e float64) { a.AddLevel(beta, levels.Above(e), 0, 0) })
	total := exact.Partition{Lowest: levels.Lowest}
	total.Add(&a, beta)
	found := total.Discrete(beta, "sum over all states")
	if beta == 1 {
		exact.Normalise(found)
	}
	return found, nil
}

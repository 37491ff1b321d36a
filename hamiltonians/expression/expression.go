// Package expression is an energy that a formula of the run file says,
//
//	E(x) = sum_sites f(s, neighbours, place) + sum_bonds f(s_1, s_2)        of spins, levels, fields and angles
//	E(x) = sum_particles f(x, y, z) + sum_(i<j) f(r_ij, x_i - x_j, ...)     of particles
//
// docs/expression.md is the language. A formula is read (lex.go, parse.go), given a meaning as a graph whose nodes are numbers
// of each item of a sum (meaning.go, energy.go, system.go), simplified as it is made (simplify.go), differentiated
// by reverse accumulation on the graph (derive.go), and compiled (compile.go) to a program of package bytecode over
// eight configurations at a time. What symmetries it has is proved from the graph (symmetry.go).
package expression

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
	"github.com/helmholtz-physics/helmholtz/framework/engine/bytecode"
)

const name = "expression"

// Config is the energy's table in the run file.
type Config struct {
	Space     string             `key:"space" opt:"required" choices:"spins,levels,field,angles,particles" help:"what E is a function of: spins +1 and -1, levels 0 to q - 1, real numbers or angles on a lattice, or particles"`
	E         string             `key:"E" opt:"required" help:"the formula: docs/expression.md"`
	Constants map[string]float64 `key:"constants" help:"numbers that the formula names"`
	L         int                `key:"L" min:"0" max:"10000" help:"sites along each edge of the lattice" only:"space=spins,levels,field,angles"`
	D         int                `key:"d" min:"1" max:"3" help:"dimensions"`
	Lattice   string             `key:"lattice" choices:"square,triangular" help:"square: neighbours along each axis, in any dimension; triangular: also (x,y)-(x+1,y+1), d = 2" only:"space=spins,levels,field,angles"`
	Boundary  string             `key:"boundary" choices:"periodic,open" help:"periodic closes the lattice to a torus" only:"space=spins,levels,field,angles"`
	Q         int                `key:"q" min:"2" max:"10000" help:"number of levels" only:"space=levels"`
	N         int                `key:"n" min:"0" max:"100000" help:"number of particles" only:"space=particles"`
	Box       []float64          `key:"box" above:"0" help:"edges of the periodic box, one for each axis or one for all; none is open space" only:"space=particles"`
	Density   float64            `key:"density" min:"0" help:"n/V of a cubic periodic box, instead of box" only:"space=particles"`
	Kinetic   float64            `key:"kinetic" min:"0" help:"c of quantum particles, H = -c sum_i lap_i + E; 0 where they are classical" only:"space=particles"`
	Units     string             `key:"units" help:"name of the units of E, for tables and plots"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:    core.KindEnergy,
		Name:    name,
		Version: "1.0.0",
		Summary: "an energy that a formula says, of spins, levels, fields, angles or particles",
		Powers:  []core.Power{core.PowerSlope, core.PowerExact, core.PowerGround},
		Params:  core.SchemaOf(Config{D: 2, Lattice: "square", Boundary: "periodic", Q: 2, Units: "1"}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

var errTooLarge = errors.New("is too large: it and its slope have more than 20000 operations")

// New checks c and returns its energy, a *energy.Smooth or, of spins and levels, a *energy.Energy.
func New(c Config) (core.Energy, error) {
	s, err := c.system()
	if err != nil {
		return nil, err
	}
	f, err := parse(c.E)
	if err != nil {
		return nil, energy.BadSetting(name, "E", err.Error())
	}
	r := newReader(f, s, c.Constants)
	if err := r.checkNames(); err != nil {
		return nil, err
	}
	t, err := r.energy(f.e)
	if err == nil && t.bare() {
		err = &fault{f.text, f.e.at, "does not depend on the configuration: write sum(...), neighbours(...) or pairs(...)"}
	}
	if err == nil && len(r.still) > 0 && len(r.still) == r.sums {
		err = r.fault(r.still[0], "%s", samePlaces)
	}
	if err == nil && r.full {
		err = errTooLarge
	}
	if err == nil && !finite(t) {
		err = errors.New("has a constant that is not finite, as 1/0 or log(-1)")
	}
	if err != nil {
		return nil, energy.BadSetting(name, "E", err.Error())
	}
	smooth := s.space.Continuous()
	program, err := s.compile(r.graph, t, smooth)
	if errors.Is(err, errTooLarge) {
		err = energy.BadSetting(name, "E", err.Error())
	}
	if err != nil {
		return nil, err
	}
	spec := core.EnergySpec{Space: s.space, Units: c.Units, Kinetic: c.Kinetic, Symmetries: s.symmetries(r.graph, t), Memory: core.Memory{Fixed: program.Bytes() + rowBytes*float64(s.space.Size()*runtime.GOMAXPROCS(0))},
		Warnings: slices.Concat(r.idle(), s.warnings(t))}
	return build(spec, program, smooth), nil
}

// rowBytes is what one number of a configuration and its slope take in the scratch memory of a thread.
const rowBytes = 2 * 8 * bytecode.Width

// system checks the keys about the space.
func (c Config) system() (*system, error) {
	if err := cmp.Or(energy.Finite(name, "box", c.Box...), energy.Finite(name, "density", c.Density), energy.Finite(name, "kinetic", c.Kinetic)); err != nil {
		return nil, err
	}
	if c.Space == string(core.Particles) {
		return c.particles()
	}
	if c.L < 1 {
		return nil, energy.BadSetting(name, "L", "is required on a lattice, and at least 1")
	}
	sites := math.Pow(float64(c.L), float64(c.D))
	if err := core.Afford(rowBytes*sites, "energy "+name, fmt.Sprintf("eight configurations of %.0f sites and their slopes", sites), "a smaller L"); err != nil {
		return nil, err
	}
	s := &system{dimension: c.D, edge: c.L, triangular: c.Lattice == "triangular"}
	if s.triangular && c.D != 2 {
		return nil, energy.BadSetting(name, "lattice", fmt.Sprintf("triangular has two dimensions, and d is %d", c.D))
	}
	s.space = core.Space{Kind: core.SpaceKind(c.Space), Shape: []int{c.L, c.L, c.L}[:c.D], Periodic: c.Boundary == "periodic", Lattice: [...]string{"chain", "square", "cubic"}[c.D-1]}
	if s.triangular {
		s.space.Lattice = c.Lattice
	}
	if s.space.Kind == core.Levels {
		s.space.Levels = c.Q
	}
	return s, nil
}

func (c Config) particles() (*system, error) {
	s := &system{dimension: c.D, space: core.Space{Kind: core.Particles, Shape: []int{c.N, c.D}}}
	switch {
	case c.N < 1:
		return nil, energy.BadSetting(name, "n", "is required of particles, and at least 1")
	case len(c.Box) > 0 && c.Density > 0:
		return nil, energy.BadSetting(name, "density", "is given together with box; give one of the two")
	case c.Density > 0:
		edge := math.Pow(float64(c.N)/c.Density, 1/float64(c.D))
		s.space.Box = slices.Repeat([]float64{edge}, c.D)
	case len(c.Box) == 1:
		s.space.Box = slices.Repeat(c.Box, c.D)
	case len(c.Box) > 0 && len(c.Box) != c.D:
		return nil, energy.BadSetting(name, "box", fmt.Sprintf("has %d edges; give %d, or one for all axes", len(c.Box), c.D))
	default:
		s.space.Box = c.Box
	}
	s.space.Periodic = s.space.Box != nil
	return s, nil
}

// checkNames refuses constants and definitions that would hide a name of the language, or each other.
func (r *reader) checkNames() error {
	for _, n := range slices.Sorted(maps.Keys(r.constants)) {
		if problem := r.taken(n); problem != "" {
			return energy.BadSetting(name, "constants", fmt.Sprintf("has %s, which %s", core.Shorten(n), problem))
		}
	}
	for _, n := range slices.Sorted(maps.Keys(r.f.definitions)) {
		problem := r.taken(n)
		if _, constant := r.constants[n]; constant {
			problem = "stands in [energy.constants], too"
		}
		if problem != "" {
			return energy.BadSetting(name, "E", (&fault{r.f.text, r.f.definitions[n].at, "defines " + n + ", which " + problem}).Error())
		}
	}
	return nil
}

// taken says why nothing can be called so, "" if it can.
func (r *reader) taken(n string) string {
	w, err := words(n)
	if err != nil || len(w) != 2 || w[0].kind != tokenName {
		return "is no name: write letters, digits and _"
	}
	if _, function := functions[n]; function || n == "pi" || n == "and" || n == "or" {
		return "is a word of the language"
	}
	for d := range domains {
		if slices.Contains(r.system.names(place{domain: d}), n) {
			return "has a meaning of its own " + domainNames[d]
		}
	}
	return ""
}

// samePlaces is wrong with a sum over the places of sites: who writes it means the field.
const samePlaces = "is the same for all configurations: x, y, z are the place of a site, and its value is s"

// idle warns of sums, constants and definitions without use.
func (r *reader) idle() (all []string) {
	for _, s := range r.still {
		all = append(all, fmt.Sprintf("%s at sign %d of the formula %s", s.name, s.at+1, samePlaces))
	}
	for _, n := range slices.Concat(slices.Sorted(maps.Keys(r.constants)), slices.Sorted(maps.Keys(r.f.definitions))) {
		if !r.used[n] {
			all = append(all, fmt.Sprintf("the formula does not use %s", n))
		}
	}
	return all
}

// finite tells whether all constants of E are.
func finite(t total) bool {
	roots := []*node{t.offset}
	for _, d := range t.sums() {
		roots = append(roots, t.of[d])
	}
	for _, root := range roots {
		for _, n := range below(root) {
			if n.op == opConstant && n.value-n.value != 0 {
				return false
			}
		}
	}
	return true
}

// chunkNumbers is about how many numbers of x one goroutine takes at a time, some 50 microseconds.
const chunkNumbers = 1 << 13

// build is the energy of a program, in memory that goroutines take turns with.
func build(spec core.EnergySpec, program *bytecode.Program, smooth bool) core.Energy {
	size := spec.Space.Size()
	pool := sync.Pool{New: func() any {
		scratch := make([]float64, program.Scratch())
		return &scratch
	}}
	evaluate := func(e, slope, x []float64) {
		scratch := pool.Get().(*[]float64)
		program.Eval(e, slope, x, *scratch)
		pool.Put(scratch)
	}
	values := func(e, x []float64) { evaluate(e, nil, x) }
	chunk := bytecode.Width * max(1, chunkNumbers/bytecode.Width/max(1, size)) // whole rows
	if smooth {
		s := energy.NewSmooth(name, spec, exact.Solution{}, evaluate)
		s.SetChunk(chunk)
		return s
	}
	var known exact.Solution
	if spec.Space.Kind == core.Spins && size <= exact.MaxSites {
		known = exact.Spins(size, values)
	}
	return energy.New(name, spec, known, values).SetChunk(chunk)
}

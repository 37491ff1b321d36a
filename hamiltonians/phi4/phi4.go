// Package phi4 is scalar lattice field theory on a periodic lattice of L sites
// along each of d axes,
//
//	S(phi) = sum_x [ sum_mu (phi_x - phi_{x+mu})^2 + m^2 phi_x^2 + lambda phi_x^4 ],
//
// in the convention of M. S. Albergo, G. Kanwar and P. E. Shanahan, Phys. Rev. D
// 100, 034515 (2019), arXiv:1904.12072: no factor 1/2 before the kinetic term
// and the mass. The action is beta E at beta = 1.
package phi4

import (
	"cmp"
	"fmt"
	"math"
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
)

const name = "phi4"

// Config is the energy's table in the run file.
type Config struct {
	L      int     `key:"L" opt:"required" min:"1" max:"1000" help:"sites along each edge"`
	D      int     `key:"d" min:"1" max:"3" help:"dimensions"`
	M2     float64 `key:"m2" help:"m^2, of phi^2; may be negative where lambda is not 0"`
	Lambda float64 `key:"lambda" min:"0" help:"of phi^4"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "scalar phi^4 theory on a periodic lattice",
		Reference: "Albergo, Kanwar and Shanahan 2019, Phys. Rev. D 100, 034515 (arXiv:1904.12072)",
		Powers:    []core.Power{core.PowerSlope, core.PowerExact},
		Params:    core.SchemaOf(Config{D: 2, M2: 1}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// New checks c and returns its energy.
func New(c Config) (*energy.Smooth, error) {
	if err := cmp.Or(energy.Finite(name, "m2", c.M2), energy.Finite(name, "lambda", c.Lambda)); err != nil {
		return nil, err
	}
	if c.Lambda == 0 && !(c.M2 > 0) {
		return nil, energy.BadSetting(name, "m2", fmt.Sprintf("must be greater than 0 where lambda is 0, got %v", c.M2))
	}
	var known exact.Solution
	if c.Lambda == 0 {
		known.Solve = c.free
	}
	q, err := c.action()
	if err != nil {
		return nil, err
	}
	shape := []int{c.L, c.L, c.L}[:c.D]
	return energy.NewSmooth(name, core.EnergySpec{
		Space:      core.Space{Kind: core.Field, Shape: shape, Lattice: [...]string{"chain", "square", "cubic"}[c.D-1], Periodic: true},
		Units:      "1",
		Symmetries: []core.Symmetry{core.Z2, core.Translation, core.Reflection},
	}, known, evaluator(q)), nil
}

func (c Config) sites() int { return []int{c.L, c.L * c.L, c.L * c.L * c.L}[c.D-1] }

// action is the kernel of E.
func (c Config) action() (*kernels.Quartic, error) {
	n := c.sites()
	if err := core.Afford(8*float64(n)*float64(c.D), "energy phi4", fmt.Sprintf("neighbours of %d sites", n), "a smaller L"); err != nil {
		return nil, err
	}
	q := &kernels.Quartic{A: c.M2, B: c.Lambda, Degree: c.D, Next: make([]int32, 0, n*c.D), Last: make([]int32, 0, n*c.D)}
	for i := range n {
		for stride, axis := 1, 0; axis < c.D; stride, axis = stride*c.L, axis+1 {
			at := i / stride % c.L
			q.Next = append(q.Next, int32(i+((at+1)%c.L-at)*stride))
			q.Last = append(q.Last, int32(i+((at+c.L-1)%c.L-at)*stride))
		}
	}
	return q, nil
}

// evaluator is the kernel in memory that goroutines take turns with.
func evaluator(q *kernels.Quartic) func(e, slope, x []float64) {
	pool := sync.Pool{New: func() any {
		scratch := make([]float64, q.Scratch())
		return &scratch
	}}
	return func(e, slope, x []float64) {
		scratch := pool.Get().(*[]float64)
		q.Eval(e, slope, x, *scratch)
		pool.Put(scratch)
	}
}

// free is the theory without interaction. In Fourier modes
//
//	S = sum_k (m^2 + k^2) |phi_k|^2,   k^2 = sum_mu 4 sin^2(pi n_mu/L),
//
// so ln Z = N/2 ln(pi/beta) - 1/2 sum_k ln(m^2 + k^2), <phi^2> is the mean of
// 1/[2 beta (m^2 + k^2)] over the modes, and V < M^2 > that of k = 0.
func (c Config) free(beta float64) (core.Exact, error) {
	var all exact.Partition
	n := c.sites()
	square := 0.0
	for k := range n {
		kk := 0.0
		for stride := 1; stride < n; stride *= c.L {
			s := 2 * math.Sin(math.Pi*float64(k/stride%c.L)/float64(c.L))
			kk += s * s
		}
		all.AddModes(1, 2*(c.M2+kk), beta)
		square += 1 / (2 * beta * (c.M2 + kk))
	}
	x := all.Values(beta, "free field, closed form")
	x.Values["field_squared"] = square / float64(n)
	x.Values["susceptibility"] = 1 / (2 * beta * c.M2)
	return x, nil
}

package reference

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Boltzmann is a restricted Boltzmann machine (Smolensky 1986; Hinton 2002, Neural
// Comput. 14, 1771) of visible spins v and hidden ones h, all +-1:
//
//	p(v) = sum_h exp(a.v + b.h + v.W h) / Z = exp(w(v)) / Z,
//	w(v) = a.v + sum_j ln 2 cosh(b_j + sum_i v_i W_ij).
//
// It draws by Markov chains, one for each configuration of a batch, which go on from
// batch to batch: each draw is some sweeps h ~ p(h|v), v ~ p(v|h). They start from
// random spins. theta is a, b, and W by rows.
func Boltzmann(hidden, sweeps int) core.Part {
	return model("boltzmann", "restricted Boltzmann machine", func(space core.Space) core.Model {
		return &boltzmann{space: space, n: space.Size(), m: hidden, sweeps: sweeps, theta: make([]float64, space.Size()*(hidden+1)+hidden)}
	})
}

type boltzmann struct {
	space  core.Space
	n, m   int
	sweeps int
	theta  []float64
	chains core.State // the row of each is v
	drawn  uint64
}

var (
	_ core.Model   = (*boltzmann)(nil)
	_ core.Weigher = (*boltzmann)(nil)
	_ core.Walker  = (*boltzmann)(nil)

	_ core.Normaliser = (*boltzmann)(nil)
	_ core.Mover      = (*boltzmann)(nil)
)

// Spec implements core.Model.
func (r *boltzmann) Spec() core.ModelSpec {
	return core.ModelSpec{Space: r.space, Parameters: len(r.theta), Powers: []core.Power{core.PowerWeight, core.PowerLogZ, core.PowerWalk, core.PowerMove},
		Blocks: []core.Block{{Name: "visible", Shape: []int{r.n}}, {Name: "hidden", Shape: []int{r.m}}, {Name: "weights", Shape: []int{r.n, r.m}}}}
}

// Init implements core.Model.
func (r *boltzmann) Init(theta []float64, seed uint64) error {
	random := rand.New(rand.NewPCG(core.Derive(seed, 1), core.Derive(seed, 2)))
	for k := range theta {
		theta[k] = 0.1 * random.NormFloat64()
	}
	return nil
}

// Load implements core.Model.
func (r *boltzmann) Load(theta []float64) error {
	copy(r.theta, theta)
	return nil
}

func (r *boltzmann) weight(i, j int) float64 { return r.theta[r.n+r.m+i*r.m+j] }

// field is what acts on hidden spin j.
func (r *boltzmann) field(v []float64, j int) float64 {
	f := r.theta[r.n+j]
	for i, s := range v {
		f += s * r.weight(i, j)
	}
	return f
}

// spin draws one in a field.
func spin(random *rand.Rand, field float64) float64 {
	if random.Float64() < 1/(1+math.Exp(-2*field)) {
		return 1
	}
	return -1
}

// Sample implements core.Density: sweeps of every chain.
func (r *boltzmann) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, r.n)
	dst.LogP, dst.Accept = dst.LogP[:0], core.Resize(dst.Accept, n)
	r.drawn++
	dst.ID, dst.Chains = r.drawn, n
	fresh := !r.chains.Has(dst, n)
	if fresh {
		r.chains = core.NewState(dst, n, r.n)
	}
	var stream rand.PCG
	h := make([]float64, r.m)
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		random, v := rand.New(&stream), r.chains.Row(i)
		for k := range v {
			if fresh {
				v[k] = spin(random, 0)
			}
		}
		for range r.sweeps {
			r.sweep(v, h, random)
		}
		dst.Accept[i] = 1
	}
	copy(dst.X, r.chains.Rows)
	return nil
}

func (r *boltzmann) sweep(v, h []float64, random *rand.Rand) {
	for j := range h {
		h[j] = spin(random, r.field(v, j))
	}
	for k := range v {
		f := r.theta[k]
		for j, s := range h {
			f += s * r.weight(k, j)
		}
		v[k] = spin(random, f)
	}
}

// Move implements core.Mover.
func (r *boltzmann) Move(y, x, u []float64) error {
	copy(y, x)
	var stream rand.PCG
	h := make([]float64, r.m)
	for i := 0; i < len(x); i += r.n {
		core.SeedStream(&stream, math.Float64bits(u[i]), 0)
		random := rand.New(&stream)
		for range r.sweeps {
			r.sweep(y[i:i+r.n], h, random)
		}
	}
	return nil
}

// State implements core.Walker.
func (r *boltzmann) State() (core.State, error) { return r.chains.Clone(), nil }

// SetState implements core.Walker.
func (r *boltzmann) SetState(s core.State) error {
	if err := s.Check("boltzmann", r.n, 0); err != nil {
		return err
	}
	r.chains = s.Clone()
	return nil
}

// LogProb implements core.Density: nobody knows Z.
func (r *boltzmann) LogProb([]float64, []float64) error { return core.RowLogProb.Lacks("boltzmann") }

// Pull implements core.Model, likewise.
func (r *boltzmann) Pull([]float64, *core.Batch, []float64) error {
	return core.RowPull.Lacks("boltzmann")
}

// LogWeight implements core.Weigher.
func (r *boltzmann) LogWeight(dst, x []float64) error {
	for i := range dst {
		v := x[i*r.n : (i+1)*r.n]
		dst[i] = 0
		for k, s := range v {
			dst[i] += r.theta[k] * s
		}
		for j := range r.m {
			f := math.Abs(r.field(v, j))
			dst[i] += f + math.Log1p(math.Exp(-2*f))
		}
	}
	return nil
}

// WeightPull implements core.Weigher: dw/da = v, dw/db = tanh, dw/dW = v tanh.
func (r *boltzmann) WeightPull(grad []float64, b *core.Batch, bar []float64) error {
	b.Sum(grad, func(sum []float64, from, to int) {
		for i := from; i < to; i++ {
			v := b.X[i*r.n : (i+1)*r.n]
			for k, s := range v {
				sum[k] += bar[i] * s
			}
			for j := range r.m {
				t := bar[i] * math.Tanh(r.field(v, j))
				sum[r.n+j] += t
				for k, s := range v {
					sum[r.n+r.m+k*r.m+j] += t * s
				}
			}
		}
	})
	return nil
}

// LogZ implements core.Normaliser, by all states of the visible spins.
func (r *boltzmann) LogZ() (value, stderr float64, err error) {
	v, w := make([]float64, r.n), make([]float64, 1)
	value = math.Inf(-1)
	for state := range 1 << r.n {
		for i := range v {
			v[i] = float64(2*(state>>i&1) - 1)
		}
		if err := r.LogWeight(w, v); err != nil {
			return 0, 0, err
		}
		top := max(value, w[0])
		value = top + math.Log(math.Exp(value-top)+math.Exp(w[0]-top))
	}
	return value, 0, nil
}

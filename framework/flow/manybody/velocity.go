package manybody

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// Velocity is the field of the package's equation, a flow.Field. Component i d + a
// of a configuration is coordinate a of particle i.
type Velocity struct {
	dim    int
	square float64 // of the softening
	jets   bool    // slots have two more derivatives, for Lift
	sums   [2]sum  // over pairs and over particles
}

// sum is one of the two sums of the velocity: over vectors, from particle b to
// particle a, or from the origin where b is none. Each stands weight times in
// the divergence, once for each of its ends that moves.
type sum struct {
	vectors []vector
	weight  float64
	f       kernels.Radial
	param   *grad.Param[float64]
}

type vector struct{ a, b int }

const none = -1

// NewVelocity returns a velocity of particles in dim dimensions, with eta and xi
// of so many hidden units, functions of time as well if timed.
func NewVelocity(particles, dim, hidden int, softening float64, timed bool) *Velocity {
	f := kernels.Radial{Units: hidden, Timed: timed}
	v := &Velocity{dim: dim, square: softening * softening}
	v.sums[0] = sum{weight: 2, f: f, param: grad.NewParam[float64]("eta", f.Weights())}
	v.sums[1] = sum{weight: 1, f: f, param: grad.NewParam[float64]("xi", f.Weights())}
	v.sums[0].param.Start, v.sums[1].param.Start = start(f), start(f)
	for a := range particles {
		for b := range a {
			v.sums[0].vectors = append(v.sums[0].vectors, vector{a, b})
		}
		v.sums[1].vectors = append(v.sums[1].vectors, vector{a, none})
	}
	return v
}

// Jets is the velocity whose slots keep what a Lift needs of the stages. Its values have
// other bits than those of the velocity without. The parameters are shared.
func (v *Velocity) Jets() *Velocity {
	twin := *v
	twin.jets = true
	return &twin
}

// start is the starting rule of a function. Hidden units start with their centres
// in the range of distances, up to 4 times the width of the normal density, and as
// steep as to resolve half of it; outputs start at zero.
func start(f kernels.Radial) func(w []float64, r *rand.Rand) {
	return func(w []float64, r *rand.Rand) {
		hidden := w[1+f.Units:] // w, c and v of all units
		for h := range f.Units {
			hidden[h] = 2 * r.NormFloat64()
			hidden[f.Units+h] = 4 * r.Float64()
			if f.Timed {
				hidden[2*f.Units+h] = r.NormFloat64()
			}
		}
	}
}

// Params implements flow.Field.
func (v *Velocity) Params() []*grad.Param[float64] {
	return []*grad.Param[float64]{v.sums[0].param, v.sums[1].param}
}

// Chunk implements flow.Field: so many that the pairs of all fill 32 KiB with
// each of their numbers.
func (v *Velocity) Chunk() int { return min(64, max(8, 4096/v.vectors()/8*8)) }

func (v *Velocity) vectors() int { return len(v.sums[0].vectors) + len(v.sums[1].vectors) }

// keepBytes is the memory of a chunk for the stages of the last steps, which the
// pull-back need not evaluate again.
const keepBytes = 8 << 20

// Keep is how many steps of so many stages a chunk has that memory for
// (ode.Options).
func (v *Velocity) Keep(stages int) int {
	return max(1, keepBytes/(stages*v.SlotBytes()*v.Chunk()))
}

// SlotBytes is the memory of a slot for each configuration.
func (v *Velocity) SlotBytes() int {
	rows := v.dim + 4
	if v.sums[0].f.Timed {
		rows++
	}
	if v.jets {
		rows += 2
	}
	return 8 * rows * v.vectors()
}

// On implements flow.Field.
func (v *Velocity) On(n, slots int) flow.FieldOn[float64] { return v.Open(n, slots) }

// Open is On with its own type.
func (v *Velocity) Open(n, slots int) *VelocityOn {
	on := &VelocityOn{Velocity: *v, n: n, slots: make([][2]terms, slots)}
	longest := 0
	for k, s := range v.sums {
		on.sums[k].param = s.param.Share()
		m := len(s.vectors) * n
		longest = max(longest, m)
		for i := range on.slots {
			t := &on.slots[i][k]
			t.delta = make([]float64, v.dim*m)
			for _, row := range []*[]float64{&t.square, &t.rho, &t.f, &t.df} {
				*row = make([]float64, m)
			}
			if v.jets {
				t.d2f, t.d3f = make([]float64, m), make([]float64, m)
			}
			if s.f.Timed {
				t.time = make([]float64, m)
			}
		}
	}
	for _, row := range []*[]float64{&on.fbar, &on.dfbar, &on.rhobar} {
		*row = make([]float64, longest)
	}
	on.zeros = make([]float64, n)
	return on
}

// VelocityOn is a velocity on n configurations.
type VelocityOn struct {
	Velocity
	n                   int
	apart               bool
	each                []*grad.Param[float64] // gradients of single configurations
	slots               [][2]terms
	fbar, dfbar, rhobar []float64
	zeros               []float64
}

// terms keeps what a sum has for each of its vectors, the configurations along
// the rows: the vector (dim rows each), r^2, rho, the function and its
// derivative, and time; of Jets also the next two derivatives.
type terms struct {
	delta, square, rho, f, df, time []float64
	d2f, d3f                        []float64
}

// Begin implements flow.FieldOn.
func (on *VelocityOn) Begin() {}

// End implements flow.FieldOn.
func (on *VelocityOn) End() {}

// Grads implements flow.FieldOn.
func (on *VelocityOn) Grads() []*grad.Param[float64] {
	return []*grad.Param[float64]{on.sums[0].param, on.sums[1].param}
}

// Apart makes pull-backs add to gradients of single configurations, which it returns: those
// of Grads with the shape [parameters, n].
func (on *VelocityOn) Apart() []*grad.Param[float64] {
	if on.apart = true; on.each == nil {
		for _, s := range on.sums {
			on.each = append(on.each, grad.NewParam[float64](s.param.Name, s.param.Size(), on.n))
		}
	}
	return on.each
}

// Together ends Apart.
func (on *VelocityOn) Together() { on.apart = false }

// Eval implements ode.Field.
func (on *VelocityOn) Eval(slot int, v, div, t, x []float64) {
	clear(v)
	clear(div)
	for k, s := range on.sums {
		terms := &on.slots[slot][k]
		for i, d := range s.vectors {
			on.measure(terms, i, d, t, x)
		}
		if on.jets {
			kernels.RadialJet(s.f, terms.f, terms.df, terms.d2f, terms.d3f, terms.rho, terms.time, s.param.Val)
		} else {
			kernels.RadialForward(s.f, terms.f, terms.df, terms.rho, terms.time, s.param.Val)
		}
		if v == nil {
			continue
		}
		for i, d := range s.vectors {
			on.add(terms, i, d, s.weight, v, div)
		}
	}
}

// PullParams implements ode.Field: Pull has done all.
func (on *VelocityOn) PullParams(int, int) {}

// row is coordinate a of a particle.
func (on *VelocityOn) row(x []float64, particle, a int) []float64 {
	at := (particle*on.dim + a) * on.n
	return x[at : at+on.n]
}

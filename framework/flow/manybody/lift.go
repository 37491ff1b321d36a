package manybody

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
)

// Lift is the velocity with first and second derivatives in the end of the path
// carried along (kernels.Lift), as a field of kernels.Lift.Rows components. Its
// integration by a Runge-Kutta method is exactly the derivative of that of the
// velocity, for a method of fixed steps commutes with differentiation. It cannot
// be pulled back.
type Lift struct {
	kernels.Lift
	velocity *Velocity
	n        int
	pairs    [2][]kernels.Pair
	jet      [2][5][]float64 // rho, the function and its derivatives
	time     [2][]float64
}

// Lift returns the lifted velocity on n configurations, a multiple of
// kernels.Lanes. It reads the velocity's parameters.
func (v *Velocity) Lift(n int) *Lift {
	size := v.dim * len(v.sums[1].vectors)
	on := &Lift{Lift: kernels.Lift{Dim: v.dim, Size: size}, velocity: v, n: n}
	for k, s := range v.sums {
		for _, d := range s.vectors {
			on.pairs[k] = append(on.pairs[k], kernels.Pair{A: int32(d.a), B: int32(d.b)})
		}
		m := n * len(s.vectors)
		for i := range on.jet[k] {
			on.jet[k][i] = make([]float64, m)
		}
		if s.f.Timed {
			on.time[k] = make([]float64, m)
		}
	}
	return on
}

// Eval implements ode.Field: div is the divergence of the velocity itself.
func (on *Lift) Eval(_ int, rates, div, t, state []float64) {
	clear(rates)
	clear(div)
	for k, s := range on.velocity.sums {
		jet := &on.jet[k]
		on.distances(jet[0], state, s.vectors)
		for i := 0; i < len(on.time[k]); i += on.n {
			copy(on.time[k][i:], t)
		}
		kernels.RadialJet(s.f, jet[1], jet[2], jet[3], jet[4], jet[0], on.time[k], s.param.Val)
		on.Add(rates, div, state, on.pairs[k], jet, on.n)
	}
}

// distances writes rho of all vectors.
func (on *Lift) distances(rho, z []float64, vectors []vector) {
	n, dim := on.n, on.Dim
	for i, d := range vectors {
		row := rho[i*n : (i+1)*n]
		for j := range row {
			row[j] = on.velocity.square
		}
		for c := range dim {
			a := z[(d.a*dim+c)*n:][:n]
			if d.b == none {
				for j, x := range a {
					row[j] += x * x
				}
				continue
			}
			b := z[(d.b*dim+c)*n:][:n]
			for j, x := range a {
				row[j] += (x - b[j]) * (x - b[j])
			}
		}
		for j, square := range row {
			row[j] = math.Sqrt(square)
		}
	}
}

// Pull implements ode.Field.
func (on *Lift) Pull(int, []float64, []float64, []float64, bool) {
	panic("manybody: a lifted velocity cannot be pulled back")
}

// PullParams implements ode.Field.
func (on *Lift) PullParams(int, int) {}

var _ ode.Field[float64] = (*Lift)(nil)

package fermiflow

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// orbitals are the states of one particle in the trap,
//
//	phi_q(z) = prod_c h_q_c(z_c) exp(-z_c^2/2),   eps_q = sum_c (q_c + 1/2),
//
// in the order of sum_c q_c and then of q. h_q is the Hermite polynomial with the
// norm of phi:
//
//	h_0 = pi^(-1/4),   h_q+1 = sqrt(2/(q+1)) z h_q - sqrt(q/(q+1)) h_q-1,   h_q' = sqrt(2q) h_q-1.
//
// The exponential is left to the caller, who needs its logarithm.
type orbitals struct {
	dim    int
	quanta [][]int // of each orbital, one number for each dimension
	shell  []int   // their sum
	top    int     // largest of all numbers
}

// mostQuanta bounds the tables of Hermite functions and what polynomials of that
// degree lose by rounding.
const mostQuanta = 60

// newOrbitals returns all orbitals that states of n fermions with at most so many
// quanta of excitation can occupy.
func newOrbitals(n, dim, excitation int) (*orbitals, error) {
	o := &orbitals{dim: dim}
	last := math.MaxInt
	for shell := 0; shell <= last; shell++ {
		if shell > mostQuanta {
			return nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: name,
				Err:  fmt.Errorf("%s with excitation = %d occupy orbitals of more than %d quanta", plural(n, "fermion"), excitation, mostQuanta),
				Hint: "choose fewer particles or a smaller excitation"}
		}
		o.addShell(make([]int, dim), 0, shell)
		if last == math.MaxInt && len(o.quanta) >= n {
			last = shell + excitation
		}
	}
	o.top = last
	return o, nil
}

// lowest is the sum of the quanta of n fermions in their ground state.
func (o *orbitals) lowest(n int) (quanta int) {
	for _, shell := range o.shell[:n] {
		quanta += shell
	}
	return quanta
}

// addShell appends all orbitals with left quanta in the dimensions from c on.
func (o *orbitals) addShell(q []int, c, left int) {
	if c == o.dim-1 {
		q[c] = left
		total := 0
		for _, x := range q {
			total += x
		}
		o.quanta, o.shell = append(o.quanta, append([]int(nil), q...)), append(o.shell, total)
		return
	}
	for q[c] = 0; q[c] <= left; q[c]++ {
		o.addShell(q, c+1, left-q[c])
	}
}

// hermite writes h_0(z) to h_top(z).
func hermite(h []float64, z float64) {
	h[0] = piQuarter
	if len(h) > 1 {
		h[1] = math.Sqrt2 * z * h[0]
	}
	for q := 1; q+1 < len(h); q++ {
		h[q+1] = up[q]*z*h[q] - down[q]*h[q-1]
	}
}

// The coefficients of the recurrence, and sqrt(2q) of the derivative.
var (
	piQuarter       = math.Pow(math.Pi, -0.25)
	up, down, slope = func() (up, down, slope [mostQuanta + 1]float64) {
		for q := range up {
			x := float64(q)
			up[q], down[q], slope[q] = math.Sqrt(2/(x+1)), math.Sqrt(x/(x+1)), math.Sqrt(2*x)
		}
		return up, down, slope
	}()
)

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

package estimators

import (
	"math"
	"math/rand/v2"
)

// With m_i = <s_i> of independent spins and S(m) their entropy, naive mean field is the least of
//
//	F(m) = E(m) - T S(m),   m_i = tanh beta (h_i + sum_j J_ij m_j),
//
// an upper bound. Thouless, Anderson and Palmer add the reaction of the others to a spin,
//
//	F(m) = E(m) - T S(m) - (beta/2) sum_{i<j} J_ij^2 (1 - m_i^2) (1 - m_j^2)
//	m_i  = tanh beta (h_i + sum_j J_ij m_j - m_i beta sum_j J_ij^2 (1 - m_j^2)),
//
// and Bethe's approximation, exact where the couplings have no loop, passes messages: with b_ij the
// field on spin i without spin j, in units of T,
//
//	u_ij = 1/2 ln[cosh(beta J_ij + b_ij)/cosh(beta J_ij - b_ij)],   b_ij = beta h_i + sum_{k != j} u_ki
//	-beta F = -beta E_0 + sum_i ln Z_i - sum_{i<j} ln Z_ij
//	Z_i  = sum_s exp(beta h_i s) prod_k cosh(beta J_ik s + b_ki)/cosh b_ki
//	Z_ij = sum_ss' exp(beta J_ij s s' + b_ij s + b_ji s')/(4 cosh b_ij cosh b_ji).
//
// Each is iterated from several starts, the temperature coming down to its own, and the lowest F is
// taken: of the bound the best, of the other two what is customary.

const (
	mostWork   = 4e6 // couplings that starts visit in a sweep, about
	mostStarts = 16
	ladder     = 20 // temperatures on the way down
	stay       = 30 // sweeps at each
	atLast     = 5000
	atRest     = 1e-10 // largest change of the last sweep
	damping    = 0.5   // of the two that are no descent
	kick       = 0.05
)

// iteration is a state of one of the approximations.
type iteration interface {
	// start sets the state of a high temperature.
	start()
	// kick moves all numbers a little, away from solutions that are stationary and not stable.
	kick(r *rand.Rand)
	// sweep takes all numbers a step further and returns the largest change.
	sweep(beta float64) float64
	free(beta float64) float64
}

// lowest runs an iteration from several starts.
func (c *couplings) lowest(it iteration, beta float64, seed uint64) (f float64, ok bool) {
	edges := 1
	for _, p := range c.pairs {
		edges += len(p)
	}
	f = math.Inf(1)
	for k := range max(1, min(mostStarts, int(mostWork)/edges)) {
		r := rand.New(rand.NewPCG(seed, uint64(2+k)))
		it.start()
		for step := 1; step <= ladder; step++ {
			it.kick(r)
			for range stay {
				it.sweep(beta * float64(step) / ladder)
			}
		}
		for range atLast {
			if it.sweep(beta) < atRest {
				ok = true
				f = min(f, it.free(beta))
				break
			}
		}
	}
	return f, ok
}

// magnetizations are the state of naive mean field and, with the reaction, of the second.
type magnetizations struct {
	*couplings
	m        []float64
	reaction bool
}

func (c *couplings) naive(beta float64, seed uint64) (f float64, ok bool) {
	return c.lowest(&magnetizations{couplings: c, m: make([]float64, len(c.field))}, beta, seed)
}

func (c *couplings) tap(beta float64, seed uint64) (f float64, ok bool) {
	return c.lowest(&magnetizations{couplings: c, m: make([]float64, len(c.field)), reaction: true}, beta, seed)
}

func (s *magnetizations) start() { clear(s.m) }

func (s *magnetizations) kick(r *rand.Rand) {
	for i, m := range s.m {
		s.m[i] += kick * (2*r.Float64() - 1 - m)
	}
}

// sweep sets one spin after the other; without the reaction F falls with each.
func (s *magnetizations) sweep(beta float64) (most float64) {
	for i, old := range s.m {
		h, reaction := s.field[i], 0.0
		for _, p := range s.pairs[i] {
			h += p.j * s.m[p.to]
			reaction += p.j * p.j * (1 - s.m[p.to]*s.m[p.to])
		}
		to := math.Tanh(beta * h)
		if s.reaction {
			to = (1-damping)*old + damping*math.Tanh(beta*(h-old*beta*reaction))
		}
		s.m[i] = to
		most = max(most, math.Abs(to-old))
	}
	return most
}

func (s *magnetizations) free(beta float64) float64 {
	f := s.energy(s.m)
	for i, m := range s.m {
		for _, p := range [...]float64{(1 + m) / 2, (1 - m) / 2} {
			if p > 0 {
				f += p * math.Log(p) / beta
			}
		}
		if !s.reaction {
			continue
		}
		for _, p := range s.pairs[i] {
			f -= beta / 4 * p.j * p.j * (1 - m*m) * (1 - s.m[p.to]*s.m[p.to])
		}
	}
	return f
}

// messages are the u_ki that come to each spin i, in the order of its pairs, and the sum of all.
type messages struct {
	*couplings
	u   [][]float64
	sum []float64
}

func (c *couplings) bethe(beta float64, seed uint64) (f float64, ok bool) {
	s := &messages{couplings: c, sum: make([]float64, len(c.field))}
	for _, p := range c.pairs {
		s.u = append(s.u, make([]float64, len(p)))
	}
	return c.lowest(s, beta, seed)
}

func (s *messages) start() {
	clear(s.sum)
	for _, u := range s.u {
		clear(u)
	}
}

func (s *messages) kick(r *rand.Rand) {
	for i, u := range s.u {
		for k := range u {
			change := kick * (2*r.Float64() - 1)
			u[k] += change
			s.sum[i] += change
		}
	}
}

// sweep sends the messages of one spin after the other.
func (s *messages) sweep(beta float64) (most float64) {
	for i, pairs := range s.pairs {
		for k, p := range pairs {
			a, b := beta*p.j, beta*s.field[i]+s.sum[i]-s.u[i][k]
			old := &s.u[p.to][p.back]
			change := damping * ((lnCosh(a+b)-lnCosh(a-b))/2 - *old)
			*old += change
			s.sum[p.to] += change
			most = max(most, math.Abs(change))
		}
	}
	return most
}

func (s *messages) free(beta float64) float64 {
	minus := -beta * s.constant
	for i, pairs := range s.pairs {
		h := beta * s.field[i]
		up, down := h, -h
		for k, p := range pairs {
			a := beta * p.j
			b := beta*s.field[p.to] + s.sum[p.to] - s.u[p.to][p.back] // of the other without i
			own := h + s.sum[i] - s.u[i][k]
			up += lnCosh(b+a) - lnCosh(b)
			down += lnCosh(b-a) - lnCosh(b)
			if p.to > i {
				minus -= logAdd(own+lnCosh(b+a), -own+lnCosh(b-a)) - math.Ln2 - lnCosh(own) - lnCosh(b)
			}
		}
		minus += logAdd(up, down)
	}
	return -minus / beta
}

// lnCosh is ln cosh x, of any x.
func lnCosh(x float64) float64 {
	x = math.Abs(x)
	return x + math.Log1p(math.Exp(-2*x)) - math.Ln2
}

// logAdd is ln(exp a + exp b).
func logAdd(a, b float64) float64 {
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}

package rbm

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Langevin chains of real visible units (Liao, Kornblith, Ren, Fleet and Hinton,
// arXiv:2210.10318, sections 3.1 and 3.2), in steps of alpha = a s^2,
//
//	v' = v + a s^2 grad ln p + sqrt(2a) s xi,   xi standard normal.
//
// Gibbs-Langevin chains draw h ~ p(h|v), and take some steps with ln p(v|h), where s^2 grad ln p =
// mu + t W h - v, in the place of a draw of v. Langevin chains take all with ln p(v), where <h>
// stands for h. A step is accepted or refused, so that p stays stationary at any a: with z =
// (v - mu - t W h)/s by itself in each unit,
//
//	ln p(z')q(z|z') - ln p(z)q(z'|z) = (z^2 - z'^2) a/4,
//
// and of ln p(v) as a whole. Without that z has the variance 1/(1 - a/2) in the place of 1.

// langevinKeys are those of the model's table in the run file.
type langevinKeys struct {
	Chains   string  `key:"chains" choices:"gibbs,gibbs_langevin,langevin" help:"a sweep is: gibbs, draws of h given v and v given h; gibbs_langevin, a draw of h and Langevin steps of v given h; langevin, Langevin steps of v"`
	Steps    int     `key:"langevin_steps" min:"1" max:"100000" help:"Langevin steps of a sweep"`
	Step     float64 `key:"langevin_step" above:"0" below:"2" help:"their size, in units of the variance of v given h"`
	Adjusted bool    `key:"adjusted" help:"whether steps are accepted or refused, so that their size makes no error"`
}

var langevinDefaults = langevinKeys{Chains: "gibbs", Steps: 10, Step: 0.5, Adjusted: true}

// Chains other than those of Gibbs.
const (
	gibbsLangevin = "gibbs_langevin"
	langevin      = "langevin"
)

// stepGiven is a sweep of Gibbs-Langevin chains.
func (m *Model) stepGiven(r replica, w *workspace) {
	g, h := m.layer.(*gaussian), w.h[:len(r.u)]
	scale(h, r.u, r.t)
	m.units.fields(h, m.b)
	m.units.drawRows(h, h, w.random)
	fields := core.Resize(w.drift, len(r.v))
	w.drift = fields
	m.downward(fields, h, r.t)
	a, d := m.langevin.Step, m.visible
	for i := range w.random {
		random := rand.New(&w.random[i])
		for j, mu := range g.mu {
			s := math.Exp(g.logVariance[j] / 2)
			z := (r.v[i*d+j] - mu - fields[i*d+j]) / s
			for range m.langevin.Steps {
				next := (1-a)*z + math.Sqrt(2*a)*random.NormFloat64()
				if !m.langevin.Adjusted || w.accept(i, (z*z-next*next)*a/4) {
					z = next
				}
			}
			r.v[i*d+j] = mu + fields[i*d+j] + s*z
		}
	}
}

// place is where Langevin chains are: v, ln p(v) up to a constant, and s^2 times its slope.
type place struct{ v, u, weight, drift []float64 }

// stepMarginal is a sweep of Langevin chains.
func (m *Model) stepMarginal(r replica, w *workspace) {
	g := m.layer.(*gaussian)
	a, n, d := m.langevin.Step, len(w.random), m.visible
	w.drift, w.nextDrift, w.nextV, w.nextU = core.Resize(w.drift, n*d), core.Resize(w.nextDrift, n*d), core.Resize(w.nextV, n*d), core.Resize(w.nextU, n*m.hidden)
	here, next := place{r.v, r.u, w.gain[:n], w.drift}, place{w.nextV, w.nextU, w.free[:n], w.nextDrift}
	m.look(here, w, r.t)
	for range m.langevin.Steps {
		for i := range w.random {
			random := rand.New(&w.random[i])
			for j, l := range g.logVariance {
				k := i*d + j
				next.v[k] = here.v[k] + a*here.drift[k] + math.Sqrt(2*a)*math.Exp(l/2)*random.NormFloat64()
			}
		}
		m.upward(next.u, m.layer.input(w.y, next.v))
		m.look(next, w, r.t)
		for i := range w.random {
			gain := next.weight[i] - here.weight[i]
			for j, l := range g.logVariance {
				k := i*d + j
				there, back := next.v[k]-here.v[k]-a*here.drift[k], here.v[k]-next.v[k]-a*next.drift[k]
				gain += (there*there - back*back) / (4 * a) * math.Exp(-l)
			}
			if !m.langevin.Adjusted || w.accept(i, gain) {
				copy(here.v[i*d:(i+1)*d], next.v[i*d:])
				copy(here.drift[i*d:(i+1)*d], next.drift[i*d:])
				here.weight[i] = next.weight[i]
			}
		}
	}
}

// look makes what is known of ln p where the chains are, of the machine with the weights tW.
func (m *Model) look(p place, w *workspace, t float64) {
	g, h, d := m.layer.(*gaussian), w.h[:len(p.u)], m.visible
	scale(h, p.u, t)
	m.free(p.weight, h, w.work)
	m.units.means(h, h)
	m.downward(p.drift, h, t)
	alone := w.work[:len(p.weight)]
	g.alone(alone, p.v)
	for i, l := range alone {
		p.weight[i] += l
		for j, mu := range g.mu {
			p.drift[i*d+j] += mu - p.v[i*d+j]
		}
	}
}

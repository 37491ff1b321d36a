package coretest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Chains of energySampled. Each starts anew, so that the scatter of their means is the error whatever the
// correlation in them; 64 know it to a tenth. The first half lets them forget the start.
const (
	mostSampled   = 40 // numbers of a configuration: each is moved some 50 times
	sampledChains = 64
	sampledSteps  = 2000
)

// energySampled compares the exact <E>, and ln Z, with those of Metropolis chains where states cannot be enumerated: an E that
// is per site, of another sign or with a term too few is not seen by what exact values say to one another. Five
// standard errors are allowed. Nothing is said where chains do not mix.
//
// ln Z is that of exp(-beta E) against a simple density of the same moments, as in modelMass; <E> alone
// would not do, as by equipartition it does not know the scale of a harmonic E.
func energySampled(t *testing.T, e core.Energy, o EnergyOptions) {
	energyNeeds(t, e, core.PowerExact)
	spec := e.Spec()
	space, beta := spec.Space, o.Betas[0]
	switch {
	case spec.Kinetic > 0 || slices.Contains(spec.Powers, core.PowerLinks):
		t.Skip("exact values are of a quantum system")
	case enumerate(space.Values(), o.MaxStates) != nil:
		t.Skip("states are enumerated")
	case space.Size() > mostSampled || space.Values() == nil && !space.Continuous():
		t.Skipf("chains on %v are too slow", space)
	}
	want, ok := meanEnergy(e, beta)
	if !ok {
		t.Skip("the exact energy is not known")
	}
	w := newWalk(t, e, o, beta)
	for range sampledSteps / 2 {
		w.step(true)
	}
	early, late := make([]float64, sampledChains), make([]float64, sampledChains)
	var fit, kept [][]float64 // configurations of all chains, of the first quarter of the steps and of the last
	for k := range sampledSteps / 2 {
		w.step(false)
		half, snapshots := early, &fit
		if k >= sampledSteps/4 {
			half, snapshots = late, &kept
		}
		for i, v := range w.energies {
			half[i] += v / (sampledSteps / 4)
		}
		if k%50 == 0 {
			*snapshots = append(*snapshots, slices.Clone(w.x))
		}
	}
	var all, drift moments
	for i := range early {
		all.add((early[i] + late[i]) / 2)
		drift.add(late[i] - early[i])
	}
	mean, stderr := all.mean()
	if d, by := drift.mean(); !(math.Abs(d) <= 4*by) || w.moved == 0 {
		t.Skipf("chains do not mix: the mean of E still goes by %.3g +- %.2g", d, by)
	}
	if !(math.Abs(mean-want) <= 5*stderr+o.Tolerance*math.Abs(want)) {
		t.Errorf("<E> at beta = %g is %.6g +- %.2g by Markov chains, and %.6g is said to be exact", beta, mean, stderr, want)
	}
	if logZ, known := exact(t, e, beta).Values["log_z"]; known {
		w.compareLogZ(logZ, beside(space, slices.Concat(fit...)), kept)
	}
}

// compareLogZ takes an error from groups of chains, which are independent; it says nothing where it is above 0.2.
func (w *walk) compareLogZ(want float64, q *simple, kept [][]float64) {
	const groups = 8
	if q == nil {
		return
	}
	var logZ moments
	d, each := w.space.Size(), sampledChains/groups
	for g := range groups {
		var x []float64
		for _, snapshot := range kept {
			x = append(x, snapshot[g*each*d:(g+1)*each*d]...)
		}
		y := q.draw(rand.New(rand.NewPCG(uint64(g), 93)), len(x)/d)
		logZ.add(bennett(minus(w.boltzmann(y), q.logP(y)), minus(w.boltzmann(x), q.logP(x))))
	}
	if mean, stderr := logZ.mean(); stderr < 0.2 && !(math.Abs(mean-want) <= 5*stderr+1e-6) {
		w.t.Errorf("ln Z at beta = %g is %.6g +- %.2g by Markov chains, and %.6g is said to be exact", w.beta, mean, stderr, want)
	}
}

// boltzmann is -beta E.
func (w *walk) boltzmann(x []float64) []float64 {
	w.t.Helper()
	v := eval(w.t, w.e, x)
	for i := range v {
		v[i] *= -w.beta
	}
	return v
}

// meanEnergy is the exact <E>, or -d ln Z/d beta by differences, good to 1e-8.
func meanEnergy(e core.Energy, beta float64) (u float64, ok bool) {
	at := func(name string, beta float64) float64 {
		x, err := e.(core.Exacter).Exact(beta)
		if v, known := x.Values[name]; err == nil && known {
			return v
		}
		return math.NaN()
	}
	if u = at("energy", beta); math.IsNaN(u) {
		h := 1e-4 * beta
		u = (at("log_z", beta-h) - at("log_z", beta+h)) / (2 * h)
	}
	return u, !math.IsNaN(u)
}

// walk are Markov chains.
type walk struct {
	t        *testing.T
	e        core.Energy
	space    core.Space
	values   [][]float64
	beta     float64
	r        *rand.Rand
	x        []float64
	energies []float64
	width    float64
	moved    int
}

func newWalk(t *testing.T, e core.Energy, o EnergyOptions, beta float64) *walk {
	w := &walk{t: t, e: e, space: e.Spec().Space, beta: beta, r: rand.New(rand.NewPCG(91, 92)), width: 0.5}
	w.values = w.space.Values()
	w.x = configurations(w.space, o.Draw, 91, sampledChains)
	w.energies = eval(t, e, w.x)
	return w
}

// step proposes a value of one number where they are finitely many, else a step of all along geodesics, as long
// as about 0.4 are accepted; the length is adapted while that is allowed.
func (w *walk) step(adapt bool) {
	w.t.Helper()
	d := w.space.Size()
	y := slices.Clone(w.x)
	for i := 0; i < len(y); i += d {
		one := y[i : i+d]
		if w.values != nil {
			j := w.r.IntN(d)
			one[j] = w.values[j][w.r.IntN(len(w.values[j]))]
			continue
		}
		v := make([]float64, d)
		for j := range v {
			v[j] = w.r.NormFloat64()
		}
		w.space.Project(one, v)
		w.space.Move(one, v, w.width)
	}
	accepted := 0
	for i, proposed := range eval(w.t, w.e, y) {
		if u := w.r.Float64(); !(math.Log(u) < w.beta*(w.energies[i]-proposed)) {
			continue
		}
		accepted++
		w.energies[i] = proposed
		copy(w.x[i*d:(i+1)*d], y[i*d:(i+1)*d])
	}
	w.moved += accepted
	if adapt {
		w.width *= math.Exp(0.1 * (float64(accepted)/sampledChains - 0.4))
	}
}

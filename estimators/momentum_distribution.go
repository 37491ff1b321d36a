package estimators

import (
	"math"
	"math/cmplx"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// momentumDistribution is that of the bare particles in a periodic box of volume Omega: the
// occupation of the plane wave exp(ik.x)/Omega^(1/2),
//
//	n_k = < a_k^+ a_k > = < sum_i exp(-ik.r) Psi_K(.., x_i + r, ..)/Psi_K(x) >,   sum_k n_k = N,
//
// with one particle displaced by r, evenly drawn from the box (McMillan 1965; the one-body density
// matrix is the part before the exponential). k has the twist of the box, 2 pi (m + twist)/L.
// Of interacting fermions it has a tail beyond k_F, and at T = 0 a jump at k_F that is
// smaller than 1, where [momentumOccupation], that of quasi-particles, jumps by 1. The ratio
// has the second moment 1, so the error is a good one, also near nodes. n_k is
// averaged over the k of one modulus. Particles of several kinds have n_k of each, the sum over
// its own.
//
// Each displacement of a particle costs a ln Psi. One of every so many draws is displaced; of
// Markov chains, all draws of one of so many chains.
func momentumDistribution() core.Part {
	m := manifest("momentum_distribution", "occupation of the plane waves of a periodic box by the bare particles, by |k|", "McMillan 1965, Phys. Rev. 138, A442; Holzmann et al. 2011, Phys. Rev. Lett. 107, 110402", core.Particles)
	m.Params = core.SchemaOf(momentumKeys{Harmonics: 4, Every: 8, Displacements: 4})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, s core.Setting) (core.Estimator, error) {
			var keys momentumKeys
			core.Decode(settings, &keys)
			if err := needQuantumBox(m.Name, s); err != nil {
				return nil, err
			}
			if n := math.Pow(2*float64(keys.Harmonics)+3, float64(len(s.Energy.Space.Box))); n > mostMomenta {
				return nil, core.Errorf(core.Invalid, "open estimator", m.Name, "harmonics = %d has some %.0g plane waves, and %d are the most", keys.Harmonics, n, mostMomenta)
			}
			return newBareMomenta(m, keys, s), nil
		},
	}
}

type momentumKeys struct {
	Harmonics     int `key:"harmonics" min:"1" max:"100" help:"largest |k|, in units of 2 pi over the shortest edge of the box"`
	Every         int `key:"every" min:"1" max:"1000000" help:"one of so many draws, or Markov chains, is displaced"`
	Displacements int `key:"displacements" min:"1" max:"1000" help:"how often each of its particles is"`
}

// mostMomenta bounds the work of a displacement.
const mostMomenta = 1 << 18

// bareMomenta displaces particles.
type bareMomenta struct {
	momentumKeys
	of     *function
	space  core.Space
	psi    core.DensityMatrix
	seed   uint64
	shells waveShells

	seen         count      // draws before the batch at hand
	chosen, then core.Batch // those that are displaced, and where they come
	before       []complex128
	after        []complex128
	logP         []float64
	r            []float64
	phases       [][]complex128 // exp(-i m 2 pi r_a/L_a) of each dimension
}

var _ core.Estimator = (*bareMomenta)(nil)

func newBareMomenta(m core.Manifest, keys momentumKeys, s core.Setting) *bareMomenta {
	space := s.Energy.Space
	e := &bareMomenta{momentumKeys: keys, space: space, psi: s.Quantum, seed: s.Seed, shells: twistedShells(space, keys.Harmonics)}
	size := len(space.Alike()) * len(e.shells.size)
	e.of = &function{
		description: description{
			estimate: core.Estimate{Name: m.Name, Long: "occupation of plane waves by the bare particles", Units: "1", Axes: append(kindAxes(space, "kind"), e.shells.axes...)},
			needs:    core.EstimatorSpec{Source: core.OfModel, ModelPowers: ofDensityMatrix.ModelPowers, Wants: []core.Column{}, Memory: e.memory(size)},
		},
		blocks: stats.NewBlocks(size),
		size:   size,
		add:    e.shellsOf,
		of:     func(dst, mean []float64) { copy(dst, mean) },
	}
	return e
}

// memory of the sums, and of displaced configurations.
func (e *bareMomenta) memory(size int) core.Memory {
	m := ofBlocks(size)
	each := 8*float64(e.space.Size()) + 4*float64(e.space.Count()) + 24
	m.PerConfiguration = each * float64(e.space.Count()*e.Displacements) / float64(e.Every)
	return m
}

// twistedShells are the plane waves of the box with |k| up to so many harmonics, in shells. Their
// vectors are the numbers m of k = 2 pi (m + twist)/L.
func twistedShells(space core.Space, harmonics int) waveShells {
	limit := math.Inf(1)
	for _, edge := range space.Box {
		limit = min(limit, edge)
	}
	limit = float64(harmonics) * 2 * math.Pi / limit * (1 + 1e-12)
	var w waveShells
	var moduli []float64
	m := make([]float64, len(space.Box))
	var extend func(a int, square float64)
	extend = func(a int, square float64) {
		if a == len(m) {
			w.vectors = append(w.vectors, append([]float64(nil), m...))
			moduli = append(moduli, math.Sqrt(square))
			return
		}
		most := math.Ceil(limit*space.Box[a]/(2*math.Pi)) + 1
		for m[a] = -most; m[a] <= most; m[a]++ {
			k := m[a]
			if space.Twist != nil {
				k += space.Twist[a]
			}
			k *= 2 * math.Pi / space.Box[a]
			if square+k*k <= limit*limit {
				extend(a+1, square+k*k)
			}
		}
	}
	extend(0, 0)
	l := newLevels(moduli)
	w.of, w.size, w.axes = l.of, l.size, []core.Axis{{Name: "k", Units: "1", Values: l.values}}
	return w
}

// Spec implements core.Estimator.
func (e *bareMomenta) Spec() core.EstimatorSpec { return e.of.Spec() }

// Report implements core.Estimator.
func (e *bareMomenta) Report() ([]core.Estimate, error) { return e.of.Report() }

// Add implements core.Estimator.
func (e *bareMomenta) Add(b *core.Batch) error {
	if len(b.X) != b.N*e.space.Size() || len(b.K) != b.N*e.space.Count() {
		panic("estimators: X or K does not have the size of the space")
	}
	e.choose(b)
	e.seen += count(b.N)
	if e.chosen.N == 0 {
		return nil
	}
	if err := e.displace(uint64(e.seen)); err != nil {
		return err
	}
	return e.of.Add(&e.chosen)
}

// choose takes the draws that are displaced.
func (e *bareMomenta) choose(b *core.Batch) {
	size, n := e.space.Size(), e.space.Count()
	e.chosen.Reset(0, size)
	e.chosen.K, e.chosen.Chains = e.chosen.K[:0], 0
	for i := range b.N {
		number := int(e.seen) + i
		if b.Chains > 0 {
			number = i % b.Chains
		}
		if number%e.Every == 0 {
			e.chosen.X = append(e.chosen.X, b.X[i*size:(i+1)*size]...)
			e.chosen.K = append(e.chosen.K, b.K[i*n:(i+1)*n]...)
			e.chosen.N++
		}
	}
	if b.Chains > 0 {
		e.chosen.Chains = (b.Chains + e.Every - 1) / e.Every
	}
}

// displace computes ln Psi of the chosen draws, and where each of their particles is displaced. The
// displacements of draw i are shared by its particles: those of displacement j are r_j.
func (e *bareMomenta) displace(purpose uint64) error {
	size, n, d := e.space.Size(), e.space.Count(), len(e.space.Box)
	b, then, all := &e.chosen, &e.then, e.chosen.N*e.Displacements*n
	e.before, e.after = core.Resize(e.before, b.N), core.Resize(e.after, all)
	e.logP, e.r = core.Resize(e.logP, all), core.Resize(e.r, b.N*e.Displacements*d)
	then.Reset(all, size)
	then.K = core.Resize(then.K, all*n)
	for i := range b.N {
		var stream rand.PCG
		core.SeedStream(&stream, core.Derive(e.seed, purpose), uint64(i))
		random := rand.New(&stream)
		for j := range e.Displacements {
			r := e.r[(i*e.Displacements+j)*d:][:d]
			for a, edge := range e.space.Box {
				r[a] = edge * random.Float64()
			}
			for p := range n {
				at := (i*e.Displacements+j)*n + p
				x := then.X[at*size : (at+1)*size]
				copy(x, b.X[i*size:(i+1)*size])
				for a, v := range r {
					x[p*d+a] += v
				}
				copy(then.K[at*n:(at+1)*n], b.K[i*n:(i+1)*n])
			}
		}
	}
	if err := e.psi.LogPsi(e.before, e.logP[:b.N], b); err != nil {
		return err
	}
	return e.psi.LogPsi(e.after, e.logP, then)
}

// shellsOf adds n_k of draw i to the sums. Its witness is the sum over i of the ratio, which does
// not know of k.
func (e *bareMomenta) shellsOf(sums []float64, _ *core.Batch, i int) (witness float64) {
	n, d, from := e.space.Count(), len(e.space.Box), 0
	for kind, size := range e.space.Alike() {
		to, own := from+size, sums[kind*len(e.shells.size):]
		for j := range e.Displacements {
			at := i*e.Displacements + j
			ratio := complex128(0)
			for p := from; p < to; p++ {
				ratio += cmplx.Exp(e.after[at*n+p] - e.before[i])
			}
			ratio /= complex(float64(e.Displacements), 0)
			witness += real(ratio)
			e.turn(e.r[at*d : (at+1)*d])
			for v, m := range e.shells.vectors {
				z := ratio
				for a, k := range m {
					z *= e.phases[a][int(k)+len(e.phases[a])/2]
				}
				own[e.shells.of[v]] += real(z) / e.shells.size[e.shells.of[v]]
			}
		}
		from = to
	}
	return witness
}

// turn sets the phases of a displacement, each dimension's with its twist.
func (e *bareMomenta) turn(r []float64) {
	if e.phases == nil {
		e.phases = make([][]complex128, len(r))
		for a := range r {
			most := 0.0
			for _, m := range e.shells.vectors {
				most = max(most, math.Abs(m[a]))
			}
			e.phases[a] = make([]complex128, 2*int(most)+1)
		}
	}
	for a, v := range r {
		twist := 0.0
		if e.space.Twist != nil {
			twist = e.space.Twist[a]
		}
		for m := range e.phases[a] {
			k := float64(m-len(e.phases[a])/2) + twist
			e.phases[a][m] = cmplx.Exp(complex(0, -2*math.Pi*k*v/e.space.Box[a]))
		}
	}
}

// gathered are the sums, and the draws seen.
func (e *bareMomenta) gathered() gathered {
	g := e.of.gathered()
	g["seen"] = &e.seen
	return g
}

// State implements core.Estimator.
func (e *bareMomenta) State() core.EstimatorState { return e.gathered().state() }

// Restore implements core.Estimator.
func (e *bareMomenta) Restore(state core.EstimatorState) error { return e.gathered().restore(state) }

// Merge implements core.Estimator.
func (e *bareMomenta) Merge(state core.EstimatorState) error { return e.gathered().merge(state) }

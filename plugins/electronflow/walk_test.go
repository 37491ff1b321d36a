package electronflow

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Where the flow is the identity, the structure factor of Psi_K is that of a
// determinant: with rho_G = sum_i exp(-i 2 pi G.x_i/L),
//
//	<|rho_G|^2>_K = N - (number of ordered pairs of K with k_i - k_j = 2 pi G/L),
//
// G not 0, pairs of one spin, as electrons of different spin know nothing of each other. Its sum with weights 1/|G| is the long part of the potential energy,
//
//	W = 1/2 sum_G (|rho_G|^2 - N)/|G|,   <W>_K = -1/2 sum_(i not j) 1/|n_i - n_j|,
//
// over |G|^2 <= shell and over pairs of such differences. Here it is in the plane.
type exchange struct {
	waves [][2]float64 // half of G: the other half has the same |rho_G|^2
	most  float64
}

func newExchange(shell int) exchange {
	e := exchange{most: float64(shell)}
	for a := -shell; a <= shell; a++ {
		for b := -shell; b <= shell; b++ {
			if g := a*a + b*b; 0 < g && g <= shell && (a > 0 || a == 0 && b > 0) {
				e.waves = append(e.waves, [2]float64{float64(a), float64(b)})
			}
		}
	}
	return e
}

// of is W at x in a box of this edge.
func (e exchange) of(x []float64, edge float64) (w float64) {
	for _, g := range e.waves {
		re, im := 0.0, 0.0
		for i := 0; i < len(x); i += 2 {
			s, c := math.Sincos(2 * math.Pi / edge * (g[0]*x[i] + g[1]*x[i+1]))
			re, im = re+c, im+s
		}
		w += (re*re + im*im - float64(len(x))/2) / math.Hypot(g[0], g[1])
	}
	return w
}

// mean is <W>_K of electrons of each spin.
func (e exchange) mean(orbitals [][]float64, kinds []int, k []int32) (w float64) {
	for _, n := range kinds {
		for i := range n {
			for j := range i {
				a, b := orbitals[k[i]], orbitals[k[j]]
				if g := math.Hypot(a[0]-b[0], a[1]-b[1]); g*g < e.most+0.5 {
					w -= 1 / g
				}
			}
		}
		k = k[n:]
	}
	return w
}

// all lists the sets of n of m orbitals, one behind the other.
func all(n, m int) (sets []int32) {
	var add func(chosen []int32, from int)
	add = func(chosen []int32, from int) {
		if len(chosen) == n {
			sets = append(sets, chosen...)
			return
		}
		for k := from; k < m; k++ {
			add(append(slices.Clip(chosen), int32(k)), k+1)
		}
	}
	add(nil, 0)
	return sets
}

// exactly is sum_K p(K) <W>_K and -sum_K p(K) ln p(K).
func exactly(t *testing.T, m *Model, e exchange) (w, entropy float64) {
	t.Helper()
	n := m.net.Particles
	sets := all(m.kinds[0], len(m.spec.Orbitals))
	if len(m.kinds) == 2 {
		up, down := sets, all(m.kinds[1], len(m.spec.Orbitals))
		sets = nil
		for i := 0; i < len(up); i += m.kinds[0] {
			for j := 0; j < len(down); j += m.kinds[1] {
				sets = slices.Concat(sets, up[i:i+m.kinds[0]], down[j:j+m.kinds[1]])
			}
		}
	}
	logP := make([]float64, len(sets)/n)
	if err := m.states.LogProb(logP, sets); err != nil {
		t.Fatal(err)
	}
	for i, l := range logP {
		w += math.Exp(l) * e.mean(m.spec.Orbitals, m.kinds, sets[i*n:(i+1)*n])
		entropy -= math.Exp(l) * l
	}
	return w, entropy
}

// spread is the mean over chains, independent of each other, of the means of each,
// with its standard error.
func spread(chains []float64) (mean, stderr float64) {
	for _, c := range chains {
		mean += c / float64(len(chains))
	}
	for _, c := range chains {
		stderr += (c - mean) * (c - mean)
	}
	return mean, math.Sqrt(stderr/float64(len(chains)-1)) / math.Sqrt(float64(len(chains)))
}

// Draws have the density p(K) |Psi_K(x)|^2, and so have chains, however few moves there are
// from draw to draw: means of x are those of all states in their shares, and so is the
// entropy. With five moves W was off by 18 standard errors when x went on while K was
// drawn anew.
func TestDrawsHaveTheDensity(t *testing.T) {
	w := newExchange(4)
	for _, c := range []struct {
		draws        string
		moves, times int
		space        core.Space
	}{
		{chained, 5, 40, box(5, 2)}, {chained, 50, 10, box(5, 2)}, {"independent", 0, 10, box(5, 2)},
		{chained, 10, 20, spins(3, 2, 2)}, {"independent", 0, 10, spins(3, 2, 2)},
	} {
		space := c.space
		s := core.Settings{"theta_0": 0.5, "e_max": int64(4), "draws": c.draws}
		if c.draws == chained {
			s["burn_in"], s["moves"] = int64(150), int64(c.moves)
		}
		m := model(t, s, space, 0)
		r := rand.New(rand.NewPCG(5, 6))
		theta := make([]float64, m.spec.Parameters)
		if err := m.Init(theta, 1); err != nil {
			t.Fatal(err)
		}
		for i := range m.split() { // p(K) is not the prior, the flow still the identity
			theta[i] += 0.1 * r.NormFloat64()
		}
		if err := m.Load(theta); err != nil {
			t.Fatal(err)
		}
		wantW, wantS := exactly(t, m, w)
		const chains = 600
		meanW, meanS := make([]float64, chains), make([]float64, chains)
		var b core.Batch
		for time := range c.times {
			if err := m.Sample(&b, uint64(100+time), chains); err != nil {
				t.Fatal(err)
			}
			for i := range chains {
				meanW[i] += w.of(b.X[i*10:(i+1)*10], space.Box[0]) / float64(c.times)
				meanS[i] -= b.LogP[i] / float64(c.times)
			}
		}
		for name, v := range map[string]struct {
			chains []float64
			want   float64
		}{"W": {meanW, wantW}, "the entropy": {meanS, wantS}} {
			mean, stderr := spread(v.chains)
			if !(math.Abs(mean-v.want) < 3*stderr) {
				t.Errorf("%s with %d moves: %s is %.4f +- %.4f, exactly %.4f", c.draws, c.moves, name, mean, stderr, v.want)
			}
		}
	}
}

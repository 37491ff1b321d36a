package estimators

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// ring is a gas of three particles in the plane waves n = -3, ..., 3 of a ring of length 4,
// with 35 states of the energies
//
//	E_K = sum_s eps_s dN_s + 1/2 sum_ss' f_ss' dN_s dN_s' + q P^2,   s = |n|,
//
// P the total momentum, and p(K) that of exp(-E_K) at beta = 1: dN_s is from the sea {0, 1, 1}.
type ring struct {
	setting core.Setting
	states  [][]int32
	p       []float64
	eps     [4]float64
	f       [4][4]float64
}

func newRing(eps [4]float64, f [4][4]float64, q float64) *ring {
	space := core.Space{Kind: core.Particles, Shape: []int{3, 1}, Periodic: true, Box: []float64{4}}
	r := &ring{eps: eps, f: f, setting: core.Setting{Beta: 1, Energy: core.EnergySpec{Space: space, Units: "Ry", Kinetic: 2}, Model: core.ModelSpec{Space: space}}}
	for n := -3; n <= 3; n++ {
		r.setting.Model.Orbitals = append(r.setting.Model.Orbitals, []float64{float64(n)})
	}
	total := 0.0
	for a := int32(0); a < 7; a++ {
		for b := a + 1; b < 7; b++ {
			for c := b + 1; c < 7; c++ {
				d, momentum := [4]float64{-1, -2, 0, 0}, 0.0
				for _, k := range []int32{a, b, c} {
					n := int(k) - 3
					d[max(n, -n)]++
					momentum += float64(n)
				}
				e := q * momentum * momentum
				for s := range d {
					e += eps[s] * d[s]
					for z := range d {
						e += f[s][z] * d[s] * d[z] / 2
					}
				}
				r.states, r.p = append(r.states, []int32{a, b, c}), append(r.p, math.Exp(-e))
				total += math.Exp(-e)
			}
		}
	}
	for k := range r.p {
		r.p[k] /= total
	}
	return r
}

// draw fills b with n draws.
func (r *ring) draw(b *core.Batch, random *rand.Rand, n int) {
	b.Reset(n, 3)
	for i := range n {
		u, k := random.Float64(), 0
		for k < len(r.p)-1 && u > r.p[k] {
			u -= r.p[k]
			k++
		}
		b.K = append(b.K, r.states[k]...)
		b.LogP[i] = math.Log(r.p[k])
	}
}

// fitted is the fit to draws.
func (r *ring) fitted(t *testing.T, shells int, seed uint64, chains int) map[string]core.Estimate {
	t.Helper()
	e, err := build("landau_mass", core.Settings{"shells": int64(shells)}, r.setting)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 11))
	for range 10 {
		var b core.Batch
		r.draw(&b, random, 2000)
		b.Chains = chains
		add(t, map[string]core.Estimator{"": e}, &b)
	}
	return statesOf(t, e)
}

// What a density matrix has of Landau's form is found to rounding: the energies and f of all shells
// with a diagonal of zeros, of which the others say all, and f with its diagonal of two shells alone. Free particles
// have the mass 1: eps = c k^2 with c = 2, less that of the last shell of the sea.
func TestLandauFit(t *testing.T) {
	unit := 2 * math.Pow(math.Pi/2, 2) // c (2 pi/L)^2
	free := [4]float64{-unit / 2, 0, unit * 3 / 2, unit * 8 / 2}
	for s := range free {
		free[s] /= 4 // at beta = 1 all shells should vary
	}
	var f, two [4][4]float64
	for s := range f {
		for z := range s {
			f[s][z] = 0.3 - 0.1*float64(s) + 0.07*float64(z)
			f[z][s] = f[s][z]
		}
	}
	two[1][1], two[1][2], two[2][1], two[2][2] = 0.4, -0.2, -0.2, 0.1
	for _, c := range []struct {
		name   string
		f      [4][4]float64
		shells int
	}{{"free", [4][4]float64{}, 0}, {"free with two shells", [4][4]float64{}, 2}, {"all shells", f, 4}, {"two shells", two, 2}} {
		r := newRing([4]float64{-0.7, 0, 1.1, 1.9}, c.f, 0)
		if strings.HasPrefix(c.name, "free") {
			r = newRing(free, c.f, 0)
			for s := range free { // of k^2 = n^2 (2 pi/L)^2, the constants cancelled
				if want := unit / 8 * (float64(s*s) - 1); math.Abs(free[s]-want) > 1e-12 {
					t.Fatalf("eps_%d = %v, want %v", s, free[s], want)
				}
			}
			r.setting.Energy.Kinetic /= 8 // of which this is the kinetic energy
		}
		got := r.fitted(t, c.shells, 1, 0)
		// Normal equations of 20 000 rows of small integers: 1e-16 times their condition.
		const rounding = 1e-9
		for s, want := range r.eps {
			if e := got["quasiparticle_energy"].Value[s]; math.Abs(e-want) > rounding {
				t.Errorf("%s: eps_%d = %v, want %v", c.name, s, e, want)
			}
			for z := range s + 1 {
				v := got["landau_interaction"].Value[s*4+z]
				if fitted := c.shells == 4 || c.shells == 2 && z >= 1 && s <= 2; fitted != !math.IsNaN(v) || fitted && math.Abs(v-c.f[s][z]) > rounding {
					t.Errorf("%s: f_%d%d = %v, want %v", c.name, s, z, v, c.f[s][z])
				}
			}
		}
		want := r.setting.Energy.Kinetic * math.Pow(math.Pi/2, 2) * 3 / r.eps[2]
		if m := got["landau_mass"]; math.Abs(m.Value[0]-want) > rounding || m.Stderr[0] > rounding || m.N != 20000 || got["landau_residual"].Value[0] > rounding {
			t.Errorf("%s: mass %+v, residual %v, want %v", c.name, m, got["landau_residual"].Value, want)
		}
		if strings.HasPrefix(c.name, "free") && math.Abs(want-1) > 1e-12 {
			t.Errorf("the mass of free particles is %v", want)
		}
	}
}

// Where the energies hang on the total momentum, too, the fit is one of least squares with the
// weights p(K). Its errors say how far it is from that of the exact weights.
func TestErrorsOfLandauFit(t *testing.T) {
	r := newRing([4]float64{-0.7, 0, 1.1, 1.9}, [4][4]float64{}, 0.02)
	// The exact fit: the sums with p(K) in the place of draws, those of one block.
	e := &landauFit{landauKeys: landauKeys{Interacting: 2}, beta: 1, c: 2, draws: statesDrawn{particles: 3}}
	e.levelsOf(r.setting.Energy.Space, r.setting.Model.Orbitals)
	var b core.Batch
	r.draw(&b, rand.New(rand.NewPCG(7, 11)), 20000)
	for i := range b.N {
		e.draws.add(b.K[3*i:3*i+3], b.LogP[i])
	}
	f := e.fit()
	gram, right := make([]float64, len(f.gram[0])), make([]float64, len(f.right[0]))
	for k, row := range f.rows {
		w := math.Sqrt(math.Exp(e.draws.logP[k])) // all 35 states are in the fit, in the order of the draws
		weighted := append([]float64{}, row...)
		for i := range weighted {
			weighted[i] *= w
		}
		addRow(gram, right, weighted, w*f.y[k])
	}
	if len(f.rows) != 35 {
		t.Fatalf("%d states in the fit, want all 35", len(f.rows))
	}
	exact := f.mass(f.solve(gram, right))
	for _, chains := range []int{0, 40} {
		scatter := 0.0
		const seeds = 30
		for seed := range uint64(seeds) {
			got := r.fitted(t, 2, seed, chains)
			m := got["landau_mass"]
			scatter += math.Pow((m.Value[0]-exact)/m.Stderr[0], 2) / seeds
			if res := got["landau_residual"].Value[0]; !(res > 0.01 && res < 0.2) { // q P^2 is 0.02 to 0.72
				t.Errorf("residual %v", res)
			}
		}
		if !(scatter > 0.5 && scatter < 1.8) { // 30 squares: 1 +- 0.26
			t.Errorf("%d chains: deviations over errors scatter by %v", chains, math.Sqrt(scatter))
		}
	}
}

// Too few states say nothing.
func TestLandauFitOfFewStates(t *testing.T) {
	r := newRing([4]float64{-7, 0, 30, 50}, [4][4]float64{}, 0)
	if m := r.fitted(t, 2, 1, 0)["landau_mass"]; !math.IsNaN(m.Value[0]) || len(m.Cautions) != 1 || m.Cautions[0].Code != core.CautionUndefined {
		t.Errorf("%+v", m)
	}
}

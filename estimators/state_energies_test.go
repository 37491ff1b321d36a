package estimators

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// gaussians are wave functions exp(-w x^2/2), w = a - i c, of a particle with
// H = -1/2 lap + x^2/2, one for each K: with x^2 the square of a normal number of variance
// 1/(2a), whose own variance is 1/(2 a^2),
//
//	E = w/2 + x^2 (1 - w^2)/2,   < Re E > = a/4 + (1 + c^2)/(4 a),   Var = |1 - w^2|^2/(8 a^2).
//
// w = 1 is the ground state, of variance 0. (They are not orthogonal, which estimators do not see.)
type gaussians struct {
	p []float64
	w []complex128
}

func (g gaussians) energy(k int) float64 {
	a, c := real(g.w[k]), imag(g.w[k])
	return a/4 + (1+c*c)/(4*a)
}

func (g gaussians) variance(k int) float64 {
	one := 1 - g.w[k]*g.w[k]
	return math.Pow(cmplx.Abs(one), 2) / (8 * real(g.w[k]) * real(g.w[k]))
}

// draw fills b with n draws.
func (g gaussians) draw(b *core.Batch, r *rand.Rand, n int) {
	b.Reset(n, 1)
	b.K, b.E = core.Resize(b.K, n), core.Resize(b.E, n)
	im := core.EIm.Room(b, n)
	for i := range n {
		u, k := r.Float64(), 0
		for k < len(g.p)-1 && u > g.p[k] {
			u -= g.p[k]
			k++
		}
		x := r.NormFloat64() / math.Sqrt(2*real(g.w[k]))
		e := g.w[k]/2 + complex(x*x, 0)*(1-g.w[k]*g.w[k])/2
		b.K[i], b.LogP[i], b.X[i], b.E[i], im[i] = int32(k), math.Log(g.p[k]), x, real(e), imag(e)
	}
}

func manyOf(n int) [][]float64 {
	all := make([][]float64, n)
	for k := range all {
		all[k] = []float64{float64(k)}
	}
	return all
}

// statesOf reports by name.
func statesOf(t *testing.T, e core.Estimator) map[string]core.Estimate {
	t.Helper()
	r, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]core.Estimate{}
	for k, o := range e.Spec().Observables {
		if r[k].Name != o.Name {
			t.Errorf("observable %d is %q, announced as %q", k, r[k].Name, o.Name)
		}
		all[o.Name] = r[k]
	}
	return all
}

// Energies and variances of three states against the formulas, of independent draws and of
// chains: their deviations over their errors scatter by one. The fourth state is too rare for a row, and
// there are but three where eight may be.
func TestStateEnergies(t *testing.T) {
	g := gaussians{[]float64{0.2, 0.5, 0.2995, 0.0005}, []complex128{1.4, 1, 0.8 - 0.3i, 2}}
	order := []int{1, 2, 0} // by p
	want := 0.0
	for k, p := range g.p {
		want += p * g.variance(k)
	}
	setting := quantumSetting()
	setting.Model.Orbitals = manyOf(4)
	for _, chains := range []int{0, 40} {
		var b core.Batch
		scatter, counted := 0.0, 0.0
		off := func(value, want, stderr float64) {
			scatter += math.Pow((value-want)/stderr, 2)
			counted++
		}
		for seed := range uint64(20) {
			e, err := build("state_energies", nil, setting)
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(seed, 9))
			for range 10 {
				g.draw(&b, r, 1000)
				b.Chains = chains
				if err := e.Add(&b); err != nil {
					t.Fatal(err)
				}
			}
			got := statesOf(t, e)
			off(got["energy_variance"].Value[0], want, got["energy_variance"].Stderr[0])
			for row, k := range order {
				if p := got["state_probability"]; math.Abs(p.Value[row]-g.p[k]) > 1e-12 || got["state_orbitals"].Value[row] != float64(k) {
					t.Fatalf("row %d: p %v of the state %v, want %v of %d", row, p.Value[row], got["state_orbitals"].Value[row], g.p[k], k)
				}
				if k != 1 {
					off(got["state_energy"].Value[row], g.energy(k), got["state_energy"].Stderr[row])
					off(got["state_excitation"].Value[row], g.energy(k)-g.energy(1), got["state_excitation"].Stderr[row])
					off(got["state_variance"].Value[row], g.variance(k), got["state_variance"].Stderr[row])
				}
			}
			// The ground state is an eigenstate: rounding of sums of 5000 numbers near 1.
			if v, energy := got["state_variance"].Value[0], got["state_energy"]; v > 1e-28 || math.Abs(energy.Value[0]-0.5) > 1e-12 || energy.Stderr[0] > 1e-12 {
				t.Errorf("an eigenstate has the energy %v +- %v and the variance %v", energy.Value[0], energy.Stderr[0], v)
			}
			for name, array := range got {
				if len(array.Value) == 8 && !math.IsNaN(array.Value[3]) {
					t.Errorf("%s has a fourth row: %v", name, array.Value)
				}
			}
		}
		// The sum of 140 squares, of which half are correlated: 1 +- 0.17, and errors from 32
		// blocks are known to 12 %.
		if ratio := scatter / counted; !(ratio > 0.6 && ratio < 1.6) {
			t.Errorf("%d chains: deviations over errors scatter by %v", chains, math.Sqrt(ratio))
		}
	}
}

// Eigenstates have no variance, and it has no error.
func TestVarianceOfEigenstates(t *testing.T) {
	o, _ := thermal()
	e, _ := build("state_energies", core.Settings{"states": int64(2)}, quantumSetting())
	var b core.Batch
	o.draw(&b, rand.New(rand.NewPCG(2, 9)), 1000)
	clear(core.EIm.Room(&b, b.N))
	add(t, map[string]core.Estimator{"": e}, &b)
	got := statesOf(t, e)
	if v := got["energy_variance"]; v.Value[0] > 1e-28 || v.Stderr[0] != 0 || !v.Constant || v.Caution() != "" || v.Units != "(Ry)^2" {
		t.Errorf("energy variance %+v", v)
	}
	// E_1 - E_0 = 1, by rounding of the sums.
	if gap := got["state_excitation"]; gap.Value[0] != 0 || math.Abs(gap.Value[1]-1) > 1e-12 {
		t.Errorf("excitations %v", gap.Value)
	}
}

// What is restored, and what is joined, has seen the same draws; a damaged state is refused.
func TestStatesDrawnGoOn(t *testing.T) {
	g := gaussians{[]float64{0.7, 0.3}, []complex128{1.4, 0.8 - 0.3i}}
	setting := quantumSetting()
	open := func() *levelsOfStates {
		e, _ := build("state_energies", nil, setting)
		return e.(*edge).of.(*levelsOfStates)
	}
	setting.Model.Basis = &core.Basis{Key: "e_max", Quanta: []int{0, 0}, Edge: 9}
	r := rand.New(rand.NewPCG(3, 9))
	whole, first, second := open(), open(), open()
	for i := range 4 {
		var b core.Batch
		g.draw(&b, r, 50)
		half := first
		if i >= 2 {
			half = second
		}
		add(t, map[string]core.Estimator{"whole": whole, "half": half}, &b)
	}
	again := open()
	if err := again.Restore(first.State()); err != nil {
		t.Fatal(err)
	}
	if err := again.Merge(second.State()); err != nil {
		t.Fatal(err)
	}
	a, _ := again.Report()
	b, _ := whole.Report()
	for k := range a {
		if !same(a[k], b[k]) {
			t.Errorf("joined %+v, whole %+v", a[k], b[k])
		}
	}
	state := whole.State()["draws"]
	for want, bad := range map[string][]float64{
		"no states and draws":           {1},
		"are not those of 2 states and": state[:len(state)-1],
		"a draw of the state 5 of 2":    func() []float64 { s := append([]float64{}, state...); s[3+2*2] = 5; return s }(),
	} {
		if err := open().Restore(core.EstimatorState{"draws": bad}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

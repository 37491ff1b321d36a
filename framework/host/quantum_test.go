package host

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// quantumTrace is everything that the powers of density matrices compute.
type quantumTrace struct{ x, logP, k, accept, psi, again, lap, grad, natural, step, list, walkers, next []float64 }

func quantumTraceOf(t *testing.T, o Options, walk bool, batch int) quantumTrace {
	t.Helper()
	h := newHost(t, o)
	e := openEnergy(t, h, "trap", core.Settings{"N": 3, "D": 2})
	m := openModel(t, h, "determinants", core.Settings{"excitation": 1, "walk": walk}, e.Spec().Space)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p := m.Spec().Parameters
	theta := make([]float64, p)
	r := quantumTrace{again: make([]float64, batch), grad: make([]float64, p), natural: make([]float64, p), step: make([]float64, p)}
	psi, lap, energy := make([]complex128, batch), make([]complex128, batch), make([]float64, batch)
	must(m.Init(theta, 5))
	must(m.Load(theta))
	var b core.Batch
	must(m.Sample(&b, 3, batch))
	dm := m.(core.DensityMatrix)
	must(dm.LogPsi(psi, r.again, &b))
	must(dm.Laplacian(lap, &b))
	must(e.Eval(energy, &b))
	must(dm.StatePull(r.grad, &b, energy, lap))
	must(m.(core.NaturalPuller).NaturalPull(r.natural, r.step, &b, energy, lap, 0.1))
	var err error
	r.list, err = m.(core.StateLister).StateLogP()
	must(err)
	r.x, r.logP, r.accept, r.psi, r.lap = b.X, b.LogP, b.Accept, floats(psi), floats(lap)
	for _, k := range b.K {
		r.k = append(r.k, float64(k))
	}
	if walk {
		state, err := m.(core.Walker).State()
		must(err)
		must(m.(core.Walker).SetState(state))
		r.walkers = slices.Concat([]float64{float64(state.N), float64(state.Total)}, state.Rows, state.Whole)
		var after core.Batch
		must(m.Sample(&after, 4, batch))
		r.next = after.X
	}
	return r
}

func floats(z []complex128) (v []float64) {
	for _, c := range z {
		v = append(v, real(c), imag(c))
	}
	return v
}

// A density matrix gives the same over every transport.
func TestQuantumSameAsInProcess(t *testing.T) {
	t.Parallel()
	for _, walk := range []bool{false, true} {
		want := quantumTraceOf(t, Options{InProcess: true}, walk, 200)
		if want.grad[0] == 0 || want.step[1] == want.natural[1] || want.lap[1] == 0 || want.psi[1] == 0 ||
			slices.Max(want.k) < 3 || walk && want.next[0] == want.x[0] {
			t.Fatal("the trace is trivial")
		}
		for _, transport := range transports {
			got := quantumTraceOf(t, Options{Transport: transport}, walk, 200)
			sameTrace(t, transport, []array{
				{"x", got.x, want.x}, {"ln p", got.logP, want.logP}, {"K", got.k, want.k}, {"acceptance", got.accept, want.accept},
				{"ln Psi", got.psi, want.psi}, {"ln p again", got.again, want.again}, {"Laplacian", got.lap, want.lap},
				{"grad", got.grad, want.grad}, {"grad of the step", got.natural, want.natural}, {"step", got.step, want.step},
				{"list", got.list, want.list}, {"walkers", got.walkers, want.walkers}, {"next x", got.next, want.next},
			})
		}
	}
}

// Walkers cross as they are, and without gRPC's own limit of 4 MiB: these have
// twice as many numbers as 8192 chains of 29 electrons on a plane, 7.6 MB.
func TestLargeWalkers(t *testing.T) {
	t.Parallel()
	const chains = 8192 * (29 + 29) / 2 // orbitals of two particles, then positions
	state := core.State{From: 5, N: chains, Total: 2 * chains, Rows: make([]float64, chains*4), Whole: []float64{0.5}}
	for i := range chains {
		for j, row := range [2]float64{0, 1} {
			state.Row(i)[j], state.Row(i)[2+j] = row, math.Sin(float64(2*i+j))
		}
	}
	state.Rows[len(state.Rows)-1] = math.Inf(1)
	for _, transport := range transports {
		space := core.Space{Kind: core.Particles, Shape: []int{2, 1}}
		m := openModel(t, newHost(t, Options{Transport: transport}), "determinants", core.Settings{"walk": true}, space).(core.Walker)
		if err := m.SetState(state); err != nil {
			t.Fatal(err)
		}
		got, err := m.State()
		if err != nil {
			t.Fatal(err)
		}
		if got.From != state.From || got.N != state.N || got.Total != state.Total {
			t.Errorf("%s: rows of %d from %d of %d", transport, got.N, got.From, got.Total)
		}
		sameTrace(t, transport, []array{{"rows", got.Rows, state.Rows}, {"whole", got.Whole, state.Whole}})
	}
}

// A Laplacian fails as an energy does: with the plugin's last words, and after
// the same deadline.
func TestFaultyLaplacian(t *testing.T) {
	for mode, want := range map[string]struct {
		kind core.Kind
		text string
	}{
		"panic": {core.Internal, "laplacian: panic: runtime error: index out of range"},
		"hang":  {core.Plugin, fmt.Sprintf("laplacian: model faulty: did not answer within %v and was killed", patience)},
		"exit":  {core.Plugin, "laplacian: model faulty: licence expired (exit status 3)"},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			o := Options{}
			if mode == "hang" {
				o.CallTimeout = patience
			}
			m := openModel(t, newHost(t, o), "faulty", core.Settings{"mode": mode}, core.Space{Kind: core.Particles, Shape: []int{2, 2}}).(core.DensityMatrix)
			err := m.Laplacian(make([]complex128, 3), &core.Batch{N: 3, X: make([]float64, 12), K: make([]int32, 6)})
			wantError(t, err, want.kind, want.text)
		})
	}
}

// stateOf answers with given numbers, whatever it is asked.
type stateOf struct {
	zeroOne
	draw core.Batch // K, Chains and Accept of two particles
	z    complex128
	v    float64
}

func (m *stateOf) Spec() core.ModelSpec {
	return core.ModelSpec{Space: m.space, Powers: []core.Power{core.PowerQuantum, core.PowerWalk}, Orbitals: make([][]float64, 4)}
}

func (m *stateOf) Sample(dst *core.Batch, seed uint64, n int) error {
	err := m.zeroOne.Sample(dst, seed, n)
	dst.K, dst.Chains, dst.Accept = m.draw.K, m.draw.Chains, m.draw.Accept
	return err
}

func (m *stateOf) LogPsi(logPsi []complex128, logP []float64, _ *core.Batch) error {
	logPsi[1] = m.z
	fill(logP, m.v)
	return nil
}

func (m *stateOf) Laplacian(dst []complex128, _ *core.Batch) error {
	dst[1] = m.z
	return nil
}

func (m *stateOf) StatePull(grad []float64, _ *core.Batch, _ []float64, _ []complex128) error {
	fill(grad, m.v)
	return nil
}

func (m *stateOf) NaturalPull(grad, step []float64, _ *core.Batch, _ []float64, _ []complex128, _ float64) error {
	fill(step, m.v)
	return nil
}

func (m *stateOf) StateLogP() ([]float64, error) { return []float64{0, m.v}, nil }

func TestGuardRefusesStates(t *testing.T) {
	good := []float64{0.5, 1}
	for _, c := range []struct {
		draw core.Batch
		kind core.Kind
		want string // "" passes
	}{
		{core.Batch{K: []int32{0, 3, 1, 2}, Chains: 2, Accept: good}, 0, ""},
		{core.Batch{K: []int32{0, 3}, Chains: 2, Accept: good}, core.Plugin, "returned 2 occupied orbitals for 2 configurations of 2 particles"},
		{core.Batch{K: []int32{0, 3, 2, 1}, Chains: 2, Accept: good}, core.Plugin, "the state of sample 1 is [2 1], not increasing numbers of 4 orbitals"},
		{core.Batch{K: []int32{0, 3, 2, 2}, Chains: 2, Accept: good}, core.Plugin, "the state of sample 1 is [2 2]"},
		{core.Batch{K: []int32{0, 4, 1, 2}, Chains: 2, Accept: good}, core.Plugin, "the state of sample 0 is [0 4]"},
		{core.Batch{K: []int32{-1, 3, 1, 2}, Chains: 2, Accept: good}, core.Plugin, "the state of sample 0 is [-1 3]"},
		{core.Batch{K: []int32{0, 3, 1, 2}, Chains: 1, Accept: good}, core.Plugin, "returned 1 chains with 2 acceptances for 2 configurations"},
		{core.Batch{K: []int32{0, 3, 1, 2}, Chains: 2, Accept: good[:1]}, core.Plugin, "returned 2 chains with 1 acceptances"},
		{core.Batch{K: []int32{0, 3, 1, 2}, Chains: 2, Accept: []float64{0, 1.1}}, core.Numeric, "the acceptance of sample 1 is 1.1"},
		{core.Batch{K: []int32{0, 3, 1, 2}, Chains: 2, Accept: []float64{math.NaN(), 1}}, core.Numeric, "the acceptance of sample 0 is NaN"},
	} {
		m := &stateOf{zeroOne: zeroOne{space: core.Space{Kind: core.Particles, Shape: []int{2, 1}}}, draw: c.draw}
		g := testGuard(m)
		if err := g.Sample(&core.Batch{}, 1, 2); c.want != "" {
			wantError(t, err, c.kind, "sample: model test: "+c.want)
		} else if err != nil {
			t.Error(err)
		}
	}
}

// chained says of its draws that chains made them, and is no Walker.
type chained struct{ zeroOne }

func (c *chained) Sample(dst *core.Batch, seed uint64, n int) error {
	err := c.zeroOne.Sample(dst, seed, n)
	dst.Chains = n
	return err
}

func TestGuardRefusesChainsOfNoWalker(t *testing.T) {
	g := testGuard(&chained{zeroOne{space: core.Space{Kind: core.Field, Shape: []int{2}}}})
	wantError(t, g.Sample(&core.Batch{}, 1, 2), core.Plugin, `sample: model test: returned 2 chains, and does not declare the power "walk"`)
}

func TestGuardRefusesNaNOfStates(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		z    complex128
		v    float64
		want map[string]string // by method; those missing pass
	}{
		{complex(1, 2), 0.5, nil},
		{complex(-inf, 2), math.Inf(-1), map[string]string{ // Psi and p may be zero
			"Laplacian": "lap Psi/Psi of sample 1 is (-Inf+2i)", "StatePull": "gradient component 0 is -Inf",
			"NaturalPull": "component of the step 0 is -Inf"}},
		{complex(nan, 2), nan, map[string]string{
			"LogPsi": "ln Psi of sample 1 is (NaN+2i)", "Laplacian": "lap Psi/Psi of sample 1 is (NaN+2i)",
			"StatePull": "gradient component 0 is NaN", "NaturalPull": "component of the step 0 is NaN", "StateLogP": "ln p of state 1 is NaN"}},
		{complex(1, inf), 0, map[string]string{"LogPsi": "ln Psi of sample 1 is (1+Infi)", "Laplacian": "lap Psi/Psi of sample 1 is (1+Infi)"}},
		{0, inf, map[string]string{"LogPsi": "ln p of sample 0 is +Inf", "StatePull": "gradient component 0 is +Inf",
			"NaturalPull": "component of the step 0 is +Inf", "StateLogP": "ln p of state 1 is +Inf"}},
	} {
		g := testGuard(&stateOf{z: c.z, v: c.v})
		z, v, b := make([]complex128, 2), make([]float64, 2), &core.Batch{N: 2}
		_, list := g.StateLogP()
		for method, err := range map[string]error{
			"LogPsi": g.LogPsi(z, v, b), "Laplacian": g.Laplacian(z, b), "StatePull": g.StatePull(v, b, v, z),
			"NaturalPull": g.NaturalPull(make([]float64, 2), v, b, v, z, 1), "StateLogP": list,
		} {
			if want := c.want[method]; want != "" {
				wantError(t, err, core.Numeric, want)
			} else if err != nil {
				t.Errorf("%s: %v", method, fmt.Errorf("z = %v, v = %v: %w", c.z, c.v, err))
			}
		}
	}
}

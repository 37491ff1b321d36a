package host2plugin_test

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wiretest"
)

// openQuantum is open for two fermions on a line.
func openQuantum(t *testing.T, shared bool, s core.Settings) (model, energy, *counting, *counting) {
	t.Helper()
	lm, le := wiretest.Loopback(t, shared, coretest.Determinants()), wiretest.Loopback(t, shared, coretest.Trap())
	cm, ce := &counting{ClientConnInterface: lm.Conn}, &counting{ClientConnInterface: le.Conn}
	lm.Conn, le.Conn = cm, ce
	e := openEnergy(t, le, "trap", core.Settings{"N": 2})
	m := openModel(t, lm, "determinants", s, e.Spec().Space)
	check(t, m.Load(quantumTheta(m, 1)))
	cm.calls, ce.calls = nil, nil
	return m, e, cm, ce
}

func quantumTheta(m core.Model, seed uint64) []float64 {
	v := make([]float64, m.Spec().Parameters)
	for j := range v {
		v[j] = 0.1 * math.Sin(float64(1+j)*float64(1+seed))
	}
	return v
}

// inSpace is a model that says another space of itself.
type inSpace struct {
	core.Model
	space core.Space
}

func (m inSpace) Spec() core.ModelSpec {
	spec := m.Model.Spec()
	spec.Space = m.space
	return spec
}

// What only quantum parts say of themselves crosses with their specs.
func TestQuantumSpecs(t *testing.T) {
	part := coretest.Determinants()
	open := part.NewModel
	part.NewModel = func(s core.Settings, space core.Space) (core.Model, error) {
		if !slices.Equal(space.Box, []float64{3}) || !slices.Equal(space.Twist, []float64{0.5}) {
			t.Errorf("the model was opened in the box %v with the twist %v", space.Box, space.Twist)
		}
		m, err := open(s, core.Space{Kind: space.Kind, Shape: space.Shape})
		return inSpace{m, space}, err
	}
	space := core.Space{Kind: core.Particles, Shape: []int{2, 1}, Periodic: true, Box: []float64{3}, Twist: []float64{0.5}}
	m := openModel(t, wiretest.Loopback(t, false, part), "determinants", core.Settings{"walk": true}, space)
	spec := m.Spec()
	if spec.Space.Box[0] != 3 || spec.Space.Twist[0] != 0.5 || len(spec.Orbitals) != 4 || spec.Orbitals[3][0] != 3 ||
		!slices.Contains(spec.Powers, core.PowerWalk) {
		t.Errorf("the spec came back as %+v", spec)
	}
	_, e, _, _ := openQuantum(t, false, nil)
	if spec := e.Spec(); spec.Kinetic != 0.5 || spec.FermiTemperature != 1.5 {
		t.Errorf("the spec came back as %+v", spec)
	}
}

// A step is four round trips: Psi is asked for its Laplacian, too. The batch
// does not go back for it, nor for its pull.
func TestQuantumStepIsFourRoundTrips(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		m, e, cm, ce := openQuantum(t, shared, nil)
		const steps, n = 4, 100
		var b core.Batch
		p := m.Spec().Parameters
		potential, grad, step := make([]float64, n), make([]float64, p), make([]float64, p)
		for k := range uint64(steps) {
			check(t, m.Load(quantumTheta(m, k)))
			check(t, m.Sample(&b, k, n))
			b.Lap = core.Resize(b.Lap, n)
			check(t, m.Laplacian(b.Lap, &b))
			check(t, e.Eval(potential, &b))
			if k%2 == 0 {
				check(t, m.NaturalPull(grad, step, &b, potential, b.Lap, 0.1))
			} else {
				check(t, m.StatePull(grad, &b, potential, b.Lap))
			}
		}
		if total := len(cm.calls) + len(ce.calls); total != 4*steps || cm.thetas != steps || cm.xs != 0 {
			t.Errorf("%d round trips, theta sent %d times, x sent back %d times; want %d, %d, 0", total, cm.thetas, cm.xs, 4*steps, steps)
		}
		if grad[0] == 0 || step[0] == 0 || imag(b.Lap[0]) == 0 || potential[0] == 0 {
			t.Errorf("gradient %v, step %v, Laplacian %v, potential %v", grad, step, b.Lap[0], potential[0])
		}
	})
}

// everything that a model of a quantum state tells of a batch.
func everything(t *testing.T, m model, b *core.Batch) []float64 {
	t.Helper()
	p := m.Spec().Parameters
	w, v, psi, lap := make([]float64, b.N), make([]complex128, b.N), make([]complex128, b.N), make([]complex128, b.N)
	for i := range w {
		w[i], v[i] = float64(i)-2, complex(float64(i), 1)
	}
	logP, pull, state := make([]float64, b.N), make([]float64, p), make([]float64, p)
	grad, step := make([]float64, p), make([]float64, p)
	check(t, m.LogPsi(psi, logP, b))
	check(t, m.Laplacian(lap, b))
	check(t, m.Pull(pull, b, w))
	check(t, m.StatePull(state, b, w, v))
	check(t, m.NaturalPull(grad, step, b, w, v, 0.1))
	all := slices.Concat(logP, pull, state, grad, step)
	for i := range psi {
		all = append(all, real(psi[i]), imag(psi[i]), real(lap[i]), imag(lap[i]))
	}
	return all
}

// A batch that the plugin does not know is sent with its states, and the
// answers are the same.
func TestUnknownStates(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		m, _, c, _ := openQuantum(t, shared, nil)
		var b core.Batch
		check(t, m.Sample(&b, 1, 50))
		want := everything(t, m, &b)
		if c.xs != 0 {
			t.Errorf("x was sent %d times, want 0", c.xs)
		}
		check(t, m.Sample(&core.Batch{}, 2, 50)) // the plugin draws another
		if got := everything(t, m, &b); !slices.Equal(got, want) || c.xs != 5 {
			t.Errorf("of a batch that was sent %d times, want 5: %v, want %v", c.xs, got, want)
		}
		// A plugin that says so for itself is asked again with all there is.
		check(t, m.Sample(&b, 1, 50))
		c.xs, c.spoil = 0, func(reply any) {
			if r, ok := reply.(*wirepb.CallReply); ok {
				r.UnknownBatch, r.Out, c.spoil = true, nil, nil
			}
		}
		lap := make([]complex128, 50)
		if check(t, m.Laplacian(lap, &b)); c.xs != 1 || real(lap[0]) != want[len(want)-4*50+2] {
			t.Errorf("x was sent %d times, want 1; Laplacian %v", c.xs, lap[0])
		}
		c.spoil = func(reply any) { reply.(*wirepb.CallReply).UnknownBatch = true }
		if err := m.Laplacian(lap, &b); core.KindOf(err) != core.Plugin || err == nil {
			t.Errorf("error %v, want one that blames the plugin", err)
		}
	})
}

// Parameters travel with whichever call comes first after Load, once.
func TestThetaGoesWithQuantumCalls(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		m, _, c, _ := openQuantum(t, shared, core.Settings{"walk": true, "warn": true})
		var b core.Batch
		check(t, m.Sample(&b, 1, 1))
		psi, one := make([]complex128, 1), make([]float64, 1)
		grad := make([]float64, m.Spec().Parameters)
		c.thetas = 0
		for k, call := range []func() error{
			func() error { return m.LogPsi(psi, one, &b) }, func() error { return m.Laplacian(psi, &b) },
			func() error { return m.StatePull(grad, &b, one, psi) },
			func() error { return m.NaturalPull(grad, slices.Clone(grad), &b, one, nil, 1) },
			func() error { _, err := m.StateLogP(); return err },
			func() error { _, err := m.State(); return err }, func() error { return m.SetState(core.State{}) },
		} {
			check(t, m.Load(quantumTheta(m, uint64(k))))
			check(t, call())
			check(t, call())
			if c.thetas != k+1 {
				t.Errorf("after call %d theta was sent %d times, want %d", k, c.thetas, k+1)
			}
		}
	})
}

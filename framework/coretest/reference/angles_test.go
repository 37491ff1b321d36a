package reference_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wiretest"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/xy"
)

func TestAngles(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			coretest.ModelPart(t, reference.Angles(), nil, core.Space{Kind: core.Angles, Shape: []int{n}}, coretest.ModelOptions{Spread: 1})
		})
	}
}

// Independent angles, reweighted, give ln Z of the XY ring at beta = 1 with four sites,
//
//	ln sum_n (2 pi I_n(1))^4 = 8.371827432455
//
// (computed elsewhere with 30 digits), within five standard errors; the same numbers bit
// for bit in process and through the wire.
func TestRingOfRotators(t *testing.T) {
	const want, n = 8.371827432455, 40000
	energy, model := xy.Part, reference.Angles()
	settings := coretest.Settings(t, energy, core.Settings{"L": int64(4), "d": int64(1)})
	local := func(t *testing.T) (core.Energy, core.Model) {
		e, err := energy.NewEnergy(settings)
		if err != nil {
			t.Fatal(err)
		}
		m, err := model.NewModel(nil, e.Spec().Space)
		if err != nil {
			t.Fatal(err)
		}
		return e, m
	}
	remote := func(shared bool) func(t *testing.T) (core.Energy, core.Model) {
		return func(t *testing.T) (core.Energy, core.Model) {
			e, spec, err := host2plugin.OpenEnergy(wiretest.Loopback(t, shared, energy), energy.Name, settings)
			if err != nil {
				t.Fatal(err)
			}
			m, of, err := host2plugin.OpenModel(wiretest.Loopback(t, shared, model), model.Name, core.Settings{}, spec.Space)
			if err != nil {
				t.Fatal(err)
			}
			return core.ViewEnergy(e, spec), core.ViewModel(m, of)
		}
	}
	var first []float64
	for name, open := range map[string]func(t *testing.T) (core.Energy, core.Model){"in process": local, "shared memory": remote(true), "bytes": remote(false)} {
		e, m := open(t)
		theta := []float64{0.3, 0, 0.3, 0.1, 0.2, 0, 0.3, -0.1} // not the even density, and not symmetric
		if err := m.Load(theta); err != nil {
			t.Fatal(err)
		}
		b := coretest.Draw(t, m, 7, n)
		b.E = make([]float64, n)
		if err := e.Eval(b.E, b); err != nil {
			t.Fatal(err)
		}
		sum, squares := 0.0, 0.0
		for i, v := range b.E {
			w := math.Exp(-v - b.LogP[i] - want)
			sum += w
			squares += w * w
		}
		logZ, stderr := want+math.Log(sum/n), math.Sqrt(squares/sum/sum-1.0/n)
		if !(math.Abs(logZ-want) <= 5*stderr) || stderr > 0.02 {
			t.Errorf("%s: ln Z = %v +- %v, want %v", name, logZ, stderr, want)
		}
		exact, err := e.(core.Exacter).Exact(1)
		if err != nil || math.Abs(exact.Values["log_z"]-want) > 1e-12 {
			t.Errorf("%s: the energy's ln Z is %v, %v", name, exact.Values["log_z"], err)
		}
		if first == nil {
			first = []float64{logZ, stderr}
		}
		if first[0] != logZ || first[1] != stderr {
			t.Errorf("%s: ln Z = %v +- %v, elsewhere %v +- %v", name, logZ, stderr, first[0], first[1])
		}
	}
}

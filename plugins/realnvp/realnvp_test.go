package realnvp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

func lattice(shape ...int) core.Space {
	return core.Space{Kind: core.Field, Shape: shape, Lattice: "square", Periodic: true}
}

func TestBijection(t *testing.T) {
	for _, c := range []struct {
		config
		space core.Space
	}{
		{config{Network: "mlp", Couplings: 4, Layers: 2, Hidden: 7, Activation: "elu"}, core.Space{Kind: core.Particles, Shape: []int{3, 3}}},
		{config{Network: "mlp", Couplings: 3, Layers: 1, Hidden: 4, Activation: "softplus"}, core.Space{Kind: core.Field, Shape: []int{2}}},
		{config{Network: "checkerboard", Couplings: 2, Layers: 2, Channels: 3, Kernel: 3, Activation: "tanh"}, lattice(2, 4)},
		{config{Network: "checkerboard", Couplings: 3, Layers: 1, Channels: 4, Kernel: 5, Activation: "elu"}, lattice(6)},
		{config{Network: "checkerboard", Couplings: 2, Layers: 1, Channels: 2, Kernel: 3, Activation: "elu"}, lattice(2, 2, 4)},
	} {
		t.Run(fmt.Sprint(c.Network, c.space.Shape), func(t *testing.T) {
			f, err := newFlow[float64](c.config, c.space)
			if err != nil {
				t.Fatal(err)
			}
			flowtest.Battery(t, f, flowtest.Options{Dim: c.space.Size()})
		})
	}
}

func TestPart(t *testing.T) {
	for _, z2 := range []bool{false, true} {
		s := core.Settings{"couplings": int64(2), "hidden": int64(4), "layers": int64(1), "z2": z2}
		t.Run(fmt.Sprint("mlp, z2 ", z2), func(t *testing.T) {
			coretest.ModelPart(t, Part, s, core.Space{Kind: core.Field, Shape: []int{2}}, coretest.ModelOptions{})
		})
		s = core.Settings{"network": "checkerboard", "couplings": int64(2), "channels": int64(2), "z2": z2}
		t.Run(fmt.Sprint("checkerboard, z2 ", z2), func(t *testing.T) {
			coretest.ModelPart(t, Part, s, lattice(4, 2), coretest.ModelOptions{})
		})
	}
}

// A shift by two sites along any axis moves x as it moves z: f commutes with it,
// bit for bit.
func TestCheckerboardIsTranslated(t *testing.T) {
	const l = 6
	f, err := newFlow[float64](config{Network: "checkerboard", Couplings: 2, Layers: 2, Channels: 3, Kernel: 3, Activation: "elu"}, lattice(l, l))
	if err != nil {
		t.Fatal(err)
	}
	for k, p := range f.Params() {
		for i := range p.Val {
			p.Val[i] = 0.5 - float64((i*7+k)%11)/10
		}
	}
	moved := func(x []float64) []float64 {
		y := make([]float64, len(x))
		for i := range x {
			y[(i/l+2)%l*l+(i%l+4)%l] = x[i]
		}
		return y
	}
	z, x, y, ln := make([]float64, l*l), make([]float64, l*l), make([]float64, l*l), make([]float64, 1)
	for i := range z {
		z[i] = float64(i*i%17)/8 - 1
	}
	w := f.On(1)
	if err := w.Forward(x, ln, z); err != nil {
		t.Fatal(err)
	}
	if err := w.Forward(y, ln, moved(z)); err != nil {
		t.Fatal(err)
	}
	if x[0] == z[0] || ln[0] == 0 {
		t.Fatal("the map does nothing")
	}
	for i, v := range moved(x) {
		if y[i] != v {
			t.Fatalf("site %d: %v, want %v", i, y[i], v)
		}
	}
}

// The parameters of the tutorial's network for phi^4 (arXiv:2101.08176: 16
// couplings, hidden layers of 8 and 8 channels, kernel 3) are its 72 + 576 + 144
// weights and 8 + 8 + 2 biases in each coupling, 8 more biases of the first
// layer, which has two, and the scale.
func TestParameters(t *testing.T) {
	s := core.Settings{"network": "checkerboard", "couplings": int64(16), "channels": int64(8)}
	full, problems := core.Complete(Part.Params, s)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m, err := Part.NewModel(full, lattice(8, 8))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Spec().Parameters, 16*(72+576+144+8+8+2+8+1); got != want {
		t.Errorf("%d parameters, want %d", got, want)
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		settings core.Settings
		space    core.Space
		want     string
	}{
		"spins":     {nil, core.Space{Kind: core.Spins, Shape: []int{4}}, "build model: realnvp: needs a field or particles, the energy has spins [4] (van is for spins)"},
		"one":       {nil, core.Space{Kind: core.Field, Shape: []int{1}}, "build model: realnvp: needs at least two components, the energy has field [1]"},
		"particles": {core.Settings{"network": "checkerboard"}, core.Space{Kind: core.Particles, Shape: []int{2, 2}}, `needs a field on a periodic lattice, the energy has particles [2 2] (network = "mlp" works for any components)`},
		"odd":       {core.Settings{"network": "checkerboard"}, lattice(4, 5), "needs even edges, the energy has field [4 5] on a square lattice, periodic"},
		"kernel":    {core.Settings{"network": "checkerboard", "kernel": int64(4)}, lattice(4, 4), "kernel must be odd, got 4"},
	} {
		full, problems := core.Complete(Part.Params, c.settings)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if _, err := Part.NewModel(full, c.space); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

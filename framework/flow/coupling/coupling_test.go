package coupling

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// two couplings of five components: at two places, then at one.
func two() *Flow[float64] {
	net := func(name string, in, out int64, rows ...int64) *nn.Chain[float64] {
		return nn.NewChain(kernels.ELU, []*nn.MLP[float64]{nn.NewMLP[float64](name, kernels.MLP{Groups: 2, Sizes: []int64{in, 4, out}, Activation: kernels.ELU}, rows)})
	}
	return NewFlow(5, 3, []Coupling[float64]{
		New("a", net("a", 2, 1, 0, 1, 3, 0), 1, []int64{4, 2}),
		New("b", net("b", 3, 2, 4, 2, 3), 2, []int64{1, 0}),
	})
}

func TestBattery(t *testing.T) { flowtest.Battery(t, two(), flowtest.Options{Dim: 5}) }

// The definition, coupling by coupling and place by place.
func TestFlowIsItsDefinition(t *testing.T) {
	f := two()
	for k, p := range f.Params() {
		for i := range p.Val {
			p.Val[i] = float64((3*i+k)%7)/7 - 0.5
		}
	}
	z := []float64{0.3, -1, 0.5, 2, 0.1}
	x, l := make([]float64, 5), make([]float64, 1)
	if err := f.On(1).Forward(x, l, z); err != nil {
		t.Fatal(err)
	}
	want, wantL := append([]float64(nil), z...), 0.0
	p := f.Params()
	for _, place := range []struct {
		network, scale  int // in p
		passive, active []int
	}{{0, 1, []int{0, 1}, []int{4}}, {0, 1, []int{3, 0}, []int{2}}, {2, 3, []int{4, 2, 3}, []int{1, 0}}} {
		var in []float64
		for _, r := range place.passive {
			in = append(in, want[r])
		}
		st := perceptrons(p[place.network].Val, in, len(place.active))
		for i, r := range place.active {
			s := p[place.scale].Val[i] * math.Tanh(st[0][i])
			want[r] = want[r]*math.Exp(s) + st[1][i]
			wantL += s
		}
	}
	for i := range x {
		if math.Abs(x[i]-want[i]) > 1e-14*(1+math.Abs(want[i])) {
			t.Errorf("x = %v, want %v", x, want)
		}
	}
	if math.Abs(l[0]-wantL) > 1e-14 || wantL == 0 {
		t.Errorf("l = %v, want %v", l[0], wantL)
	}
}

// perceptrons evaluates two perceptrons with one hidden layer of 4 units: their
// weights stand layer by layer, those of both before the biases of both.
func perceptrons(w, in []float64, out int) (st [2][]float64) {
	k := len(in)
	second := w[8*(k+1):]
	for g := range st {
		h := make([]float64, 4)
		for u := range h {
			h[u] = w[8*k+4*g+u]
			for i, v := range in {
				h[u] += w[(4*g+u)*k+i] * v
			}
			h[u] = max(h[u], 0) + math.Expm1(min(h[u], 0))
		}
		for o := range out {
			y := second[8*out+g*out+o]
			for u, v := range h {
				y += second[(g*out+o)*4+u] * v
			}
			st[g] = append(st[g], y)
		}
	}
	return st
}

// A fresh flow changes no volume, whatever its shifts are.
func TestStartsAtUnitVolume(t *testing.T) {
	f := two()
	for _, p := range f.Params() {
		if p.Start != nil {
			for i := range p.Val {
				p.Val[i] = 0.5
			}
		}
	}
	z, x, l := []float64{1, 2, 3, 4, 5}, make([]float64, 5), []float64{1}
	if err := f.On(1).Forward(x, l, z); err != nil {
		t.Fatal(err)
	}
	if l[0] != 0 || x[4] == z[4] {
		t.Errorf("l = %v, x = %v", l[0], x)
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	const n = 20
	w := two().On(n)
	x, z, l := make([]float64, 5*n), make([]float64, 5*n), make([]float64, n)
	if a := testing.AllocsPerRun(5, func() {
		_ = w.Forward(x, l, z)
		w.PullForward(z, x, l, true)
		_ = w.Inverse(z, l, x)
		w.PullInverse(x, z, l, true)
	}); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

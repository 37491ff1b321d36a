package realnvp

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// The network in its plainest form: convolutions with circular padding of the
// whole lattice, its active sites set to zero. The first layer has weights for
// each colour of its outputs.
func TestCheckerboardIsAConvolution(t *testing.T) {
	const ly, lx, channels = 4, 6, 3
	c := config{Network: "checkerboard", Couplings: 2, Layers: 2, Channels: channels, Kernel: 3, Activation: "elu"}
	f, err := newFlow[float64](c, lattice(ly, lx))
	if err != nil {
		t.Fatal(err)
	}
	w := map[string][]float64{}
	for k, p := range f.Params() {
		for i := range p.Val {
			p.Val[i] = float64((i*7+3*k)%11)/11 - 0.5
		}
		w[p.Name] = p.Val
	}
	z := make([]float64, ly*lx)
	for i := range z {
		z[i] = float64(i*i%17)/8 - 1
	}
	x, l := make([]float64, ly*lx), make([]float64, 1)
	if err := f.On(1).Forward(x, l, z); err != nil {
		t.Fatal(err)
	}

	want, wantL := append([]float64(nil), z...), 0.0
	for k := range 2 {
		name := []string{"coupling0", "coupling1"}[k]
		st := plainNetwork(w, name, want, k, ly, lx, channels)
		for i := range want {
			if (i/lx+i%lx)%2 == k {
				s := w[name+".scale"][0] * math.Tanh(st[0][i])
				want[i] = want[i]*math.Exp(s) + st[1][i]
				wantL += s
			}
		}
	}
	for i := range x {
		if math.Abs(x[i]-want[i]) > 1e-13 || x[i] == z[i] {
			t.Fatalf("site %d: %v, want %v", i, x[i], want[i])
		}
	}
	if math.Abs(l[0]-wantL) > 1e-13 || wantL == 0 {
		t.Errorf("ln det %v, want %v", l[0], wantL)
	}
}

// plainNetwork returns u and t at all sites.
func plainNetwork(w map[string][]float64, name string, x []float64, colour, ly, lx, channels int) (st [2][]float64) {
	hidden := make([][]float64, channels)
	for ch := range hidden {
		hidden[ch] = make([]float64, len(x))
		for i := range x {
			label, passive := ".first_passive", 0
			if (i/lx+i%lx)%2 == colour {
				label, passive = ".first_active", 1
			}
			weights := w[name+label]
			taps := len(weights)/channels - 1
			h, tap := weights[channels*taps+ch], 0
			window(ly, lx, i, func(parity, at int) {
				if parity == passive {
					h += weights[ch*taps+tap] * x[at]
					tap++
				}
			})
			hidden[ch][i] = max(h, 0) + math.Expm1(min(h, 0))
		}
	}
	second := make([][]float64, channels)
	for ch := range second {
		second[ch] = plainConvolution(w[name+".hidden1"], hidden, ch, channels, ly, lx)
		for i, h := range second[ch] {
			second[ch][i] = max(h, 0) + math.Expm1(min(h, 0))
		}
	}
	for o := range st {
		st[o] = plainConvolution(w[name+".last"], second, o, 2, ly, lx)
	}
	return st
}

// plainConvolution is output channel o; weights are ordered by the parity of the
// tap, then the tap, then the input channel.
func plainConvolution(w []float64, in [][]float64, o, outputs, ly, lx int) []float64 {
	y := make([]float64, ly*lx)
	inputs := 9 * len(in)
	for i := range y {
		y[i] = w[outputs*inputs+o]
		at := o * inputs
		for parity := range 2 {
			window(ly, lx, i, func(p, site int) {
				if p == parity {
					for ch := range in {
						y[i] += w[at] * in[ch][site]
						at++
					}
				}
			})
		}
	}
	return y
}

// window calls f with the parity of each tap of a 3 x 3 kernel and the site
// under it.
func window(ly, lx, i int, f func(parity, site int)) {
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			f((dy+dx)&1, (i/lx+dy+ly)%ly*lx+(i%lx+dx+lx)%lx)
		}
	}
}

// BenchmarkPhi4 is a pass through the sample and back on the lattice of ensemble
// E1 of arXiv:1904.12072, with the network of arXiv:2101.08176, on one thread.
func BenchmarkPhi4(b *testing.B) {
	b.Run("float64", benchPhi4[float64])
	b.Run("float32", benchPhi4[float32])
}

func benchPhi4[T tensor.Real](b *testing.B) {
	c := config{Network: "checkerboard", Couplings: 16, Layers: 2, Channels: 8, Kernel: 3, Activation: "elu"}
	f, err := newFlow[T](c, lattice(6, 6))
	if err != nil {
		b.Fatal(err)
	}
	const n = chunk
	x, z, l := make([]T, 36*n), make([]T, 36*n), make([]float64, n)
	w := f.On(n)
	r := rates.Start(b)
	for range b.N {
		if err := w.Forward(x, l, z); err != nil {
			b.Fatal(err)
		}
		w.PullForward(z, x, l, true)
	}
	r.Report(rates.Work{})
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*n)*1e6, "us/sample")
}

package van

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// plainPixelCNN evaluates the network of pixelcnn.go for one configuration,
// element by element, from theta alone: it is the definition, and the reading
// of theta's layout, against which the fast one is tested.
type plainPixelCNN struct {
	config
	ly, lx int
	theta  []float64
}

func (p *plainPixelCNN) take(n int) []float64 {
	head := p.theta[:n]
	p.theta = p.theta[n:]
	return head
}

// logits returns a_i for the spins s.
func (p plainPixelCNN) logits(s []float64) []float64 {
	width := p.Width
	if p.Depth == 1 {
		width = 1
	}
	h := p.conv(s, 1, width, true)
	for l := 2; l <= p.Depth; l++ {
		x, out := h, width
		residual := p.Residual && l < p.Depth
		if l == p.Depth {
			out = 1
		}
		if residual {
			x = p.mix(x, width)
		}
		x = p.conv(p.prelu(x, width), width, out, false)
		if residual {
			for i := range x {
				x[i] += h[i]
			}
		}
		h = x
	}
	if len(p.theta) > 0 {
		panic("parameters are left over")
	}
	return h
}

// conv takes and returns [site][channel].
func (p *plainPixelCNN) conv(x []float64, in, out int, exclusive bool) []float64 {
	sites, h := p.ly*p.lx, p.Kernel/2
	y := make([]float64, sites*out)
	for dx := -h; dx <= h; dx++ {
		for dy := -h; dy <= h; dy++ {
			centre := dy == 0 && dx == 0
			masked := dy > 0 || dy == 0 && dx > 0 || -dy >= p.ly || max(dx, -dx) >= p.lx
			if p.Periodic {
				masked = max(dy, -dy) > p.ly/2 || max(dx, -dx) > p.lx/2
			}
			if masked || centre && exclusive {
				continue
			}
			w := p.take(in * out)
			for i := range sites {
				r, q := i/p.lx+dy, i%p.lx+dx
				if p.Periodic {
					r, q = (r+p.ly)%p.ly, (q+p.lx)%p.lx
				}
				from := r*p.lx + q
				if r < 0 || q < 0 || r >= p.ly || q >= p.lx || from > i || from == i && !centre {
					continue
				}
				for c := range in {
					for o := range out {
						y[i*out+o] += w[c*out+o] * x[from*in+c]
					}
				}
			}
		}
	}
	return p.bias(y, out)
}

// mix is the 1 x 1 convolution; its weights are [out][in].
func (p *plainPixelCNN) mix(x []float64, width int) []float64 {
	w, y := p.take(width*width), make([]float64, len(x))
	for i := range y {
		site := i / width * width
		for c := range width {
			y[i] += w[i%width*width+c] * x[site+c]
		}
	}
	return p.bias(y, width)
}

func (p *plainPixelCNN) bias(y []float64, channels int) []float64 {
	if p.Bias {
		b := p.take(channels)
		for i := range y {
			y[i] += b[i%channels]
		}
	}
	return y
}

func (p *plainPixelCNN) prelu(x []float64, channels int) []float64 {
	a, y := p.take(channels), make([]float64, len(x))
	for i, v := range x {
		y[i] = max(v, 0) + a[i%channels]*min(v, 0)
	}
	return y
}

func (p plainPixelCNN) logProb(s []float64) float64 {
	sum := 0.0
	for i, a := range p.logits(s) {
		sum -= math.Log1p(math.Exp(-s[i] * a))
	}
	return sum
}

// pixelCNNCases are lattices that are not square, with kernels that fit,
// reach across, and are larger than the lattice.
var pixelCNNCases = []struct{ ly, lx, kernel int }{{3, 4, 3}, {4, 3, 5}, {2, 5, 13}, {5, 2, 7}, {1, 6, 5}, {6, 1, 5}, {3, 3, 1}}

func eachPixelCNN(t *testing.T, test func(t *testing.T, s core.Settings, ly, lx int)) {
	eachOf(t, core.Float64, func(t *testing.T, s core.Settings) {
		if s["network"] != "pixelcnn" {
			t.SkipNow()
		}
		for _, c := range pixelCNNCases {
			s["kernel"] = int64(c.kernel)
			t.Run(fmt.Sprintf("%dx%d-kernel%d", c.ly, c.lx, c.kernel), func(t *testing.T) { test(t, s, c.ly, c.lx) })
		}
	})
}

func TestPixelCNNIsItsDefinition(t *testing.T) {
	eachPixelCNN(t, func(t *testing.T, s core.Settings, ly, lx int) {
		m, theta := build(t, s, ly, lx)
		full, _ := core.Complete(Part.Keys(), s)
		plain := plainPixelCNN{ly: ly, lx: lx, theta: theta}
		core.Decode(full, &plain.config)
		const n = 7
		b := sample(t, m, 1, n)
		sites := ly * lx
		for j := range n {
			x := b.X[j*sites : (j+1)*sites]
			want := plain.logProb(x)
			if plain.Z2 {
				minus := make([]float64, sites)
				for i, v := range x {
					minus[i] = -v
				}
				want = math.Log((math.Exp(want) + math.Exp(plain.logProb(minus))) / 2)
			}
			if d := math.Abs(b.LogP[j] - want); d > 1e-12*float64(sites) {
				t.Errorf("sample %d: ln p = %v, definition %v", j, b.LogP[j], want)
			}
		}
	})
}

// Kernels on lattices of other shapes: the density stays normalised and the
// pull-back stays the gradient (central differences, error of order h^2).
func TestPixelCNNOnOtherLattices(t *testing.T) {
	eachPixelCNN(t, func(t *testing.T, s core.Settings, ly, lx int) {
		m, theta := build(t, s, ly, lx)
		sites := ly * lx
		sum := 0.0
		for _, l := range logProb(t, m, allStates(sites), 1<<sites) {
			sum += math.Exp(l)
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("sum p - 1 = %g", sum-1)
		}
		b := sample(t, m, 3, 5)
		checkPull(t, m, theta, b, weightsFor(5), 1+len(theta)/20)
	})
}

// The network of the paper's Fig. 2 on 16 x 16 sites: of the 714,113
// parameters of its dense kernels, those of 84 of 169 taps in the first layer
// and 85 of 169 in the others are live.
func TestPixelCNNParameters(t *testing.T) {
	m := benchModel(t, 16, benchPixelCNN)
	const masked = 64*85 + 64*64*84 + 64*84
	if got := m.Spec().Parameters; got != 714113-masked {
		t.Errorf("%d parameters, want %d", got, 714113-masked)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 1); err != nil {
		t.Fatal(err)
	}
	// uniform in +-b: sqrt(169/84) / sqrt(169) in the first layer
	first := theta[:64*84]
	if b := math.Sqrt(169.0/84) / 13; maxAbs(first) > b || maxAbs(first) < 0.99*b {
		t.Errorf("largest starting weight of the first layer %v, want just below %v", maxAbs(first), b)
	}
}

// A larger lattice has the same parameters, once it is as large as a kernel, so that its
// network may start from those of a smaller one.
func TestPixelCNNParametersOfLargerLattices(t *testing.T) {
	for _, periodic := range []bool{false, true} {
		s := core.Settings{"network": "pixelcnn", "kernel": int64(5), "periodic": periodic}
		small, _ := build(t, s, 5, 6)
		large, _ := build(t, s, 12, 9)
		if a, b := small.Spec().Blocks, large.Spec().Blocks; !reflect.DeepEqual(a, b) {
			t.Errorf("periodic %t: blocks %v on 5 x 6 sites, %v on 12 x 9", periodic, a, b)
		}
	}
}

func TestPeriodicNeedsAPeriodicLattice(t *testing.T) {
	full, _ := core.Complete(Part.Keys(), core.Settings{"network": "pixelcnn", "periodic": true})
	_, err := Part.NewModel(full, core.Space{Kind: core.Spins, Shape: []int{4, 4}})
	if core.KindOf(err) != core.Mismatch || !strings.Contains(err.Error(), "periodic") {
		t.Errorf("error %v", err)
	}
}

package van

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// plainMADE evaluates the definition unit by unit, reading the parameters in
// the order of theta.
type plainMADE struct {
	theta []float64
	sites int
	bias  bool
}

func (p *plainMADE) take(n int) []float64 {
	t := p.theta[:n]
	p.theta = p.theta[n:]
	return t
}

// dense maps x[site*in+channel] by a lower triangle of weights.
func (p *plainMADE) dense(x []float64, in, out, diagonal int) []float64 {
	y := make([]float64, p.sites*out)
	for k := range y {
		for j, w := range p.take((k/out + diagonal) * in) {
			y[k] += w * x[j]
		}
	}
	return p.plus(y)
}

func (p *plainMADE) mix(x []float64, width int) []float64 {
	y := make([]float64, len(x))
	for k := range y {
		for d, w := range p.take(width) {
			y[k] += w * x[k/width*width+d]
		}
	}
	return p.plus(y)
}

func (p *plainMADE) plus(y []float64) []float64 {
	if p.bias {
		for k, b := range p.take(len(y)) {
			y[k] += b
		}
	}
	return y
}

func (p *plainMADE) prelu(x []float64) []float64 {
	y := make([]float64, len(x))
	for k, a := range p.take(len(x)) {
		y[k] = max(x[k], 0) + a*min(x[k], 0)
	}
	return y
}

func (p plainMADE) logits(s []float64, c config) []float64 {
	width := c.Width
	if c.Depth == 1 {
		width = 1
	}
	h := p.dense(s, 1, width, 0)
	for l := 2; l <= c.Depth; l++ {
		switch {
		case l == c.Depth:
			h = p.dense(p.prelu(h), width, 1, 1)
		case c.Residual:
			for k, v := range p.dense(p.prelu(p.mix(h, width)), width, width, 1) {
				h[k] += v
			}
		default:
			h = p.dense(p.prelu(h), width, width, 1)
		}
	}
	if len(p.theta) != 0 {
		panic("parameters left over")
	}
	return h
}

func TestMADEIsItsDefinition(t *testing.T) {
	for _, s := range variants(core.Float64) {
		if s["network"] != "made" {
			continue
		}
		t.Run(name(s), func(t *testing.T) {
			full, _ := core.Complete(Part.Keys(), s)
			var c config
			core.Decode(full, &c)
			m, theta := build(t, s, 3, 4)
			p := plainMADE{theta, 12, c.Bias}
			b := sample(t, m, 4, 5)
			logQ := func(x []float64, sign float64) float64 {
				flipped := make([]float64, len(x))
				for i, v := range x {
					flipped[i] = sign * v
				}
				sum := 0.0
				for i, a := range p.logits(flipped, c) {
					sum -= math.Log1p(math.Exp(-flipped[i] * a))
				}
				return sum
			}
			for j := range b.N {
				x := b.X[j*12 : (j+1)*12]
				want := logQ(x, 1)
				if c.Z2 {
					want = math.Log((math.Exp(want) + math.Exp(logQ(x, -1))) / 2)
				}
				if math.Abs(b.LogP[j]-want) > 1e-12 {
					t.Errorf("sample %d: ln p %v, want %v", j, b.LogP[j], want)
				}
			}
		})
	}
}

// Parameters of the paper's network on 16x16 sites, counted by hand: t =
// 32640 pairs j < i, u = 32896 pairs j <= i; weights 4t + 16u + 4u, biases
// 1024 + 1024 + 256, slopes 2 * 1024.
func TestMADEParameters(t *testing.T) {
	m, theta := build(t, core.Settings{}, 16, 16)
	if want := 4*32640 + 20*32896 + 2304 + 2048; m.Spec().Parameters != want || len(theta) != want {
		t.Errorf("%d parameters, want %d", m.Spec().Parameters, want)
	}
	total := 0
	for _, b := range m.Spec().Blocks {
		size := 1
		for _, d := range b.Shape {
			size *= d
		}
		total += size
	}
	if total != len(theta) {
		t.Errorf("the blocks hold %d parameters of %d", total, len(theta))
	}
}

// The starting rule: bounds of PyTorch's linear layer, sqrt(total/live) wider,
// and slopes of one half.
func TestMADEStart(t *testing.T) {
	full, _ := core.Complete(Part.Params, core.Settings{})
	m, err := Part.NewModel(full, core.Space{Kind: core.Spins, Shape: []int{100}})
	if err != nil {
		t.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 3); err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{ // largest |theta - centre|
		"layer1.weight": math.Sqrt(100 * 100 / (100 * 99 / 2.0) / 100), "layer1.bias": 0.1,
		"layer2.weight": math.Sqrt(100 * 100 / (100 * 101 / 2.0) / 400), "layer2.bias": 0.05, "layer2.slope": 0,
		"layer3.weight": math.Sqrt(100 * 100 / (100 * 101 / 2.0) / 400), "layer3.bias": 0.05, "layer3.slope": 0,
	}
	for _, b := range m.Spec().Blocks {
		size, centre := 1, 0.0
		for _, d := range b.Shape {
			size *= d
		}
		if want[b.Name] == 0 {
			centre = 0.5
		}
		largest := 0.0
		for _, v := range theta[:size] {
			largest = max(largest, math.Abs(v-centre))
		}
		// The largest of at least 100 uniform numbers exceeds 0.9 of the bound
		// with probability 1 - 0.9^100.
		if bound := want[b.Name]; largest > bound || largest < 0.9*bound {
			t.Errorf("%s: largest %v, bound %v", b.Name, largest, bound)
		}
		theta = theta[size:]
	}
}

package transformer

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// plain is ln p of one configuration by the equations of network.go, one site after the other
// and nothing kept.
type plain struct {
	config
	states int
	blocks map[string][]float64
}

func newPlain(c config, m core.Model, theta []float64) plain {
	p := plain{c, len(m.Spec().Space.Values()[0]), make(map[string][]float64)}
	for _, b := range m.Spec().Blocks {
		size := 1
		for _, d := range b.Shape {
			size *= d
		}
		p.blocks[b.Name], theta = theta[:size], theta[size:]
	}
	return p
}

func (p plain) dense(name string, x []float64) []float64 {
	y := slices.Clone(p.blocks[name+".bias"])
	for c := range y {
		for d, v := range x {
			y[c] += p.blocks[name+".weight"][c*len(x)+d] * v
		}
	}
	return y
}

func (p plain) norm(name string, x []float64) []float64 {
	mean, square := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		square += (v - mean) * (v - mean) / float64(len(x))
	}
	y := slices.Clone(x)
	for c := range y {
		y[c] = p.blocks[name+".gain"][c]*(x[c]-mean)/math.Sqrt(square+1e-5) + p.blocks[name+".bias"][c]
	}
	return y
}

// state is the vector of a state of a site.
func (p plain) state(site, k int) []float64 {
	if p.OwnStates {
		k += site * p.states
	}
	return p.blocks["embedding.state"][k*p.Width:][:p.Width]
}

// logits of the last of the sites whose states before are k.
func (p plain) logits(k []int) []float64 {
	h := make([][]float64, len(k)+1)
	for i := range h {
		h[i] = slices.Clone(p.blocks["embedding.place"][i*p.Width : (i+1)*p.Width])
		for c := range h[i] {
			if i > 0 {
				h[i][c] += p.state(i-1, k[i-1])[c]
			}
		}
	}
	for l := range p.Depth {
		name := "block" + string(rune('1'+l)) + "."
		var qkv, next [][]float64
		for i := range h {
			qkv = append(qkv, p.dense(name+"qkv", p.norm(name+"norm1", h[i])))
		}
		for i := range h {
			o := p.attend(qkv[:i+1])
			one := slices.Clone(h[i])
			for c, v := range p.dense(name+"out", o) {
				one[c] += v
			}
			u := p.dense(name+"up", p.norm(name+"norm2", one))
			for c, v := range u {
				u[c] = v / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(v+0.044715*v*v*v)))
			}
			for c, v := range p.dense(name+"down", u) {
				one[c] += v
			}
			next = append(next, one)
		}
		h = next
	}
	return p.dense("head", p.norm("norm", h[len(h)-1]))
}

// attend is what the last site gathers.
func (p plain) attend(qkv [][]float64) []float64 {
	o, key, w := make([]float64, p.Width), p.Width/p.Heads, p.Width
	last := qkv[len(qkv)-1]
	for h := range p.Heads {
		sum, weights := 0.0, make([]float64, len(qkv))
		for u := range qkv {
			for c := h * key; c < (h+1)*key; c++ {
				weights[u] += last[c] * qkv[u][w+c] / math.Sqrt(float64(key))
			}
			weights[u] = math.Exp(weights[u])
			sum += weights[u]
		}
		for u := range qkv {
			for c := h * key; c < (h+1)*key; c++ {
				o[c] += weights[u] / sum * qkv[u][2*w+c]
			}
		}
	}
	return o
}

func (p plain) logP(k []int) (lp float64) {
	for i := range k {
		a := append([]float64{0}, p.logits(k[:i])...)
		sum := 0.0
		for _, v := range a {
			sum += math.Exp(v)
		}
		lp += a[k[i]] - math.Log(sum)
	}
	return lp
}

// Draws, with keys and values that stay, and ln p of given configurations, all sites at
// once, are the equations; p adds up to one.
func TestDefinition(t *testing.T) {
	for _, space := range []core.Space{square, bits, trits} {
		given := settings(false)
		given["own_states"] = space.Kind == core.Levels
		m, theta := build(t, given, space, 0.5)
		var c config
		core.Decode(given, &c)
		p, values, d := newPlain(c, m, theta), space.Values()[0], space.Size()
		x := states(space)
		lp, sum, low := logProb(t, m, x), 0.0, 0.0
		for _, l := range lp {
			sum += math.Exp(l)
			low = min(low, l)
		}
		if math.Abs(sum-1) > 1e-12 || low > -space.LogVolume()-0.5 {
			t.Errorf("%v: p adds up to 1 + %g, smallest ln p %v", space, sum-1, low)
		}
		var b core.Batch
		if err := m.Sample(&b, 3, 50); err != nil {
			t.Fatal(err)
		}
		for j, l := range append(lp[:40:40], b.LogP...) {
			one := append(x[:40*d:40*d], b.X...)[j*d : (j+1)*d]
			k := make([]int, d)
			for i, v := range one {
				k[i] = slices.Index(values, v)
			}
			if want := p.logP(k); math.Abs(l-want) > 1e-12 {
				t.Errorf("%v: ln p of %v is %v, want %v", space, one, l, want)
			}
		}
	}
}

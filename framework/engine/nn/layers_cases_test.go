package nn

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
)

type layerCase struct {
	name string
	make func(n int) bound
}

func dense(sites, in, out int, exclusive, bias bool) layerCase {
	return layerCase{fmt.Sprintf("dense %d sites %d to %d exclusive %v bias %v", sites, in, out, exclusive, bias), func(n int) bound {
		l := NewMaskedDense("l", sites, in, out, exclusive, bias)
		t := new(grad.Tape)
		x := NewMap(t, sites, in, 1, n)
		y := x.Like(t, out)
		b := bound{op: l.On(x, y), in: []Map{x}, out: y, params: []*grad.Param{l.W}}
		if bias {
			b.params = append(b.params, l.B)
		}
		b.plain = func(i, c, s int) float64 {
			w, sum := live(l.W), 0.0
			for k := range i*out + c { // skip the rows before
				w = w[l.seen(k/out)*in:]
			}
			for k := range l.seen(i) * in {
				sum += w[k] * value(x, k/in, k%in, s)
			}
			if bias {
				sum += l.B.Val[i*out+c]
			}
			return sum
		}
		return b
	}}
}

// live are the parameters in the order of theta.
func live(p *grad.Param) []float64 {
	if p.Live == nil {
		return p.Val
	}
	var all []float64
	for _, r := range p.Live {
		all = append(all, p.Val[r.Off:r.Off+r.Len]...)
	}
	return all
}

func channel(matrices, sites, width, in, out int, bias bool) layerCase {
	return layerCase{fmt.Sprintf("channel %d matrices %d sites width %d %d to %d bias %v", matrices, sites, width, in, out, bias), func(n int) bound {
		l := NewChannelDense("l", matrices, in, out, bias)
		t := new(grad.Tape)
		x := NewMap(t, sites, in, width, n)
		y := x.Like(t, out)
		b := bound{op: l.On(x, y), in: []Map{x}, out: y, params: []*grad.Param{l.W}}
		if bias {
			b.params = append(b.params, l.B)
		}
		b.plain = func(i, c, s int) float64 {
			g, sum := i/width%matrices, 0.0
			for d := range in {
				sum += l.W.Val[(g*out+c)*in+d] * value(x, i, d, s)
			}
			if bias {
				sum += l.B.Val[g*out+c]
			}
			return sum
		}
		return b
	}}
}

func slopes(perUnit bool, sites, width, channels int) layerCase {
	return layerCase{fmt.Sprintf("PReLU per unit %v %d sites width %d %d channels", perUnit, sites, width, channels), func(n int) bound {
		t := new(grad.Tape)
		x := NewMap(t, sites, channels, width, n)
		y := x.Like(t, channels)
		count := channels
		if perUnit {
			count = x.Rows
		}
		l := NewPReLU("l", count)
		return bound{op: l.On(x, y), in: []Map{x}, out: y, params: []*grad.Param{l.Slope}, plain: func(i, c, s int) float64 {
			v := value(x, i, c, s)
			if v < 0 {
				v *= l.Slope.Val[(i/width*channels+c)%count]
			}
			return v
		}}
	}}
}

func sum(sites, width, channels int) layerCase {
	return layerCase{fmt.Sprintf("add %d sites width %d %d channels", sites, width, channels), func(n int) bound {
		t := new(grad.Tape)
		a, b, y := NewMap(t, sites, channels, width, n), NewMap(t, sites, channels, width, n), NewMap(t, sites, channels, width, n)
		return bound{op: Add(a, b, y), in: []Map{a, b}, out: y, plain: func(i, c, s int) float64 {
			return value(a, i, c, s) + value(b, i, c, s)
		}}
	}}
}

// norm has three channels or more: two that are normalised are +-1.
func norm(sites, channels int) layerCase {
	return layerCase{fmt.Sprintf("layer norm %d sites %d channels", sites, channels), func(n int) bound {
		l := NewLayerNorm("l", channels)
		t := new(grad.Tape)
		x := NewMap(t, sites, channels, 1, n)
		y := x.Like(t, channels)
		return bound{op: l.On(x, y), in: []Map{x}, out: y, params: []*grad.Param{l.Gain, l.Bias}, plain: func(i, c, s int) float64 {
			mean, square := 0.0, 0.0
			for d := range channels {
				mean += value(x, i, d, s) / float64(channels)
			}
			for d := range channels {
				square += math.Pow(value(x, i, d, s)-mean, 2) / float64(channels)
			}
			return l.Gain.Val[c]*(value(x, i, c, s)-mean)/math.Sqrt(square+1e-5) + l.Bias.Val[c]
		}}
	}}
}

func bell(sites, channels int) layerCase {
	return layerCase{fmt.Sprintf("GELU %d sites %d channels", sites, channels), func(n int) bound {
		t := new(grad.Tape)
		x, y := NewMap(t, sites, channels, 1, n), NewMap(t, sites, channels, 1, n)
		return bound{op: GELU(x, y), in: []Map{x}, out: y, plain: func(i, c, s int) float64 {
			v := value(x, i, c, s)
			return v / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(v+0.044715*v*v*v)))
		}}
	}}
}

func attend(sites, heads, key int) layerCase {
	return layerCase{fmt.Sprintf("attention %d sites %d heads of %d", sites, heads, key), func(n int) bound {
		t := new(grad.Tape)
		qkv := NewMap(t, sites, 3*heads*key, 1, n)
		o := qkv.Like(t, heads*key)
		return bound{op: AttentionOn(t, heads, qkv, o), in: []Map{qkv}, out: o, plain: func(i, c, s int) float64 {
			first, sum, out := c/key*key, 0.0, 0.0
			for u := range i + 1 {
				product := 0.0
				for d := range key {
					product += value(qkv, i, first+d, s) * value(qkv, u, heads*key+first+d, s)
				}
				w := math.Exp(product / math.Sqrt(float64(key)))
				sum += w
				out += w * value(qkv, u, 2*heads*key+c, s)
			}
			return out / sum
		}}
	}}
}

// shared is one dense layer for all sites, from x alone, or onto h.
func shared(sites, in, out int, onto bool) layerCase {
	return layerCase{fmt.Sprintf("dense %d to %d at each of %d sites, onto %v", in, out, sites, onto), func(n int) bound {
		l := NewSiteDense("l", in, out)
		t := new(grad.Tape)
		x, h := NewMap(t, sites, in, 1, n), NewMap(t, sites, out, 1, n)
		y := h.Like(t, out)
		op, inputs := l.On(x, y), []Map{x}
		if onto {
			op, inputs = l.Onto(h, x, y), []Map{x, h}
		}
		return bound{op: op, in: inputs, out: y, params: []*grad.Param{l.W, l.B}, plain: func(i, c, s int) float64 {
			sum := value(h, i, c, s) + l.B.Val[c]
			for d := range in {
				sum += l.W.Val[c*in+d] * value(x, i, d, s)
			}
			return sum
		}}
	}}
}

// embed reads states of data, which have no adjoint.
func embed(states, sites, channels int, own bool) layerCase {
	return layerCase{fmt.Sprintf("embedding of %d states %d sites %d channels own %v", states, sites, channels, own), func(n int) bound {
		l := NewEmbedding("l", states, sites, channels, own, -1, 2)
		x := Map{grad.NewData(sites, n), sites, 1, 1, n}
		for k := range x.Val {
			x.Val[k] = float64(2*(k*k%states) - 1)
		}
		y := x.Like(new(grad.Tape), channels)
		return bound{op: l.On(x, y), out: y, params: []*grad.Param{l.State, l.Place}, plain: func(i, c, s int) float64 {
			v := l.Place.Val[i*channels+c]
			if i == 0 {
				return v
			}
			k := int(value(x, i-1, 0, s)+1) / 2
			if own {
				k += (i - 1) * states
			}
			v += l.State.Val[k*channels+c]
			return v
		}}
	}}
}

// Sizes on both sides of the blocks, pieces and panels of the layers.
var layerCases = []layerCase{
	dense(1, 1, 1, true, false), dense(5, 1, 3, true, true), dense(40, 1, 4, true, true),
	dense(7, 3, 2, false, false), dense(33, 4, 4, false, true), dense(70, 2, 1, false, true), dense(64, 1, 1, true, true),
	channel(6, 6, 1, 3, 3, true), channel(40, 40, 1, 4, 2, false), channel(1, 12, 4, 3, 5, true), channel(1, 5, 1, 17, 17, true),
	slopes(true, 9, 1, 3), slopes(false, 12, 4, 3), slopes(false, 4, 1, 2),
	sum(6, 3, 2), sum(5, 1, 4),
	norm(3, 5), norm(1, 17), bell(4, 3), attend(5, 2, 3), attend(1, 1, 4), shared(4, 3, 5, true), shared(2, 100, 4, false), embed(3, 5, 4, false), embed(2, 1, 3, false), embed(3, 5, 4, true), embed(2, 1, 3, true),
	mirrored(dense(40, 1, 4, true, true)), mirrored(dense(33, 2, 1, true, false)), mirrored(masked(ConvShape{In: 1, Out: 5, Ly: 4, Lx: 5, Half: 1})),
	mirrored(masked(ConvShape{In: 2, Out: 1, Ly: 3, Lx: 2, Half: 1})),
}

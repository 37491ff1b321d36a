package nn

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

type layerCase[T tensor.Real] struct {
	name string
	make func(n int) bound[T]
}

func dense[T tensor.Real](sites, in, out int, exclusive, bias bool) layerCase[T] {
	return layerCase[T]{fmt.Sprintf("dense %d sites %d to %d exclusive %v bias %v", sites, in, out, exclusive, bias), func(n int) bound[T] {
		l := NewMaskedDense[T]("l", sites, in, out, exclusive, bias)
		t := new(grad.Tape[T])
		x := NewMap(t, sites, in, 1, n)
		y := x.Like(t, out)
		b := bound[T]{op: l.On(x, y), in: []Map[T]{x}, out: y, params: []*grad.Param[T]{l.W}}
		if bias {
			b.params = append(b.params, l.B)
		}
		b.plain = func(i, c, s int) float64 {
			w, sum := live(l.W), 0.0
			for k := range i*out + c { // skip the rows before
				w = w[l.seen(k/out)*in:]
			}
			for k := range l.seen(i) * in {
				sum += float64(w[k]) * value(x, k/in, k%in, s)
			}
			if bias {
				sum += float64(l.B.Val[i*out+c])
			}
			return sum
		}
		return b
	}}
}

// live are the parameters in the order of theta.
func live[T tensor.Real](p *grad.Param[T]) []T {
	if p.Live == nil {
		return p.Val
	}
	var all []T
	for _, r := range p.Live {
		all = append(all, p.Val[r.Off:r.Off+r.Len]...)
	}
	return all
}

func channel[T tensor.Real](matrices, sites, width, in, out int, bias bool) layerCase[T] {
	return layerCase[T]{fmt.Sprintf("channel %d matrices %d sites width %d %d to %d bias %v", matrices, sites, width, in, out, bias), func(n int) bound[T] {
		l := NewChannelDense[T]("l", matrices, in, out, bias)
		t := new(grad.Tape[T])
		x := NewMap(t, sites, in, width, n)
		y := x.Like(t, out)
		b := bound[T]{op: l.On(x, y), in: []Map[T]{x}, out: y, params: []*grad.Param[T]{l.W}}
		if bias {
			b.params = append(b.params, l.B)
		}
		b.plain = func(i, c, s int) float64 {
			g, sum := i/width%matrices, 0.0
			for d := range in {
				sum += float64(l.W.Val[(g*out+c)*in+d]) * value(x, i, d, s)
			}
			if bias {
				sum += float64(l.B.Val[g*out+c])
			}
			return sum
		}
		return b
	}}
}

func slopes[T tensor.Real](perUnit bool, sites, width, channels int) layerCase[T] {
	return layerCase[T]{fmt.Sprintf("PReLU per unit %v %d sites width %d %d channels", perUnit, sites, width, channels), func(n int) bound[T] {
		t := new(grad.Tape[T])
		x := NewMap(t, sites, channels, width, n)
		y := x.Like(t, channels)
		count := channels
		if perUnit {
			count = x.Rows
		}
		l := NewPReLU[T]("l", count)
		return bound[T]{op: l.On(x, y), in: []Map[T]{x}, out: y, params: []*grad.Param[T]{l.Slope}, plain: func(i, c, s int) float64 {
			v := value(x, i, c, s)
			if v < 0 {
				v *= float64(l.Slope.Val[(i/width*channels+c)%count])
			}
			return v
		}}
	}}
}

func sum[T tensor.Real](sites, width, channels int) layerCase[T] {
	return layerCase[T]{fmt.Sprintf("add %d sites width %d %d channels", sites, width, channels), func(n int) bound[T] {
		t := new(grad.Tape[T])
		a, b, y := NewMap(t, sites, channels, width, n), NewMap(t, sites, channels, width, n), NewMap(t, sites, channels, width, n)
		return bound[T]{op: Add(a, b, y), in: []Map[T]{a, b}, out: y, plain: func(i, c, s int) float64 {
			return value(a, i, c, s) + value(b, i, c, s)
		}}
	}}
}

// norm has three channels or more: two that are normalised are +-1.
func norm[T tensor.Real](sites, channels int) layerCase[T] {
	return layerCase[T]{fmt.Sprintf("layer norm %d sites %d channels", sites, channels), func(n int) bound[T] {
		l := NewLayerNorm[T]("l", channels)
		t := new(grad.Tape[T])
		x := NewMap(t, sites, channels, 1, n)
		y := x.Like(t, channels)
		return bound[T]{op: l.On(x, y), in: []Map[T]{x}, out: y, params: []*grad.Param[T]{l.Gain, l.Bias}, plain: func(i, c, s int) float64 {
			mean, square := 0.0, 0.0
			for d := range channels {
				mean += value(x, i, d, s) / float64(channels)
			}
			for d := range channels {
				square += math.Pow(value(x, i, d, s)-mean, 2) / float64(channels)
			}
			return float64(l.Gain.Val[c])*(value(x, i, c, s)-mean)/math.Sqrt(square+1e-5) + float64(l.Bias.Val[c])
		}}
	}}
}

func bell[T tensor.Real](sites, channels int) layerCase[T] {
	return layerCase[T]{fmt.Sprintf("GELU %d sites %d channels", sites, channels), func(n int) bound[T] {
		t := new(grad.Tape[T])
		x, y := NewMap(t, sites, channels, 1, n), NewMap(t, sites, channels, 1, n)
		return bound[T]{op: GELU(x, y), in: []Map[T]{x}, out: y, plain: func(i, c, s int) float64 {
			v := value(x, i, c, s)
			return v / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(v+0.044715*v*v*v)))
		}}
	}}
}

func attend[T tensor.Real](sites, heads, key int) layerCase[T] {
	return layerCase[T]{fmt.Sprintf("attention %d sites %d heads of %d", sites, heads, key), func(n int) bound[T] {
		t := new(grad.Tape[T])
		qkv := NewMap(t, sites, 3*heads*key, 1, n)
		o := qkv.Like(t, heads*key)
		return bound[T]{op: AttentionOn(t, heads, qkv, o), in: []Map[T]{qkv}, out: o, plain: func(i, c, s int) float64 {
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
func shared[T tensor.Real](sites, in, out int, onto bool) layerCase[T] {
	return layerCase[T]{fmt.Sprintf("dense %d to %d at each of %d sites, onto %v", in, out, sites, onto), func(n int) bound[T] {
		l := NewSiteDense[T]("l", in, out)
		t := new(grad.Tape[T])
		x, h := NewMap(t, sites, in, 1, n), NewMap(t, sites, out, 1, n)
		y := h.Like(t, out)
		op, inputs := l.On(x, y), []Map[T]{x}
		if onto {
			op, inputs = l.Onto(h, x, y), []Map[T]{x, h}
		}
		return bound[T]{op: op, in: inputs, out: y, params: []*grad.Param[T]{l.W, l.B}, plain: func(i, c, s int) float64 {
			sum := value(h, i, c, s) + float64(l.B.Val[c])
			for d := range in {
				sum += float64(l.W.Val[c*in+d]) * value(x, i, d, s)
			}
			return sum
		}}
	}}
}

// embed reads states of data, which have no adjoint.
func embed[T tensor.Real](states, sites, channels int, own bool) layerCase[T] {
	return layerCase[T]{fmt.Sprintf("embedding of %d states %d sites %d channels own %v", states, sites, channels, own), func(n int) bound[T] {
		l := NewEmbedding[T]("l", states, sites, channels, own, -1, 2)
		x := Map[T]{grad.NewData[T](sites, n), sites, 1, 1, n}
		for k := range x.Val {
			x.Val[k] = T(2*(k*k%states) - 1)
		}
		y := x.Like(new(grad.Tape[T]), channels)
		return bound[T]{op: l.On(x, y), out: y, params: []*grad.Param[T]{l.State, l.Place}, plain: func(i, c, s int) float64 {
			v := float64(l.Place.Val[i*channels+c])
			if i == 0 {
				return v
			}
			k := int(value(x, i-1, 0, s)+1) / 2
			if own {
				k += (i - 1) * states
			}
			v += float64(l.State.Val[k*channels+c])
			return v
		}}
	}}
}

// Sizes on both sides of the blocks, pieces and panels of the layers.
func layerCases[T tensor.Real]() []layerCase[T] {
	return []layerCase[T]{
		dense[T](1, 1, 1, true, false), dense[T](5, 1, 3, true, true), dense[T](40, 1, 4, true, true),
		dense[T](7, 3, 2, false, false), dense[T](33, 4, 4, false, true), dense[T](70, 2, 1, false, true), dense[T](64, 1, 1, true, true),
		channel[T](6, 6, 1, 3, 3, true), channel[T](40, 40, 1, 4, 2, false), channel[T](1, 12, 4, 3, 5, true), channel[T](1, 5, 1, 17, 17, true),
		slopes[T](true, 9, 1, 3), slopes[T](false, 12, 4, 3), slopes[T](false, 4, 1, 2),
		sum[T](6, 3, 2), sum[T](5, 1, 4),
		norm[T](3, 5), norm[T](1, 17), bell[T](4, 3), attend[T](5, 2, 3), attend[T](1, 1, 4), shared[T](4, 3, 5, true), shared[T](2, 100, 4, false), embed[T](3, 5, 4, false), embed[T](2, 1, 3, false), embed[T](3, 5, 4, true), embed[T](2, 1, 3, true),
		mirrored[T](dense[T](40, 1, 4, true, true)), mirrored[T](dense[T](33, 2, 1, true, false)), mirrored[T](masked[T](ConvShape{In: 1, Out: 5, Ly: 4, Lx: 5, Half: 1})),
		mirrored[T](masked[T](ConvShape{In: 2, Out: 1, Ly: 3, Lx: 2, Half: 1})),
	}
}

package nn

import (
	"fmt"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

func masked[T tensor.Real](s ConvShape) layerCase[T] {
	return layerCase[T]{fmt.Sprintf("convolution %+v", s), func(n int) bound[T] {
		l := NewMaskedConv[T]("l", s, true)
		t := new(grad.Tape[T])
		x := NewMap(t, s.Ly*s.Lx, s.In, s.Lx, n)
		y := x.Like(t, s.Out)
		return bound[T]{op: l.On(x, y), in: []Map[T]{x}, out: y, params: []*grad.Param[T]{l.W, l.B}}
	}}
}

// Per-sample gradients of L_s = sum_k g_k y_k(s), by the layer on tapes of one
// sample: each is the central difference of its own L_s, and with weights w_s
// they add up to the gradient of the batch.
func TestScores(t *testing.T) {
	w := []float64{0.7, -1.3, 0, 2.1, 0.4}
	for _, c := range []layerCase[float64]{
		dense[float64](5, 1, 3, true, true), dense[float64](40, 3, 2, false, true), channel[float64](6, 6, 1, 3, 3, true), channel[float64](1, 12, 4, 3, 5, true),
		slopes[float64](true, 9, 1, 3), slopes[float64](false, 12, 4, 3),
		masked[float64](ConvShape{In: 1, Out: 5, Ly: 4, Lx: 5, Half: 1, Exclusive: true}), masked[float64](ConvShape{In: 3, Out: 4, Ly: 5, Lx: 3, Half: 2}),
		masked[float64](ConvShape{In: 3, Out: 1, Ly: 3, Lx: 6, Half: 2}),
	} {
		t.Run(c.name, func(t *testing.T) {
			batch, one := newScored(c, len(w)), newScored(c, 1)
			fillNormal(1, batch.in[0].Val)
			fillNormal(2, one.out.Adj)
			for s := range w {
				eachNumber(batch.out, func(i, ch int) {
					batch.out.Adj[batch.out.At(i)+ch*batch.out.Cols+s] = w[s] * one.out.Adj[one.out.At(i)+ch*one.out.Cols]
				})
			}
			want, sum := batch.gradient(), make([]float64, batch.size)
			for s := range w {
				eachNumber(one.in[0], func(i, ch int) {
					one.in[0].Val[one.in[0].At(i)+ch*one.in[0].Cols] = value(batch.in[0], i, ch, s)
				})
				score := one.gradient()
				at := 0
				for _, p := range one.params {
					for k, place := range positions(p) {
						if (at+k)%7 == 0 { // some of all
							if d := one.slope(&p.Val[place]); math.Abs(score[at+k]-d) > 1e-7*(1+math.Abs(d)) {
								t.Fatalf("sample %d, %s %d: %v, central difference %v", s, p.Name, k, score[at+k], d)
							}
						}
					}
					at += p.Size()
				}
				for j, v := range score {
					sum[j] += w[s] * v
				}
			}
			wantClose(t, "weighted sum of the scores", sum, want)
			wantSome(t, want)
		})
	}
}

// scored is a layer alone on a tape.
type scored struct {
	bound[float64]
	tape grad.Tape[float64]
	size int
}

func newScored(c layerCase[float64], n int) *scored {
	s := &scored{bound: c.make(n)}
	s.tape.Add(s.op)
	for k, p := range s.params {
		theta := make([]float64, p.Size())
		fillNormal(uint64(200+k), theta)
		p.Load(theta)
		s.size += p.Size()
	}
	return s
}

func (s *scored) gradient() []float64 {
	g := make([]float64, s.size)
	s.tape.Forward()
	s.tape.Backward()
	s.tape.Gradient(g, s.params)
	return g
}

// eachNumber calls f for every site and channel.
func eachNumber(m Map[float64], f func(i, ch int)) {
	for i := range m.Sites {
		for ch := range m.Channels {
			f(i, ch)
		}
	}
}

func wantSome(t *testing.T, g []float64) {
	t.Helper()
	for _, v := range g {
		if math.Abs(v) > 0.1 {
			return
		}
	}
	t.Error("the gradient vanishes, which proves nothing")
}

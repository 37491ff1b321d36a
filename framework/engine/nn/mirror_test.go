package nn

import (
	"fmt"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// mirrored is a Mirror alone: its input is what the twin keeps, with the adjoint of the twin's
// output.
func mirrored[T tensor.Real](c layerCase[T]) layerCase[T] {
	return layerCase[T]{"mirror of " + c.name, func(n int) bound[T] {
		twin := c.make(n)
		x, b := twin.op.(Affine[T]).output()
		y := x.Like(new(grad.Tape[T]), x.Channels)
		op := Mirror(twin.op.(Affine[T]), y).(*mirror[T])
		wx := op.wx
		wx.Var = &grad.Var[T]{Rows: x.Rows, Cols: x.Cols, Val: wx.Val, Adj: x.Adj}
		if b != nil {
			fillNormal(300, b.Val)
		}
		return bound[T]{op: op, in: []Map[T]{wx}, out: y, plain: func(i, c, s int) float64 {
			v := -value(wx, i, c, s)
			if b != nil {
				v += float64(b.Val[(i/x.Width*x.Channels+c)%b.Size()])
			}
			return v
		}}
	}}
}

// affine is a layer that Mirror takes.
type affine interface {
	On(x, y Map[float64]) Affine[float64]
}

// A layer and its mirror are the layer on x and on -x, in values and in all
// gradients.
func TestMirror(t *testing.T) {
	type affineCase struct {
		make func() (affine, []*grad.Param[float64])
		// sites, their channels before and after, and the width
		sites, in, out, width int
	}
	dense := func(sites, in, out int, bias bool) affineCase {
		return affineCase{func() (affine, []*grad.Param[float64]) {
			l := NewMaskedDense[float64]("l", sites, in, out, true, bias)
			if !bias {
				return l, []*grad.Param[float64]{l.W}
			}
			return l, []*grad.Param[float64]{l.W, l.B}
		}, sites, in, out, 1}
	}
	conv := func(in, out int) affineCase {
		return affineCase{func() (affine, []*grad.Param[float64]) {
			l := NewMaskedConv[float64]("l", ConvShape{In: in, Out: out, Ly: 4, Lx: 5, Half: 1, Exclusive: true}, true)
			return l, []*grad.Param[float64]{l.W, l.B}
		}, 20, in, out, 5}
	}
	const n = 7
	for _, c := range []affineCase{dense(70, 1, 4, true), dense(40, 2, 1, false), conv(1, 5), conv(3, 2), conv(3, 1)} {
		t.Run(fmt.Sprint(c.sites, c.in, c.out, c.width), func(t *testing.T) {
			run := func(mirror bool) (values, gradient, dx []float64) {
				l, params := c.make()
				var tape grad.Tape[float64]
				x := NewMap(&tape, c.sites, c.in, c.width, n)
				y, y1 := x.Like(&tape, c.out), x.Like(&tape, c.out)
				z, z1 := y.Like(&tape, c.out), y.Like(&tape, c.out) // slopes, so that other ops read y
				phi := NewPReLU[float64]("l", c.out)
				x1 := x.Like(&tape, c.in)
				fillNormal(1, x.Val, phi.Slope.Val)
				for i, v := range x.Val {
					x1.Val[i] = -v
				}
				size := 0
				for k, p := range params {
					theta := make([]float64, p.Size())
					fillNormal(uint64(2+k), theta)
					p.Load(theta)
					size += p.Size()
				}
				twin := l.On(x, y)
				tape.Add(twin)
				tape.Add(phi.On(y, z))
				if mirror {
					tape.Add(Mirror(twin, y1))
				} else {
					other := l.On(x1, y1)
					if _, b := twin.output(); b != nil {
						twin.keep() // as the mirror would make it
						other.keep()
					}
					tape.Add(other)
				}
				tape.Add(phi.On(y1, z1))
				tape.Forward()
				fillNormal(9, z.Adj, z1.Adj)
				tape.Backward()
				gradient = make([]float64, size)
				tape.Gradient(gradient, params)
				for i, v := range x1.Adj {
					x.Adj[i] -= v
				}
				return slices.Concat(z.Val, z1.Val), gradient, x.Adj
			}
			values, gradient, dx := run(true)
			wantValues, wantGradient, wantDx := run(false)
			if !slices.Equal(values, wantValues) {
				t.Error("other values than those of the layer on -x")
			}
			wantClose(t, "gradient", gradient, wantGradient)
			wantClose(t, "adjoint of x", dx, wantDx)
			wantSome(t, wantGradient)
			wantSome(t, wantDx)
		})
	}
}

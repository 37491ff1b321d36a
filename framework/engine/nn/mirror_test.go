package nn

import (
	"fmt"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
)

// mirrored is a Mirror alone: its input is the twin's output.
func mirrored(c layerCase) layerCase {
	return layerCase{"mirror of " + c.name, func(n int) bound {
		twin := c.make(n)
		x, b := twin.op.(Affine).output()
		y := x.Like(new(grad.Tape), x.Channels)
		m := bound{op: Mirror(twin.op.(Affine), y), in: []Map{x}, out: y}
		if b != nil {
			m.params = []*grad.Param{b}
		}
		m.plain = func(i, c, s int) float64 {
			v := -value(x, i, c, s)
			if b != nil {
				v += 2 * b.Val[(i/x.Width*x.Channels+c)%b.Size()]
			}
			return v
		}
		return m
	}}
}

// affine is a layer that Mirror takes.
type affine interface{ On(x, y Map) Affine }

// A layer and its mirror are the layer on x and on -x, in values and in all
// gradients.
func TestMirror(t *testing.T) {
	type affineCase struct {
		make func() (affine, []*grad.Param)
		// sites, their channels before and after, and the width
		sites, in, out, width int
	}
	dense := func(sites, in, out int, bias bool) affineCase {
		return affineCase{func() (affine, []*grad.Param) {
			l := NewMaskedDense("l", sites, in, out, true, bias)
			if !bias {
				return l, []*grad.Param{l.W}
			}
			return l, []*grad.Param{l.W, l.B}
		}, sites, in, out, 1}
	}
	conv := func(in, out int) affineCase {
		return affineCase{func() (affine, []*grad.Param) {
			l := NewMaskedConv("l", ConvShape{In: in, Out: out, Ly: 4, Lx: 5, Half: 1, Exclusive: true}, true)
			return l, []*grad.Param{l.W, l.B}
		}, 20, in, out, 5}
	}
	const n = 7
	for _, c := range []affineCase{dense(70, 1, 4, true), dense(40, 2, 1, false), conv(1, 5), conv(3, 2), conv(3, 1)} {
		t.Run(fmt.Sprint(c.sites, c.in, c.out, c.width), func(t *testing.T) {
			run := func(mirror bool) (values, gradient, dx []float64) {
				l, params := c.make()
				var tape grad.Tape
				x := NewMap(&tape, c.sites, c.in, c.width, n)
				y, y1 := x.Like(&tape, c.out), x.Like(&tape, c.out)
				z, z1 := y.Like(&tape, c.out), y.Like(&tape, c.out) // slopes, so that other ops read y
				phi := NewPReLU("l", c.out)
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
					tape.Add(l.On(x1, y1))
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
			wantClose(t, "values", values, wantValues)
			wantClose(t, "gradient", gradient, wantGradient)
			wantClose(t, "adjoint of x", dx, wantDx)
			wantSome(t, wantGradient)
			wantSome(t, wantDx)
		})
	}
}

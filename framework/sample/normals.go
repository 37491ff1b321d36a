package sample

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Standard normal numbers by the ziggurat of Marsaglia and Tsang (2000, Journal of Statistical
// Software 5, 8) with 256 layers: layer i of the area v is the strip 0 < x < x_i below the density
// exp(-x^2/2), where x_(i-1) > x_i; most points of it are below without a look. A number is
// accepted whole from 64 bits: 8 choose the layer, and 53 others are x with its sign.
//
// The bits are those of splitmix64 (core.Scramble) at key, key + step, key + 2 step, ..., where a chain
// draws key and step, an odd number, for each move: several are under way at a time, where those
// of the chain's own stream wait for each other.

const (
	layers = 256
	tail   = 3.6541528853610088 // x_0, where the tail begins
	area   = 0.00492867323399   // v of a layer, and of the strip with the tail
	unit   = 1.0 / (1 << 52)    // 53 bits with a sign, as a number in [-1, 1)
	step64 = uint64(1) << 52    // its inverse
)

var ziggurat = newZiggurat()

type layersOf struct {
	inside [layers]uint64  // below it |bits| are accepted
	width  [layers]float64 // of a bit
	height [layers]float64 // exp(-x_i^2/2)
}

func newZiggurat() *layersOf {
	z := &layersOf{}
	density := func(x float64) float64 { return math.Exp(-x * x / 2) }
	x, above := tail, tail
	base := area / density(tail) // the strip with the tail, as wide as its area would have it
	z.inside[0] = uint64(tail / base * float64(step64))
	z.width[0], z.width[layers-1] = base*unit, tail*unit
	z.height[0], z.height[layers-1] = 1, density(tail)
	for i := layers - 2; i >= 1; i-- {
		x = math.Sqrt(-2 * math.Log(area/x+density(x)))
		z.inside[i+1] = uint64(x / above * float64(step64))
		above = x
		z.width[i], z.height[i] = x*unit, density(x)
	}
	return z
}

// bits64 is a sequence of 64 random bits each.
type bits64 struct{ at, step uint64 }

func (b *bits64) next() uint64 {
	b.at += b.step
	return core.Scramble(b.at)
}

// uniform is in (0, 1].
func (b *bits64) uniform() float64 { return float64(b.next()>>11+1) * 0x1p-53 }

// normals fills p with independent standard normal numbers.
func normals(p []float64, random *rand.Rand) {
	b, z := bits64{random.Uint64(), random.Uint64() | 1}, ziggurat
	for j := range p {
		u := b.next()
		i, x := u%layers, int64(u)>>11
		size := uint64(max(x, -x))
		p[j] = float64(x) * z.width[i]
		if size >= z.inside[i] {
			p[j] = z.outside(&b, i, p[j])
		}
	}
}

// outside is the number of a point x of layer i that may be above the density.
func (z *layersOf) outside(b *bits64, i uint64, x float64) float64 {
	for {
		switch {
		case i == 0: // the tail, as Marsaglia (1964, Technometrics 6, 101) draws it
			for {
				over, y := -math.Log(b.uniform())/tail, -math.Log(b.uniform())
				if y+y >= over*over {
					return math.Copysign(tail+over, x)
				}
			}
		case z.height[i]+b.uniform()*(z.height[i-1]-z.height[i]) < math.Exp(-x*x/2):
			return x
		}
		u := b.next()
		at := int64(u) >> 11
		i, x = u%layers, float64(at)*z.width[u%layers]
		if uint64(max(at, -at)) < z.inside[i] {
			return x
		}
	}
}

// Package disorder draws quenched random couplings from a stream that anybody
// can reproduce in any language: splitmix64 (Steele, Lea and Flood, OOPSLA
// 2014), whose state is the seed and whose every output advances it by
// 0x9e3779b97f4a7c15.
package disorder

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// DefaultSeed draws the published instances.
const DefaultSeed = 20230613

// Stream is a splitmix64 stream. Stream(seed) is its start.
type Stream uint64

// gamma is the advance of the state with each output.
const gamma = 0x9e3779b97f4a7c15

// Uint64 is the next output.
func (s *Stream) Uint64() uint64 {
	x := core.Mix(uint64(*s))
	*s = s.Skip(1)
	return x
}

// Skip is the stream behind its next n outputs.
func (s Stream) Skip(n uint64) Stream { return s + Stream(n*gamma) }

// Sign takes one output: +1 if its top bit is 1, else -1.
func (s *Stream) Sign() float64 {
	if s.Uint64()>>63 == 1 {
		return 1
	}
	return -1
}

// Uniform is the next number floor(x/2^11)/2^53 in [0, 1), where x is the next output.
func (s *Stream) Uniform() float64 { return float64(s.Uint64()>>11) / (1 << 53) }

// Normal takes two outputs a, b and returns the standard normal
// sqrt(-2 ln u) cos(2 pi v), u = (floor(a/2^11)+1)/2^53 in (0,1],
// v = floor(b/2^11)/2^53 in [0,1) (Box and Muller 1958).
func (s *Stream) Normal() float64 {
	u := float64(s.Uint64()>>11+1) / (1 << 53)
	v := s.Uniform()
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*v)
}

// Perm returns a random order of 0..n-1 (Fisher and Yates): for i = n-1 down
// to 1, one output modulo i+1 names the element that i is swapped with. The
// modulo's bias is below n/2^64.
func (s *Stream) Perm(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j := int(s.Uint64() % uint64(i+1))
		p[i], p[j] = p[j], p[i]
	}
	return p
}

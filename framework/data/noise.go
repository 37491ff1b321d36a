package data

import "github.com/helmholtz-physics/helmholtz/framework/energy/disorder"

// Noise are the numbers of the splitmix64 stream of a seed, by their places k = 0, 1, ...
// A number does not need those before it, so that part of a data set gets the noise that
// the whole would give it.
type Noise struct{ Seed uint64 }

// Uniform is number k, in [0, 1): output k as floor(x/2^11)/2^53.
func (n Noise) Uniform(k uint64) float64 {
	s := disorder.Stream(n.Seed).Skip(k)
	return s.Uniform()
}

// Normal is standard normal number k, of outputs 2k and 2k+1 as [disorder.Stream.Normal]
// says.
func (n Noise) Normal(k uint64) float64 {
	s := disorder.Stream(n.Seed).Skip(2 * k)
	return s.Normal()
}

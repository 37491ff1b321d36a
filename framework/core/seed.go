package core

import (
	"math"
	"math/rand/v2"
)

// Derive returns the seed of the stream that words name within a parent seed:
// Derive(seed, purpose, step). Different words give unrelated seeds.
func Derive(seed uint64, words ...uint64) uint64 {
	s := Mix(seed)
	for _, w := range words {
		s = Mix(s ^ Mix(w+0x9e3779b97f4a7c15))
	}
	return s
}

// Mix is Scramble after one step of the state of splitmix64.
func Mix(z uint64) uint64 { return Scramble(z + 0x9e3779b97f4a7c15) }

// Scramble is the output function of splitmix64 (Steele, Lea and Flood 2014) at a state.
func Scramble(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// Streams are the streams of seed by their number, that of sample i and of block i of
// parameters.
func Streams(seed uint64) func(i int) *rand.Rand {
	return func(i int) *rand.Rand {
		var r rand.PCG
		SeedStream(&r, seed, uint64(i))
		return rand.New(&r)
	}
}

// SeedBy sets r to the stream that numbers decide, as a configuration's uniform ones.
func SeedBy(r *rand.PCG, u []float64) {
	seed := uint64(len(u))
	for _, v := range u {
		seed = Mix(seed ^ math.Float64bits(v))
	}
	SeedStream(r, seed, 0)
}

// SeedStream sets r to the stream of sample i under seed. A stream per sample
// makes sample i independent of the batch size, of the chunks it was computed
// in and of the number of threads.
func SeedStream(r *rand.PCG, seed, i uint64) {
	r.Seed(Derive(seed, 1, i), Derive(seed, 2, i))
}

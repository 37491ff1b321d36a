// Package simd names the vector instructions that the kernels of the engine use.
package simd

// Level is a set of vector instructions. Kernels are compiled for each of them, and
// number them as here.
type Level int

const (
	Generic Level = iota // any processor
	AVX2                 // x86-64-v3: 32 bytes, fused multiply-add
	AVX512               // x86-64-v4: 64 bytes
)

var names = [...]string{"generic", "avx2", "avx512"}

func (l Level) String() string { return names[l] }

var inUse = best()

// InUse is the level that all kernels of this process use.
func InUse() Level { return inUse }

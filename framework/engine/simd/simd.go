// Package simd names the vector instructions that the kernels of the engine use, the same
// for all of a process: the most that the processor has, or less where that is wanted.
package simd

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Level is a set of vector instructions. Kernels are compiled for each of them, and
// number them as here.
type Level int

const (
	Generic Level = iota // any processor
	AVX2                 // x86-64-v3: 32 bytes, fused multiply-add
	AVX512               // x86-64-v4: 64 bytes
)

var names = []string{"generic", "avx2", "avx512"}

// Names of all levels, the least first.
func Names() []string { return slices.Clone(names) }

func (l Level) String() string { return names[l] }

// Parse returns the level of a name. An error says that there is none, or that this
// processor or this build does not have it.
func Parse(name string) (Level, error) { return parse(name, Best()) }

func parse(name string, most Level) (Level, error) {
	l := Level(slices.Index(names, name))
	switch {
	case l < 0:
		return Generic, fmt.Errorf("must be one of %s, got %q", strings.Join(names, ", "), name)
	case l > most:
		return Generic, fmt.Errorf("this processor or this build does not have %s; it has %s", l, strings.Join(names[:most+1], ", "))
	}
	return l, nil
}

// Best is the most that this processor and this build have.
func Best() Level { return best() }

// Variable of the environment names the level from the start of a process; what it cannot
// have is replaced by the best that it has.
const Variable = "HELMHOLTZ_KERNELS"

var inUse = atFirst(os.Getenv(Variable), Best())

func atFirst(name string, most Level) Level {
	if l, err := parse(name, most); err == nil {
		return l
	}
	return most
}

// InUse is the level that all kernels of this process use.
func InUse() Level { return inUse }

var followers []func(Level)

// Follow calls use with the level in use, and with each that is chosen later. Packages
// with kernels do so as they are initialised.
func Follow(use func(Level)) {
	followers = append(followers, use)
	use(inUse)
}

// Use chooses a level, of those up to Best, before anything has been computed: nothing
// else may run in the engine meanwhile, and numbers of two levels differ by rounding.
func Use(l Level) {
	if l < Generic || l > Best() {
		panic(fmt.Sprintf("simd: level %d of at most %d", l, Best()))
	}
	inUse = l
	for _, use := range followers {
		use(l)
	}
}

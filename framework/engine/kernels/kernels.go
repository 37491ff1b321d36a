// Package kernels has the inner loops of layers: C for columns of configurations
// side by side, and the same in Go. The function or type of a kernel, which is also its
// definition, stands in a file of its own, X.go; X.h and X_cgo.go are what the default
// build runs, an instance for float32 and one for float64 of each instruction set (package
// simd), X_purego.go its plain twin, which the build tag purego or CGO_ENABLED=0
// selects.
//
// What a kernel computes for a configuration is the same chain of operations
// wherever it stands in its slice. Wrong lengths panic: they are a programmer's
// mistake.
//
// Of float32 all is computed in float32, but for logarithms of densities, which are summed
// in float64. Lift is float64 only, as density matrices are.
package kernels

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// need panics unless s can hold a rows x cols matrix with leading dimension ld.
func need[T tensor.Real](name string, s []T, rows, cols, ld int) {
	if rows < 0 || cols < 0 || ld < cols {
		panic("kernels: " + name + ": bad shape")
	}
	if rows > 0 && cols > 0 && len(s) < (rows-1)*ld+cols {
		panic("kernels: " + name + ": slice too short")
	}
}

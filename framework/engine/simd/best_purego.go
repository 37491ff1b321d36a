//go:build !cgo || purego

package simd

// best is the most that this build has.
func best() Level { return Generic }

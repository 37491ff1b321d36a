//go:build !linux

package sdk

import "os"

// divertStdout sends Go's prints to standard error and returns the real
// standard output.
func divertStdout() *os.File {
	real := os.Stdout
	os.Stdout, stdio.out = os.Stderr, os.Stderr
	return real
}

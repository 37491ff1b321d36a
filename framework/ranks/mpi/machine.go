package mpi

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// adapters are where Linux has network adapters that reach into memory by themselves:
// InfiniBand, Omni-Path, RoCE and EFA; Slingshot.
var adapters = []string{"/sys/class/infiniband/*", "/sys/class/cxi/*"}

// registers says whether a library may register memory with the network of this machine. Those
// that have an adapter use it also between ranks of one machine.
func registers() bool {
	return slices.ContainsFunc(adapters, func(pattern string) bool {
		found, _ := filepath.Glob(pattern)
		return len(found) > 0
	})
}

// machine is a number of 128 bits, as the bits of two float64, that processes on one machine have in
// common, and no others: that of the start of its kernel; elsewhere its name. The third number is 1
// where a library may register memory.
func machine() [3]float64 {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		name, _ := os.Hostname()
		id = []byte(name)
	}
	sum := sha256.Sum256(id)
	all := [3]float64{math.Float64frombits(binary.LittleEndian.Uint64(sum[:])), math.Float64frombits(binary.LittleEndian.Uint64(sum[8:]))}
	if registers() {
		all[2] = 1
	}
	return all
}

// near says whether the machines of ranks, one after the other, are one, in which nothing
// is registered.
func near(all []float64) bool {
	const n = len([3]float64{})
	for i, x := range all {
		if math.Float64bits(x) != math.Float64bits(all[i%n]) {
			return false
		}
	}
	return all[2] == 0
}

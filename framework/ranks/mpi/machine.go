package mpi

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"os"
)

// machine is a number of 128 bits, as the bits of two float64, that processes on one machine have in
// common, and no others: that of the start of its kernel; elsewhere its name.
func machine() [2]float64 {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		name, _ := os.Hostname()
		id = []byte(name)
	}
	sum := sha256.Sum256(id)
	return [2]float64{math.Float64frombits(binary.LittleEndian.Uint64(sum[:])), math.Float64frombits(binary.LittleEndian.Uint64(sum[8:]))}
}

//go:build cgo && unix

package mpi

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// sizesOfBench are the numbers that all ranks have together: the f_i of a batch, and vectors
// as long as theta.
var sizesOfBench = []int{1024, 100_000, 1_000_000}

// BenchmarkGather is the time of a Gather of two ranks, the same number from each; far: with the
// copies that keep Go's memory from the network.
func BenchmarkGather(b *testing.B) {
	for _, l := range launchers(b) {
		for _, n := range sizesOfBench {
			b.Run(fmt.Sprintf("%s/%d", l.name, n), func(b *testing.B) { l.measure(b, n) })
			b.Run(fmt.Sprintf("%s/%d/far", l.name, n), func(b *testing.B) { l.measure(b, n, "MPI_TEST_FAR=1") })
		}
	}
}

func (l launcher) measure(b *testing.B, n int, more ...string) {
	code, out := l.run(b, 2, "speed", append(more, fmt.Sprintf("MPI_TEST_NUMBERS=%d", n), fmt.Sprintf("MPI_TEST_CALLS=%d", b.N))...)
	found := regexp.MustCompile(`(\d+) ns`).FindStringSubmatch(out)
	if code != 0 || found == nil {
		b.Fatalf("exit code %d\n%s", code, out)
	}
	ns, _ := strconv.ParseFloat(found[1], 64)
	b.ReportMetric(ns/float64(b.N), "ns/op") // without the start of ranks
}

// speed measures calls of Gather.
func speed() int {
	w := joined()
	w.Comm.(*comm).near = os.Getenv("MPI_TEST_FAR") == ""
	n, calls := numberOf("MPI_TEST_NUMBERS"), numberOf("MPI_TEST_CALLS")
	counts := make([]int, w.Size())
	for i := range counts {
		counts[i] = n / w.Size()
	}
	mine, all := make([]float64, counts[0]), make([]float64, counts[0]*w.Size())
	start := time.Time{}
	for k := range calls + 3 { // the first are slower
		if k == 3 {
			start = time.Now()
		}
		if err := w.Gather(all, mine, counts); err != nil {
			fmt.Println(err)
			w.Abort(5)
		}
	}
	if took := time.Since(start); w.Rank() == 0 {
		fmt.Printf("%d ns\n", took.Nanoseconds())
	}
	w.Leave(0)
	return 0
}

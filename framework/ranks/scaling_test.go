package ranks_test

import (
	"fmt"
	"math"
)

// step is what a training step costs on one rank of one thread, in seconds, and what R ranks say to each
// other in it.
type step struct {
	shared  float64 // falls with R down to a share of the batch: draws, energies, derivatives, pull-backs
	shares  int     // of the batch
	owned   float64 // falls with R: the optimiser, the sums of nodes
	serial  float64 // on all ranks alike: copies of theta and gradient, the norm; factorisation
	several float64 // likewise, but of one rank nothing
	tiles   float64 // the Fisher matrix
	largest float64 // of its tiles
	numbers float64 // that come to a rank, each of 8 bytes
	calls   float64 // of MPI, each with a delay that grows like log2 R
	perRank float64 // calls that are made once for each rank, one after the other
}

// Of a network: 2 us, 12 GB/s; and the way to the thread that calls MPI, measured (docs/cluster.md).
const (
	latency   = 2e-6
	bandwidth = 12e9
	hop       = 12e-6
)

// on is the time of a step on R ranks.
func (s step) on(ranks int) float64 {
	r := float64(ranks)
	time := s.shared/math.Min(r, float64(s.shares)) + s.owned/r + s.serial + math.Max(s.tiles/r, s.largest)
	if ranks == 1 {
		return time - math.Max(s.tiles, s.largest) + s.tiles
	}
	time += s.several + s.numbers*8*(r-1)/r/bandwidth
	time += s.calls*(hop+latency*math.Ceil(math.Log2(r))) + s.perRank*r*(hop+latency*math.Ceil(math.Log2(r)))
	return time
}

// mpi is the share of a step that is spent in MPI, of ranks that wait for nobody.
func (s step) mpi(ranks int) float64 {
	silent := s
	silent.numbers, silent.calls, silent.perRank = 0, 0, 0
	if ranks == 1 {
		return 0
	}
	return 1 - (silent.on(ranks) / s.on(ranks))
}

// van is a masked network of 16 x 16 spins, P = 792 832, batch 1024. Of 239 ms on one thread a profile gives Adam
// 3 % and the copies of theta and gradient between host and plugin 1.5 %.
func van(shares int) step {
	return step{shared: 0.227, shares: shares, owned: 7.5e-3, serial: 4.5e-3, numbers: 2 * 792_832, calls: 8, perRank: 1}
}

// electrons are N of them, batch 512, P = 5826 + 1008. Of 13, with the Laplacian along all axes, a profile gives 1.95 s for what is shared, 0.16 s
// for scores, 0.21 s for the matrix; of 61, with an estimate of it, 15.5 ms and 6.8 ms of scores for a configuration, and
// both grow like N^2. 5826 + 2 1008 scores of each configuration come to each rank; that they cross the border of
// its plugin, in shared memory, at 1 GB/s is a cautious guess.
func electrons(n, shares int) step {
	const scores, border = 512 * (5826 + 2*1008), 1e9 / 8
	shared := 1.95 + 0.163
	if n > 15 {
		shared = 512 * (15.5e-3 + 6.8e-3) * float64(n*n) / (61 * 61)
	}
	return step{shared: shared, shares: shares, serial: 0.03, several: scores / border, tiles: 0.21, largest: 0.21 * 5826 / (3*5826 + 9.4*1024),
		numbers: 831_744 + scores, calls: 22}
}

// Where more ranks gain no more, by the costs that were measured. The table is that of docs/cluster.md.
func Example_scaling() {
	const all = 1 << 20 // shares as many as ranks
	for _, row := range []struct {
		name string
		step step
	}{
		{"VAN L = 16", van(16)},
		{"- with more shares", van(all)},
		{"13 electrons", electrons(13, 8)},
		{"29 electrons", electrons(29, 8)},
		{"37 electrons", electrons(37, 8)},
		{"61 electrons", electrons(61, 8)},
		{"- with more shares", electrons(61, all)},
	} {
		fmt.Printf("%-20s", row.name)
		for _, ranks := range []int{2, 4, 8, 32, 128} {
			fmt.Printf(" %5.2f", row.step.on(1)/row.step.on(ranks))
		}
		fmt.Printf("  %4.1f %%\n", 100*row.step.mpi(2))
	}
	// Output:
	// VAN L = 16            1.95  3.73  6.82 11.48 10.24   0.5 %
	// - with more shares    1.95  3.73  6.82 17.40 21.89   0.5 %
	// 13 electrons          1.92  3.64  6.28  6.27  6.27   0.2 %
	// 29 electrons          1.93  3.70  6.51  6.51  6.50   0.1 %
	// 37 electrons          1.96  3.80  6.99  6.98  6.98   0.1 %
	// 61 electrons          1.98  3.92  7.58  7.58  7.58   0.0 %
	// - with more shares    1.98  3.92  7.58 24.93 58.22   0.0 %
}

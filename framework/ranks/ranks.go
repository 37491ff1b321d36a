// Package ranks is what the processes of one run say to each other. Each of them
// runs the same loop on its own rows of every batch, and all have the same
// parameters. One process alone, and goroutines for tests, are built here.
package ranks

// Comm joins the ranks of a run. All ranks make the same calls in the same order;
// a call returns when all have made it. An error is the same kind of failure on
// every rank, and ends the run.
type Comm interface {
	// Rank of this process, from 0 to Size() - 1.
	Rank() int
	Size() int
	// Gather puts the numbers of all ranks into all, those of rank 0 first. counts
	// are how many each rank has; len(mine) = counts[Rank()], len(all) their sum. all and
	// mine share no memory. Their bits arrive as they are, those of NaN, too.
	Gather(all, mine []float64, counts []int) error
	// Columns cuts rows of numbers that each rank has into columns for each. mine are rows[Rank()]
	// rows of sum(columns) numbers; all gets of the rows of every rank, those of rank 0 first,
	// the columns of this rank, those after the columns of the ranks before it: sum(rows) rows
	// of columns[Rank()] numbers. rows and columns are the same on all ranks.
	Columns(all, mine []float64, rows, columns []int) error
	// Broadcast copies v of the rank root to v of all others. Its length is the same
	// on all.
	Broadcast(v []float64, root int) error
	// Barrier returns when all ranks have called it.
	Barrier() error
	// Split parts the ranks: those that give the same group, which is 0 or more, get
	// a communicator of their own, in which they stand by key, and of equal keys as
	// they stood. It and this one may both be used, one call of a rank at a time. group
	// and key have 32 bits.
	Split(group, key int) (Comm, error)
}

// Alone is a run of one process.
type Alone struct{}

var _ Comm = Alone{}

// Rank implements Comm.
func (Alone) Rank() int { return 0 }

// Size implements Comm.
func (Alone) Size() int { return 1 }

// Gather implements Comm.
func (Alone) Gather(all, mine []float64, _ []int) error {
	copy(all, mine)
	return nil
}

// Columns implements Comm.
func (Alone) Columns(all, mine []float64, _, _ []int) error {
	copy(all, mine)
	return nil
}

// Broadcast implements Comm.
func (Alone) Broadcast([]float64, int) error { return nil }

// Barrier implements Comm.
func (Alone) Barrier() error { return nil }

// Split implements Comm.
func (Alone) Split(int, int) (Comm, error) { return Alone{}, nil }

package ranks

// GatherAll returns the numbers of all ranks, those of rank 0 first. Ranks may have different numbers
// of them, and know only their own.
func GatherAll(c Comm, mine []float64) ([]float64, error) {
	if c.Size() == 1 {
		return mine, nil
	}
	lengths := make([]float64, c.Size())
	if err := c.Gather(lengths, []float64{float64(len(mine))}, evenly(c, 1)); err != nil {
		return nil, err
	}
	counts := make([]int, c.Size())
	for rank, n := range lengths {
		counts[rank] = int(n)
	}
	all := make([]float64, sum(counts))
	return all, c.Gather(all, mine, counts)
}

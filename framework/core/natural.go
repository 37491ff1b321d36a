package core

// A natural gradient on several ranks. Each computes the scores of its own configurations and gets those
// of the others. The matrix that a model factorises is made of tiles, each one product of scores,
// of which each rank makes some. All solve.

// PowerNaturalShares declares that the model is a NaturalSharer.
const PowerNaturalShares Power = "natural_shares"

// NaturalSharer is a NaturalPuller whose natural gradients several ranks make together. For a batch each calls
// NaturalScores of the [Nodes] of its own configurations, next NaturalTiles with the scores of all and
// for a share of its own, and next NaturalSolve with the tiles of all shares, one after the other.
type NaturalSharer interface {
	NaturalPuller
	// NaturalScores has the arguments of NaturalPull, for a node of the whole batch, and writes
	// Spec().Scores numbers of each configuration into scores, one configuration after the other; each has
	// the same bits in any node. Into grad goes the node's sum, as of Pull, of those
	// components of the gradient that are sums over nodes; what NaturalTiles makes of the scores is 0 there.
	NaturalScores(grad, scores []float64, b *Batch, w []float64, v []complex128) error
	// NaturalTiles has the arguments of NaturalPull, the same whole batch on all ranks, with the sum over all nodes of
	// grad, the scores of all configurations in their order, and its share 0 <= share < shares. It
	// returns the share of what the matrices are put together of. Shares may
	// have different lengths. The result is valid until the next call.
	NaturalTiles(b *Batch, w []float64, v []complex128, grad, scores []float64, share, shares int) (tiles []float64, err error)
	// NaturalSolve writes what NaturalPull does, bit for bit, for the batch of NaturalTiles. Only share 0
	// notices what is to be noticed once.
	NaturalSolve(grad, step []float64, damping float64, tiles []float64, share int) error
}

func naturalTiles(m NaturalSharer, c *Call) error {
	share, shares, err := shareOf(c.In)
	if err != nil {
		return err
	}
	tiles, err := m.NaturalTiles(c.In, LogP.Of(c.Bar), absent(LogPsi.Of(c.Bar)), Gradient.Of(c.In), Scores.Of(c.In), share, shares)
	Tiles.Put(c.Out, tiles)
	return err
}

func naturalSolve(m NaturalSharer, c *Call) error {
	share, _, err := shareOf(c.In)
	if err != nil {
		return err
	}
	return m.NaturalSolve(Gradient.Of(c.Out), Direction.Of(c.Out), Damping.Of(c.In)[0], Tiles.Of(c.In), share)
}

// absent is nil for cotangents that were not given.
func absent(v []complex128) []complex128 {
	if len(v) == 0 {
		return nil
	}
	return v
}

// PutShare says in b that a rank has share k of so many.
func PutShare(b *Batch, k, shares int) {
	v := Share.Room(b, 2)
	v[0], v[1] = float64(k), float64(shares)
}

func shareOf(b *Batch) (share, shares int, err error) {
	v := Share.Of(b)
	if len(v) != 2 || !(v[0] >= 0 && v[0] < v[1]) {
		return 0, 0, Errorf(Invalid, "natural_tiles", "", "the share is %v, want its number and how many there are", v)
	}
	return int(v[0]), int(v[1]), nil
}

package core

// A natural gradient on several ranks. The matrix that a model factorises is made of tiles, each
// one product of scores; ranks that have all scores each make some of the tiles.

// PowerNaturalShares declares that the model is a NaturalSharer.
const PowerNaturalShares Power = "natural_shares"

// NaturalSharer is a NaturalPuller whose Fisher matrices several ranks make together. Each calls
// NaturalTiles, for a share of its own, and next NaturalSolve with the tiles of all shares, one
// after the other.
type NaturalSharer interface {
	NaturalPuller
	// NaturalTiles has the arguments of NaturalPull, the same whole batch on all ranks, and
	// returns share 0 <= share < shares of what the matrices are put together of. Shares may
	// have different lengths. The result is valid until the next call.
	NaturalTiles(b *Batch, w []float64, v []complex128, share, shares int) (tiles []float64, err error)
	// NaturalSolve writes what NaturalPull does, bit for bit, for the batch of NaturalTiles. Only share 0
	// notices what is to be noticed once.
	NaturalSolve(grad, step []float64, damping float64, tiles []float64, share int) error
}

func naturalTiles(m NaturalSharer, c *Call) error {
	share, shares, err := shareOf(c.In)
	if err != nil {
		return err
	}
	tiles, err := m.NaturalTiles(c.In, LogP.Of(c.Bar), absent(LogPsi.Of(c.Bar)), share, shares)
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

package ranks

import (
	"encoding/binary"
	"math"
)

// Bytes travel as the bits of float64, eight in each, of which a Comm makes
// copies and nothing else: some are signalling NaN, which arithmetic would change.

// BroadcastBytes returns b of the rank root on all ranks; what the others give is
// not looked at. Lengths may differ.
func BroadcastBytes(c Comm, b []byte, root int) ([]byte, error) {
	if c.Size() == 1 {
		return b, nil
	}
	length := []float64{float64(len(b))}
	if err := c.Broadcast(length, root); err != nil {
		return nil, err
	}
	var words []float64
	if c.Rank() == root {
		words = pack(b)
	} else {
		words = make([]float64, wordsOf(int(length[0])))
	}
	if err := c.Broadcast(words, root); err != nil {
		return nil, err
	}
	if c.Rank() == root {
		return b, nil
	}
	return unpack(words, int(length[0])), nil
}

// GatherBytes returns the bytes of all ranks, by rank, on all of them. Each may
// have another number of them.
func GatherBytes(c Comm, mine []byte) ([][]byte, error) {
	if c.Size() == 1 {
		return [][]byte{mine}, nil
	}
	lengths := make([]float64, c.Size())
	if err := c.Gather(lengths, []float64{float64(len(mine))}, evenly(c, 1)); err != nil {
		return nil, err
	}
	counts, total := make([]int, c.Size()), 0
	for rank, n := range lengths {
		counts[rank] = wordsOf(int(n))
		total += counts[rank]
	}
	words := make([]float64, total)
	if err := c.Gather(words, pack(mine), counts); err != nil {
		return nil, err
	}
	all := make([][]byte, c.Size())
	for rank, n := range lengths {
		all[rank] = unpack(words[:counts[rank]], int(n))
		words = words[counts[rank]:]
	}
	return all, nil
}

// wordsOf is how many float64 hold n bytes.
func wordsOf(n int) int { return (n + 7) / 8 }

func pack(b []byte) []float64 {
	words := make([]float64, wordsOf(len(b)))
	for i := range words {
		var eight [8]byte
		copy(eight[:], b[8*i:])
		words[i] = math.Float64frombits(binary.LittleEndian.Uint64(eight[:]))
	}
	return words
}

func unpack(words []float64, n int) []byte {
	b := make([]byte, 0, 8*len(words))
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(w))
	}
	return b[:n]
}

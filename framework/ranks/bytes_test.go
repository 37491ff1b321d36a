package ranks_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// texts are of all lengths around a word, and of bits that are signalling NaN,
// quiet NaN with a payload, -0 and a subnormal number as float64.
func texts() [][]byte {
	all := [][]byte{{}, {0}, []byte("theta"), []byte("12345678"), []byte("123456789"), bytes.Repeat([]byte{0xff}, 17)}
	var bits []byte
	for _, w := range []uint64{0x7ff0000000000001, 0xfff4dead0000beef, 0x7ff8000000000123, 0x8000000000000000, 1} {
		bits = binary.LittleEndian.AppendUint64(bits, w)
	}
	return append(all, bits)
}

func TestBytes(t *testing.T) {
	all := texts()
	n := len(all)
	together(n, func(c ranks.Comm) {
		for root, want := range all {
			mine := []byte("not looked at")
			if root == c.Rank() {
				mine = want
			}
			if got, err := ranks.BroadcastBytes(c, mine, root); err != nil || !bytes.Equal(got, want) {
				t.Errorf("rank %d has %x from rank %d, %v, want %x", c.Rank(), got, root, err, want)
			}
		}
		got, err := ranks.GatherBytes(c, all[c.Rank()])
		if err != nil || len(got) != n {
			t.Errorf("rank %d gathered %x, %v", c.Rank(), got, err)
			return
		}
		for rank := range all {
			if !bytes.Equal(got[rank], all[rank]) {
				t.Errorf("rank %d gathered %x from rank %d, want %x", c.Rank(), got[rank], rank, all[rank])
			}
		}
	})
	for _, want := range all {
		got, err := ranks.BroadcastBytes(ranks.Alone{}, want, 0)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("alone: %x, %v", got, err)
		}
		if got, err := ranks.GatherBytes(ranks.Alone{}, want); err != nil || len(got) != 1 || !bytes.Equal(got[0], want) {
			t.Errorf("alone: %x, %v", got, err)
		}
	}
}

// Package rankstest holds a ranks.Comm to its contract, whatever carries it.
package rankstest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// Comm makes all calls of c, and of parts of it, and compares what they give with what
// they should. All ranks call it together; the error is what this rank found.
func Comm(c ranks.Comm) error {
	for _, f := range []func(ranks.Comm) error{numbers, columns, texts, parts, agreement} {
		if err := f(c); err != nil {
			return fmt.Errorf("rank %d of %d: %w", c.Rank(), c.Size(), err)
		}
	}
	return nil
}

// bits are those of numbers that arithmetic, or a copy by the registers of an x87, would
// change: signalling NaN, quiet NaN with a payload, -0, a subnormal number; and pi.
var bits = []uint64{0x7ff0000000000001, 0xfff4dead0000beef, 0x7ff8000000000123, 0x8000000000000000, 1, math.Float64bits(math.Pi)}

// of are n numbers that no other rank has, in no other round, with the bits above.
func of(rank, round, n int) []float64 {
	v := make([]float64, n)
	for k := range v {
		v[k] = float64(1000*rank + 10*round + k)
		if k >= 2 {
			v[k] = math.Float64frombits(bits[(rank+round+k)%len(bits)])
		}
	}
	return v
}

func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
}

// numbers gathers and broadcasts, one call after the other, which must not mix.
func numbers(c ranks.Comm) error {
	for round := range 12 {
		counts, want := make([]int, c.Size()), []float64{}
		for rank := range counts {
			counts[rank] = (rank + round) % 9 // some have nothing
			want = append(want, of(rank, round, counts[rank])...)
		}
		all := make([]float64, len(want))
		if err := c.Gather(all, of(c.Rank(), round, counts[c.Rank()]), counts); err != nil {
			return err
		}
		if !same(all, want) {
			return fmt.Errorf("gathered %v in round %d, want %v", all, round, want)
		}
		root, n := round%c.Size(), (round*5)%11
		v := of(c.Rank(), round, n)
		if err := c.Broadcast(v, root); err != nil {
			return err
		}
		if !same(v, of(root, round, n)) {
			return fmt.Errorf("has %v of rank %d in round %d, want %v", v, root, round, of(root, round, n))
		}
		if err := c.Barrier(); err != nil {
			return err
		}
	}
	return nil
}

// words are of all lengths around the 8 bytes of a number, and all the bits above.
func words(rank int) []byte {
	b := bytes.Repeat([]byte{byte(rank), 0xff}, 9)[:rank%18]
	for _, w := range bits {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b[:len(b)-rank%3]
}

// texts sends bytes.
func texts(c ranks.Comm) error {
	for root := range c.Size() {
		mine := []byte("not looked at")
		if root == c.Rank() {
			mine = words(root)
		}
		if got, err := ranks.BroadcastBytes(c, mine, root); err != nil || !bytes.Equal(got, words(root)) {
			return fmt.Errorf("has %x of rank %d, want %x (%w)", got, root, words(root), err)
		}
		mine = nil
		if got, err := ranks.BroadcastBytes(c, mine, root); err != nil || len(got) > 0 {
			return fmt.Errorf("has %x of rank %d, want nothing (%w)", got, root, err)
		}
	}
	got, err := ranks.GatherBytes(c, words(c.Rank()))
	if err != nil || len(got) != c.Size() {
		return fmt.Errorf("gathered %x (%w)", got, err)
	}
	for rank := range got {
		if !bytes.Equal(got[rank], words(rank)) {
			return fmt.Errorf("gathered %x of rank %d, want %x", got[rank], rank, words(rank))
		}
	}
	return nil
}

// parts makes three groups, turned round by the key; then each parts again, by equal
// keys, which keep the order. Part and whole are used in turns.
func parts(c ranks.Comm) error {
	var mates []float64
	for rank := c.Size() - 1; rank >= 0; rank-- {
		if rank%3 == c.Rank()%3 {
			mates = append(mates, float64(rank))
		}
	}
	part, err := c.Split(c.Rank()%3, -c.Rank())
	if err != nil {
		return err
	}
	again, err := part.Split(5, 0)
	if err != nil {
		return err
	}
	everybody := make([]float64, c.Size())
	for rank := range everybody {
		everybody[rank] = float64(rank)
	}
	for range 3 {
		for _, x := range []struct {
			comm ranks.Comm
			want []float64
		}{{part, mates}, {c, everybody}, {again, mates}} {
			all := make([]float64, x.comm.Size())
			if len(all) != len(x.want) || x.want[x.comm.Rank()] != float64(c.Rank()) {
				return fmt.Errorf("is rank %d of %d in a part with %v", x.comm.Rank(), len(all), x.want)
			}
			if err := x.comm.Gather(all, []float64{float64(c.Rank())}, slices.Repeat([]int{1}, len(all))); err != nil {
				return err
			}
			if !slices.Equal(all, x.want) {
				return fmt.Errorf("is in a part with %v, want %v", all, x.want)
			}
		}
	}
	return nil
}

// agreement tells all ranks the error of the last, of its kind and with its words.
func agreement(c ranks.Comm) error {
	if err := ranks.Agree(c, nil); err != nil {
		return err
	}
	var mine error
	if c.Rank() == c.Size()-1 {
		mine = &core.Error{Kind: core.Numeric, Op: "evaluate", Err: errors.New("sample 3: E is NaN, élan")}
	}
	err := ranks.Agree(c, mine)
	want := "evaluate: sample 3: E is NaN, élan"
	if c.Size() > 1 {
		want = fmt.Sprintf("rank %d: %s", c.Size()-1, want)
	}
	if core.KindOf(err) != core.Numeric || err.Error() != want {
		return fmt.Errorf("agreed on %v of kind %v, want %q", err, core.KindOf(err), want)
	}
	return nil
}

package ranks

import (
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Agree returns the error of the first rank that has one, on all ranks, so that
// all end or go on alike. Of several ranks it names the one that failed, unless all did,
// with the same words; the others get its kind and text.
func Agree(c Comm, err error) error {
	_, err = Tell(c, err, 0)
	return err
}

// Tell is Agree, and returns the flags, bits below 2^50, that any rank has raised. A
// stop or a decision of one rank rides so on a call that is made anyway.
func Tell(c Comm, err error, flags uint64) (uint64, error) {
	if c.Size() == 1 {
		return flags, err
	}
	const numbers = 4
	mine := []float64{none, 0, float64(flags), 0}
	if err != nil {
		mine[0], mine[1], mine[3] = own, float64(core.KindOf(err)), float64(crc32.ChecksumIEEE([]byte(err.Error())))
		if isAgreed(err) {
			mine[0] = common
		}
	}
	all := make([]float64, numbers*c.Size())
	if e := c.Gather(all, mine, evenly(c, numbers)); e != nil {
		return 0, e
	}
	raised, first, alike := uint64(0), -1, true
	for rank := range c.Size() {
		raised |= uint64(all[numbers*rank+2])
		alike = alike && all[numbers*rank] == all[0] && all[numbers*rank+3] == all[3]
		if first < 0 && all[numbers*rank] != none {
			first = rank
		}
	}
	if first < 0 {
		return raised, nil
	}
	return raised, share(c, first, alike || all[numbers*first] == common, core.Kind(all[numbers*first+1]), err)
}

// What a rank has: no error, one of its own, or one that all ranks agreed on before.
const (
	none = iota
	own
	common
)

// agreed is an error that all ranks have.
type agreed struct{ err *core.Error }

func (a *agreed) Error() string { return a.err.Error() }

func (a *agreed) Unwrap() error { return a.err }

func isAgreed(err error) bool { return errors.As(err, new(*agreed)) }

// share makes err of a rank that of all.
func share(c Comm, rank int, named bool, kind core.Kind, err error) error {
	var text []byte
	if rank == c.Rank() {
		text = []byte(err.Error())
	}
	text, e := BroadcastBytes(c, text, rank)
	switch {
	case e != nil:
		return e
	case named && isAgreed(err):
		return err
	case rank != c.Rank():
		err = errors.New(string(text))
	}
	shared := &core.Error{Kind: kind, Err: err}
	if !named {
		shared.Op = fmt.Sprintf("rank %d", rank)
	}
	return &agreed{shared}
}

// evenly is n numbers of each rank.
func evenly(c Comm, n int) []int {
	counts := make([]int, c.Size())
	for i := range counts {
		counts[i] = n
	}
	return counts
}

package enginetest

import (
	"iter"
	"testing"
)

// Loop is the loop of a benchmark: b.N turns, which alone are timed. It takes the place of
// b.Loop, whose first run is the one that counts and comes before the threads of -cpu are
// set: with -cpu 1,2 it calls a run on two threads one on one. So does any benchmark with
// -benchtime 1x.
func Loop(b *testing.B) iter.Seq[int] {
	return func(turn func(int) bool) {
		b.ResetTimer()
		for i := range b.N {
			if !turn(i) {
				return
			}
		}
		b.StopTimer()
	}
}

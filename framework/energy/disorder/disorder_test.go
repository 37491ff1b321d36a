package disorder

import (
	"math"
	"slices"
	"testing"
)

// The first outputs for seed 1234567 as listed for splitmix64 on Rosetta Code.
func TestStreamIsSplitmix64(t *testing.T) {
	s := Stream(1234567)
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := s.Uint64(); got != want {
			t.Errorf("output %d is %d, want %d", i, got, want)
		}
	}
}

// Skipping outputs is drawing them; the last of the five above is the fifth.
func TestSkip(t *testing.T) {
	s := Stream(1234567).Skip(3).Skip(1)
	if got := s.Uint64(); got != 16408922859458223821 {
		t.Errorf("output 4 is %d", got)
	}
	drawn, skipped := Stream(1234567), Stream(1234567).Skip(5)
	for range 5 {
		drawn.Uint64()
	}
	if drawn != skipped {
		t.Errorf("%d behind five outputs, %d when they are skipped", drawn, skipped)
	}
}

// Normal and Sign follow their documented rules from those outputs.
func TestRules(t *testing.T) {
	s := Stream(1234567)
	u := float64(6457827717110365317/2048+1) / math.Exp2(53)
	v := float64(3203168211198807973/2048) / math.Exp2(53)
	if got, want := s.Normal(), math.Sqrt(-2*math.Log(u))*math.Cos(2*math.Pi*v); got != want {
		t.Errorf("Normal is %v, want %v", got, want)
	}
	// 9817491932198370423 and 16408922859458223821 are above 2^63, the one between is not.
	if got := []float64{s.Sign(), s.Sign(), s.Sign()}; !slices.Equal(got, []float64{1, -1, 1}) {
		t.Errorf("signs %v, want + - +", got)
	}
}

// Every order of three sites comes up, about equally often: 6000 draws, so
// each count is 1000 with a standard deviation of 29.
func TestPermIsUniform(t *testing.T) {
	s := Stream(1)
	counts := map[[3]int]int{}
	for range 6000 {
		counts[[3]int(s.Perm(3))]++
	}
	if len(counts) != 6 {
		t.Errorf("%d orders of 3", len(counts))
	}
	for order, n := range counts {
		if n < 850 || n > 1150 {
			t.Errorf("order %v came up %d times of 6000", order, n)
		}
	}
}

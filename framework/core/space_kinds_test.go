package core

import (
	"slices"
	"strings"
	"testing"
)

func TestKindsOfParticles(t *testing.T) {
	s := spaces["spinful"]
	if s.Fits(Space{Kind: s.Kind, Shape: s.Shape, Periodic: true, Box: s.Box}) {
		t.Error("particles of two kinds fit those of one")
	}
	if text := s.String(); text != "particles [5 2] of the kinds [3 2], periodic" {
		t.Error(text)
	}
	if !slices.Equal(s.Alike(), []int{3, 2}) || !slices.Equal(spaces["box"].Alike(), []int{3}) || !s.HasKinds() || spaces["mixed"].HasKinds() {
		t.Error("numbers of particles of a kind")
	}
	for _, kinds := range [][]int{{}, {5}, {3, 3}, {5, 0}, {6, -1}, {1 << 62, 1 << 62, 5}} {
		s.Kinds = kinds
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), "are not two or more numbers of particles whose sum is that of particles [5 2]") {
			t.Errorf("kinds %v: %v", kinds, err)
		}
	}
	spins := Space{Kind: Spins, Shape: []int{2, 2}, Kinds: []int{1, 1}}
	if spins.Check() == nil {
		t.Error("spins have kinds")
	}
}

// 3! 2! permutations keep the kinds of 3 and 2 particles, of the 5! of all.
func TestPermutationWithinKinds(t *testing.T) {
	group, err := Images(spaces["spinful"], 1000, Permutation)
	if err != nil || len(group) != 12 {
		t.Fatalf("%d permutations, %v", len(group), err)
	}
	for _, g := range group {
		for to, from := range g.From {
			if (to < 6) != (from < 6) {
				t.Fatalf("%v exchanges kinds", g.From)
			}
		}
	}
}

func TestIsState(t *testing.T) {
	s := spaces["spinful"]
	for _, c := range []struct {
		k  []int32
		is bool
	}{
		{[]int32{0, 1, 5, 0, 1}, true}, {[]int32{0, 1, 5, 4, 5}, true},
		{[]int32{0, 1, 6, 0, 1}, false}, {[]int32{0, 1, 1, 0, 1}, false}, {[]int32{0, 1, 2, 3, 3}, false},
		{[]int32{0, 1, 2, -1, 3}, false}, {[]int32{0, 1, 2, 3}, false}, {[]int32{0, 1, 2, 0, 1, 2}, false},
	} {
		if got := s.IsState(c.k, 6); got != c.is {
			t.Errorf("%v: %v", c.k, got)
		}
	}
	if alike := spaces["box"]; alike.IsState([]int32{0, 1, 0}, 6) || !alike.IsState([]int32{0, 1, 2}, 6) || testing.AllocsPerRun(10, func() { alike.IsState([]int32{0, 1, 2}, 6) }) > 0 {
		t.Error("a state of particles that are alike")
	}
}

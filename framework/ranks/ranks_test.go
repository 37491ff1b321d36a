package ranks_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// together runs f on n ranks.
func together(n int, f func(c ranks.Comm)) {
	var group sync.WaitGroup
	for _, c := range ranks.Together(n) {
		group.Add(1)
		go func() {
			defer group.Done()
			f(c)
		}()
	}
	group.Wait()
}

func TestGatherAndBroadcast(t *testing.T) {
	for _, n := range []int{2, 3, 7} {
		counts, want := make([]int, n), []float64{}
		for rank := range n {
			counts[rank] = rank % 3 // some have nothing
			for k := range counts[rank] {
				want = append(want, float64(10*rank+k))
			}
		}
		together(n, func(c ranks.Comm) {
			mine := make([]float64, counts[c.Rank()])
			for round := range 50 { // one after the other, without mixing
				for k := range mine {
					mine[k] = float64(10*c.Rank() + k)
				}
				all := make([]float64, len(want))
				if err := c.Gather(all, mine, counts); err != nil || !slices.Equal(all, want) {
					t.Errorf("rank %d of %d gathered %v, %v, want %v", c.Rank(), n, all, err, want)
				}
				v := []float64{float64(c.Rank()), float64(round)}
				root := round % n
				if err := c.Broadcast(v, root); err != nil || v[0] != float64(root) || v[1] != float64(round) {
					t.Errorf("rank %d of %d has %v from rank %d in round %d, %v", c.Rank(), n, v, root, round, err)
				}
			}
		})
	}
}

// An error of one rank is an error of all, of its kind and with its words.
func TestAgree(t *testing.T) {
	failure := &core.Error{Kind: core.Numeric, Op: "evaluate", Err: errors.New("sample 3: E is NaN, élan")}
	together(3, func(c ranks.Comm) {
		if err := ranks.Agree(c, nil); err != nil {
			t.Errorf("rank %d: %v", c.Rank(), err)
		}
		var mine error
		if c.Rank() == 1 {
			mine = failure
		}
		err := ranks.Agree(c, mine)
		if core.KindOf(err) != core.Numeric || !strings.Contains(fmt.Sprint(err), "sample 3: E is NaN, élan") {
			t.Errorf("rank %d: %v", c.Rank(), err)
		}
		if c.Rank() != 1 && !strings.Contains(fmt.Sprint(err), "rank 1") {
			t.Errorf("rank %d is not told whose error it is: %v", c.Rank(), err)
		}
	})
	if err := ranks.Agree(ranks.Alone{}, failure); err != error(failure) {
		t.Errorf("alone: %v", err)
	}
}

// No rank leaves a barrier before the last has come: what each did before, all see after.
func TestBarrier(t *testing.T) {
	var came atomic.Int64
	together(5, func(c ranks.Comm) {
		for round := range int64(100) {
			came.Add(1)
			if err := c.Barrier(); err != nil || came.Load() < 5*(round+1) {
				t.Errorf("rank %d is through barrier %d after %d came, %v", c.Rank(), round, came.Load(), err)
			}
		}
	})
	if err := (ranks.Alone{}).Barrier(); err != nil {
		t.Error(err)
	}
}

// Seven ranks in groups of 2, 2 and 3, turned round by the key; then each part parts again.
func TestSplit(t *testing.T) {
	want := map[int][]float64{0: {6, 3, 0}, 1: {4, 1}, 2: {5, 2}}
	together(7, func(c ranks.Comm) {
		for range 20 {
			group := c.Rank() % 3
			part, err := c.Split(group, -c.Rank())
			if err != nil || part.Size() != len(want[group]) || want[group][part.Rank()] != float64(c.Rank()) {
				t.Errorf("rank %d is %d of %d in group %d, %v", c.Rank(), part.Rank(), part.Size(), group, err)
				return
			}
			if all := gathered(t, part, float64(c.Rank())); !slices.Equal(all, want[group]) {
				t.Errorf("group %d has %v, want %v", group, all, want[group])
			}
			// Equal keys keep the order.
			again, err := part.Split(5, 0)
			if all := gathered(t, again, float64(c.Rank())); err != nil || !slices.Equal(all, want[group]) {
				t.Errorf("group %d has %v after another split, %v", group, all, err)
			}
			if all := gathered(t, c, float64(c.Rank())); !slices.Equal(all, []float64{0, 1, 2, 3, 4, 5, 6}) {
				t.Errorf("all ranks are %v after a split", all)
			}
		}
	})
	if c, err := (ranks.Alone{}).Split(3, 1); err != nil || c.Size() != 1 {
		t.Errorf("alone: %v, %v", c, err)
	}
}

// gathered is x of all ranks.
func gathered(t *testing.T, c ranks.Comm, x float64) []float64 {
	t.Helper()
	all, counts := make([]float64, c.Size()), slices.Repeat([]int{1}, c.Size())
	if err := c.Gather(all, []float64{x}, counts); err != nil {
		t.Error(err)
	}
	return all
}

func ExampleTogether() {
	var group sync.WaitGroup
	sums := make([]float64, 2)
	for _, c := range ranks.Together(2) {
		group.Add(1)
		go func() {
			defer group.Done()
			all := make([]float64, 3)
			if err := c.Gather(all, [][]float64{{1, 2}, {4}}[c.Rank()], []int{2, 1}); err != nil {
				panic(err)
			}
			sums[c.Rank()] = all[0] + all[1] + all[2]
		}()
	}
	group.Wait()
	fmt.Println(sums)
	// Output: [7 7]
}

package ranks_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
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

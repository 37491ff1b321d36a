package ranks_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/ranks/rankstest"
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

func TestComm(t *testing.T) {
	for n := 1; n <= 9; n++ {
		together(n, func(c ranks.Comm) {
			if err := rankstest.Comm(c); err != nil {
				t.Error(err)
			}
		})
	}
	if err := rankstest.Comm(ranks.Alone{}); err != nil {
		t.Error(err)
	}
}

// Alone an error stays the value that it is.
func TestAgreeAlone(t *testing.T) {
	failure := errors.New("E is NaN")
	if err := ranks.Agree(ranks.Alone{}, failure); err != failure {
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

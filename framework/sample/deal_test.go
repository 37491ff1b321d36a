package sample

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// dealt walks five chains on some ranks, through a burn-in and two draws, and returns where
// they are, by rank.
func dealt(t *testing.T, o Options, size int) (draws []core.Batch, states []core.SamplerState) {
	t.Helper()
	draws, states = make([]core.Batch, size), make([]core.SamplerState, size)
	comms := ranks.Together(size)
	var group sync.WaitGroup
	for rank, comm := range comms {
		s := open(t, o).(core.Dealt)
		state, err := s.Init(7)
		if err != nil {
			t.Fatal(err)
		}
		counts := make([]int, size)
		for k := range counts {
			counts[k] = (k+1)*o.Chains/size - k*o.Chains/size
		}
		if size > 1 {
			s.Deal(func(mine []float64, failed error) ([]float64, error) {
				all := make([]float64, o.Chains)
				err := ranks.Agree(comm, failed)
				if err == nil {
					err = comm.Gather(all, mine, counts)
				}
				return all, err
			})
			state.Chains = state.Chains.Cut(rank*o.Chains/size, (rank+1)*o.Chains/size)
		}
		group.Add(1)
		go func() {
			defer group.Done()
			var err error
			for left := 1; left > 0 && err == nil; {
				state, left, err = s.Burn(state)
			}
			for range 2 {
				if err == nil {
					state, err = s.Next(&draws[rank], state, 3*state.Chains.N)
				}
			}
			if err != nil {
				t.Error(err)
			}
			states[rank] = state
		}()
	}
	group.Wait()
	return draws, states
}

// Chains are where they are on one rank, bit for bit, on any number of ranks: those that adapt
// a step to all, and those whose proposals are numbered through all.
func TestChainsAreDealt(t *testing.T) {
	for _, method := range append(slices.Clone(stepping), MethodIndependence) {
		o := Options{Method: method, Chains: 5, BurnIn: 45, Thin: 2}
		whole, end := dealt(t, o, 1)
		for _, size := range []int{2, 3, 5} {
			draws, states := dealt(t, o, size)
			var chains []core.State
			for _, s := range states {
				chains = append(chains, s.Chains)
			}
			all, err := core.JoinStates(chains...)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(all.Rows, end[0].Chains.Rows) || !slices.Equal(all.Whole, end[0].Chains.Whole) {
				t.Errorf("%s on %d ranks: chains end elsewhere", method, size)
			}
			d := len(whole[0].X) / whole[0].N
			for k := range 3 {
				var x, e []float64
				for rank, b := range draws {
					m := states[rank].Chains.N
					if b.Chains != m {
						t.Errorf("%s: draws of %d chains, of %d", method, b.Chains, m)
					}
					x, e = append(x, b.X[k*m*d:(k+1)*m*d]...), append(e, b.E[k*m:(k+1)*m]...)
				}
				if !slices.Equal(x, whole[0].X[k*5*d:(k+1)*5*d]) || !slices.Equal(e, whole[0].E[k*5:(k+1)*5]) {
					t.Errorf("%s on %d ranks: draw %d is another", method, size, k)
				}
			}
		}
	}
}

// What goes wrong with one chain in the burn-in ends all processes.
func TestDealtChainsFailTogether(t *testing.T) {
	o := Options{Method: MethodHMC, Chains: 2}
	s := open(t, o).(core.Dealt)
	state, err := s.Init(1)
	if err != nil {
		t.Fatal(err)
	}
	s.Deal(func([]float64, error) ([]float64, error) { return nil, errors.New("rank 1: it died") })
	state.Chains = state.Chains.Cut(0, 1)
	if _, _, err := s.Burn(state); err == nil || !strings.Contains(err.Error(), "rank 1: it died") {
		t.Errorf("error %v", err)
	}
}

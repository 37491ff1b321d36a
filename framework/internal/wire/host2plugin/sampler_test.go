package host2plugin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wiretest"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// anharmonic is E = sum_j x_j^2/2 + x_j^4/4, as an author writes it.
type anharmonic struct{}

func (anharmonic) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{3}}, Units: "1", Powers: []core.Power{core.PowerSlope}}
}

func (a anharmonic) Eval(e []float64, b *core.Batch) error {
	return a.Slope(make([]float64, len(b.X)), e, b)
}

func (anharmonic) Slope(slope, e []float64, b *core.Batch) error {
	for i := range e {
		e[i] = 0
		for j, x := range b.X[3*i : 3*i+3] {
			e[i] += x*x/2 + x*x*x*x/4
			slope[3*i+j] = x + x*x*x
		}
	}
	return nil
}

// ring is E = -1/4 sum_i s_i s_(i+1) of eight spins, with its bonds.
type ring struct{}

func (ring) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{8}}, Units: "1", Powers: []core.Power{core.PowerClusters}}
}

func (ring) Eval(e []float64, b *core.Batch) error {
	for i := range e {
		e[i] = 0
		for j := range 8 {
			e[i] -= b.X[8*i+j] * b.X[8*i+(j+1)%8] / 4
		}
	}
	return nil
}

func (ring) Bonds() (core.Bonds, error) {
	return core.NewBonds("ring", 8, func(yield func(i, j int, coupling float64)) {
		for i := range 8 {
			yield(i, (i+1)%8, 0.25)
		}
	}, nil)
}

var ringPart = core.Part{
	Manifest:  core.Manifest{Kind: core.KindEnergy, Name: "ring", Version: "1", Summary: "a ring of spins", Powers: []core.Power{core.PowerClusters}},
	NewEnergy: func(core.Settings) (core.Energy, error) { return ring{}, nil },
}

var anharmonicPart = core.Part{
	Manifest:  core.Manifest{Kind: core.KindEnergy, Name: "anharmonic", Version: "1", Summary: "a quartic well", Powers: []core.Power{core.PowerSlope}},
	NewEnergy: func(core.Settings) (core.Energy, error) { return anharmonic{}, nil },
}

func samplerPart(t *testing.T, name string) core.Part {
	for _, p := range sample.Parts() {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no sampler %s", name)
	return core.Part{}
}

// drawnBy burns in and draws twice.
func drawnBy(t *testing.T, part core.Part, e core.Energy) (all [2]core.Batch, state core.SamplerState) {
	t.Helper()
	given := core.Settings{"chains": 6, "burn_in": 40, "thin": 2}
	if part.Name == "single_site" {
		given["temperatures"] = []float64{2, 3}
	}
	settings, problems := core.Complete(part.Params, given)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s, err := part.NewSampler(settings, core.Target{Energy: e, Beta: 0.7})
	check(t, err)
	state, err = s.Init(5)
	check(t, err)
	for left := 1; left > 0; {
		state, left, err = s.Burn(state)
		check(t, err)
	}
	for k := range all {
		state, err = s.Next(&all[k], state, 18)
		check(t, err)
	}
	return all, state
}

func sameDraws(t *testing.T, got, want [2]core.Batch, gotState, wantState core.SamplerState) {
	t.Helper()
	for k := range want {
		if !slices.Equal(got[k].X, want[k].X) || !slices.Equal(got[k].E, want[k].E) || !slices.Equal(got[k].Accept, want[k].Accept) || !slices.Equal(core.Swaps.Of(&got[k]), core.Swaps.Of(&want[k])) || got[k].Chains != 6 || len(got[k].LogP) != 0 {
			t.Errorf("draw %d differs", k)
		}
	}
	if !slices.Equal(gotState.Chains.Rows, wantState.Chains.Rows) || gotState.Chains.Whole[0] != wantState.Chains.Whole[0] || gotState.Drawn != wantState.Drawn || gotState.Burnt != wantState.Burnt {
		t.Error("the states differ")
	}
}

// Chains in the plugin of their energy make the moves that they would make here, bit for bit, in
// one call for each piece; and they walk here where the plugin has no samplers.
func TestChainsWalkWhereTheEnergyIs(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		for _, name := range []string{"metropolis", "mala", "hmc"} {
			part := samplerPart(t, name)
			want, wantState := drawnBy(t, part, anharmonic{})
			for _, resident := range []bool{true, false} {
				parts := []core.Part{anharmonicPart}
				if resident {
					parts = append(parts, part)
				}
				l := wiretest.Loopback(t, shared, parts...)
				c := &counting{ClientConnInterface: l.Conn}
				l.Conn = c
				e := openEnergy(t, l, "anharmonic", core.Settings{})
				c.calls = nil
				got, state := drawnBy(t, part, e.EnergyView)
				sameDraws(t, got, want, state, wantState)
				advances := 0
				for _, method := range c.calls {
					if strings.HasSuffix(method, "/Advance") {
						advances++
					}
				}
				// Four pieces of ten moves and two draws after a look at the start; or one
				// refusal, and a call for each step.
				if resident && (advances != 6 || len(c.calls) != 7) || !resident && (advances != 1 || len(c.calls) < 50) {
					t.Errorf("%s, resident %v: %d calls, %d of them Advance", name, resident, len(c.calls), advances)
				}
			}
		}
	})
}

// Spins move in the plugin as they do here: their exchanges come back with them, and clusters, for
// which the energy's bonds are needed, move nowhere else.
func TestSpinsMoveWhereTheEnergyIs(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		for _, name := range []string{"single_site", "wolff"} {
			part := samplerPart(t, name)
			want, wantState := drawnBy(t, part, ring{})
			if swaps := core.Swaps.Len(&want[1]); name == "single_site" && swaps != 2*want[1].N {
				t.Errorf("%d acceptances of exchanges of %d draws at three temperatures", swaps, want[1].N)
			}
			for _, resident := range []bool{true, false} {
				parts := []core.Part{ringPart}
				if resident {
					parts = append(parts, part)
				}
				e := openEnergy(t, wiretest.Loopback(t, shared, parts...), "ring", core.Settings{})
				if name == "wolff" && !resident {
					settings, _ := core.Complete(part.Params, core.Settings{"chains": 2})
					s, err := part.NewSampler(settings, core.Target{Energy: e.EnergyView, Beta: 1})
					check(t, err)
					state, err := s.Init(1)
					check(t, err)
					if _, _, err = s.Burn(state); core.KindOf(err) != core.Unsupported || !strings.Contains(err.Error(), "does not make clusters") {
						t.Errorf("error %v", err)
					}
					continue
				}
				got, state := drawnBy(t, part, e.EnergyView)
				sameDraws(t, got, want, state, wantState)
			}
		}
	})
}

// What a plugin says of chains has to fit what it was asked.
func TestAdvanceRefusesAnswers(t *testing.T) {
	part := samplerPart(t, "hmc")
	settings, _ := core.Complete(part.Params, core.Settings{"chains": 2, "burn_in": 10})
	for want, spoil := range map[string]func(r *wirepb.AdvanceReply){
		"is not there":             func(r *wirepb.AdvanceReply) { r.State = nil },
		"the state that came back": func(r *wirepb.AdvanceReply) { r.State.Seed++ },
		"accept is missing":        func(r *wirepb.AdvanceReply) { r.Out = r.Out[:2] },
		"2147483648 pieces":        func(r *wirepb.AdvanceReply) { r.Left = 1 << 31 },
	} {
		l := wiretest.Loopback(t, true, anharmonicPart, part)
		c := &counting{ClientConnInterface: l.Conn}
		l.Conn = c
		e, _, err := host2plugin.OpenEnergy(l, "anharmonic", core.Settings{})
		check(t, err)
		s, err := e.OpenSampler(part, settings, 1, core.Work{})
		check(t, err)
		state := core.SamplerState{Seed: 1, Chains: core.State{N: 2, Rows: make([]float64, 6), Whole: []float64{0.1}}}
		c.spoil = func(reply any) { spoil(reply.(*wirepb.AdvanceReply)) }
		if strings.Contains(want, "pieces") {
			_, _, err = s.Burn(state)
		} else {
			_, err = s.Next(&core.Batch{}, state, 4)
		}
		if core.KindOf(err) != core.Plugin || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one of a plugin with %q", err, want)
		}
	}
}

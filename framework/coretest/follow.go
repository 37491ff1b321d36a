package coretest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// energyFollow tests that changes of one number cost what E says, along a path of changes.
func energyFollow(t *testing.T, e core.Energy, o EnergyOptions) {
	f, ok := core.AbilityOf[core.Followed](e)
	if !ok || f.Follow() == nil {
		t.Skip("the energy cannot be followed")
	}
	follows(t, e, f.Follow(), o)
}

// energyBonds tests that couplings and fields are those of E, and that none is frustrated where
// that is declared.
func energyBonds(t *testing.T, e core.Energy, o EnergyOptions) {
	declared := slices.Contains(e.Spec().Powers, core.PowerClusters)
	of, ok := core.AbilityOf[core.Bonded](e)
	if !ok {
		t.Skip("the energy has no bonds")
	}
	b, err := of.Bonds()
	if core.KindOf(err) == core.Unsupported && !declared {
		t.Skip("the energy has no bonds")
	}
	if err != nil {
		t.Fatal(err)
	}
	if b.Sites() != e.Spec().Space.Size() || b.H != nil && len(b.H) != b.Sites() {
		t.Fatalf("bonds of %d sites and %d fields, of a space of %d", b.Sites(), len(b.H), e.Spec().Space.Size())
	}
	if declared && b.Frustrated() {
		t.Errorf("it declares the power %q, and its bonds are frustrated", core.PowerClusters)
	}
	follows(t, e, b.Follow(), o)
}

// follows changes one number after the other.
func follows(t *testing.T, e core.Energy, f core.Follower, o EnergyOptions) {
	t.Helper()
	values := e.Spec().Space.Values()
	if values == nil {
		t.Fatal("there are no single values to change in this space")
	}
	r, x := rand.New(rand.NewPCG(8, 1)), configurations(e.Spec().Space, o.Draw, 7, 1)
	f.Start(x)
	at := eval(t, e, x)[0]
	for range 50 {
		i := r.IntN(len(x))
		to, was := values[i][r.IntN(len(values[i]))], x[i]
		change := f.Change(i, to)
		if x[i] != was {
			t.Fatal("Change changed the configuration")
		}
		f.Set(i, to)
		if x[i] != to {
			t.Fatalf("Set left number %d at %v, and not at %v", i, x[i], to)
		}
		next := eval(t, e, x)[0]
		if want := next - at; !(math.Abs(change-want) <= o.Tolerance*(1+math.Abs(at)+math.Abs(next))) && !math.IsInf(want, 0) && want == want {
			t.Errorf("number %d from %v to %v: a change by %v, E changes by %v", i, was, to, change, want)
		}
		at = next
	}
}

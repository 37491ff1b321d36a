package coretest

import (
	"fmt"
	"math/cmplx"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// elements are the matrix elements from each configuration to those linked to it.
func elements(t *testing.T, e core.Energy, x []float64) []map[string]complex128 {
	t.Helper()
	d := e.Spec().Space.Size()
	count := make([]int32, len(x)/d)
	y, h, err := e.(core.Linker).Links(count, &core.Batch{N: len(count), X: x})
	if err != nil {
		t.Fatal(err)
	}
	all, k := make([]map[string]complex128, len(count)), 0
	for i, c := range count {
		all[i] = map[string]complex128{}
		for range c {
			if (k+1)*d > len(y) || k >= len(h) {
				t.Fatalf("%d numbers of linked configurations and %d elements, and the counts are %v", len(y), len(h), count)
			}
			all[i][fmt.Sprint(y[k*d:(k+1)*d])] += h[k]
			k++
		}
	}
	if k*d != len(y) || k != len(h) {
		t.Fatalf("%d numbers of linked configurations and %d elements, and the counts add up to %d", len(y), len(h), k)
	}
	return all
}

// energyLinks tests that H is Hermitian, H_yx = conj(H_xy), that nothing is linked to
// itself, and that links do not depend on the batch.
func energyLinks(t *testing.T, e core.Energy, o EnergyOptions) {
	energyNeeds(t, e, core.PowerLinks)
	d := e.Spec().Space.Size()
	x := configurations(e.Spec().Space, o.Draw, 41, 8)
	mine := slices.Clone(x)
	all, linked := elements(t, e, mine), 0
	same(t, "x after Links", mine, x)
	for i, of := range all {
		at := x[i*d : (i+1)*d]
		if _, ok := of[fmt.Sprint(at)]; ok {
			t.Errorf("%v is linked to itself; the diagonal belongs into Eval", at)
		}
		alone := elements(t, e, at)[0]
		count := make([]int32, 1)
		y, _, err := e.(core.Linker).Links(count, &core.Batch{N: 1, X: at})
		if err != nil {
			t.Fatal(err)
		}
		others := slices.Clone(y)
		for k := range int(count[0]) {
			linked++
			other := others[k*d : (k+1)*d]
			there, back := of[fmt.Sprint(other)], elements(t, e, other)[0][fmt.Sprint(at)]
			if cmplx.Abs(there-cmplx.Conj(back)) > o.Tolerance*cmplx.Abs(there) {
				t.Errorf("H from %v to %v is %v, and back %v", at, other, there, back)
			}
			if alone[fmt.Sprint(other)] != there {
				t.Errorf("H from %v to %v is %v, and %v in a batch", at, other, alone[fmt.Sprint(other)], there)
			}
		}
	}
	if linked == 0 {
		t.Error("8 random configurations have no links")
	}
}

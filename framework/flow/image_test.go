package flow_test

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// Orders of the groups: 2 for Z2, the number of sites for translations, 8 for
// the square and 48 for the cube, 4 for the rectangle. On a 2 x 2 torus the
// mirrors are translations and only the transpose is new.
func TestImagesAreGroups(t *testing.T) {
	for _, c := range []struct {
		shape []int
		of    []core.Symmetry
		order int
	}{
		{[]int{3}, nil, 1}, {[]int{3}, []core.Symmetry{core.Z2}, 2}, {[]int{5}, []core.Symmetry{core.Translation, core.Reflection}, 10},
		{[]int{3, 4}, []core.Symmetry{core.Translation}, 12}, {[]int{3, 3}, []core.Symmetry{core.Reflection}, 8},
		{[]int{3, 4}, []core.Symmetry{core.Reflection}, 4}, {[]int{3, 3, 3}, []core.Symmetry{core.Reflection}, 48},
		{[]int{3, 3}, []core.Symmetry{core.Reflection, core.Translation, core.Z2}, 144}, {[]int{2, 2}, []core.Symmetry{core.Translation, core.Reflection}, 8},
	} {
		group := flow.Images(c.shape, c.of...)
		if len(group) != c.order {
			t.Errorf("%v on %v has %d images, want %d", c.of, c.shape, len(group), c.order)
		}
		members := map[string]bool{}
		for _, g := range group {
			members[fmt.Sprint(g)] = true
		}
		for _, a := range group {
			for _, b := range group {
				ab := flow.Image{Perm: make([]int, len(a.Perm)), Sign: a.Sign * b.Sign}
				for i := range ab.Perm {
					ab.Perm[i] = b.Perm[a.Perm[i]]
				}
				if !members[fmt.Sprint(ab)] {
					t.Fatalf("%v on %v is not closed", c.of, c.shape)
				}
			}
		}
	}
}

func TestMalformedImages(t *testing.T) {
	for name, images := range map[string][]flow.Image{
		"identity not first": {{Sign: -1}, {Sign: 1}}, "no sign": {{Sign: 1}, {}}, "not a permutation": {{Sign: 1}, {Perm: []int{0, 0}, Sign: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			flow.New(flowtest.Autoregression(2, 4), core.Space{Kind: core.Field, Shape: []int{2}}, flow.Options{Images: images})
		})
	}
}

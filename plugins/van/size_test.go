package van

import (
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestTooLargeNetworksAreRefused(t *testing.T) {
	small, large := core.Space{Kind: core.Spins, Shape: []int{4, 4}}, core.Space{Kind: core.Spins, Shape: []int{1000, 1000}}
	for _, c := range []struct {
		config
		space core.Space
	}{
		{config{Network: "made", Depth: 1, Width: 1}, large},
		{config{Network: "made", Depth: 3, Width: 100_000_000}, small},
		{config{Network: "made", Depth: 1_000_000_000, Width: 1}, small},
		{config{Network: "pixelcnn", Depth: 3, Width: 10_000, Kernel: 13}, large},
	} {
		_, err := network[float64](c.config, c.space)
		if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "weights") {
			t.Errorf("%+v on %v: error %v", c.config, c.space.Shape, err)
		}
	}
}

// What is advised can be followed: nothing that is at its smallest already.
func TestSmaller(t *testing.T) {
	for want, c := range map[string]config{
		"fewer spins; pixelcnn does not grow with the lattice":              {Network: "made", Depth: 1, Width: 4},
		"a smaller depth; pixelcnn does not grow with the lattice":          {Network: "made", Depth: 2, Width: 1},
		"a smaller depth or width; pixelcnn does not grow with the lattice": {Network: "made", Depth: 2, Width: 4},
		"a smaller kernel":                   {Network: "pixelcnn", Depth: 1, Width: 4, Kernel: 3},
		"a smaller depth or width or kernel": {Network: "pixelcnn", Depth: 2, Width: 4, Kernel: 3},
		"fewer spins":                        {Network: "pixelcnn", Depth: 1, Width: 4, Kernel: 1},
	} {
		if got := c.smaller(); got != want {
			t.Errorf("%+v: %q, want %q", c, got, want)
		}
	}
	_, err := network[float64](config{Network: "made", Depth: 1, Width: 1}, core.Space{Kind: core.Spins, Shape: []int{1000, 1000}})
	if err == nil || strings.Contains(err.Error(), "a smaller depth") {
		t.Errorf("at depth 1: %v", err)
	}
}

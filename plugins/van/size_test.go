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
		_, err := c.network(c.space)
		if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "weights") {
			t.Errorf("%+v on %v: error %v", c.config, c.space.Shape, err)
		}
	}
}

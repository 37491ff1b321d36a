package coretest

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestChain(t *testing.T) {
	for _, s := range []core.Settings{
		{"N": 3}, {"N": 8, "J": -0.7}, {"N": 7, "J": -1.0, "h": 0.3}, {"N": 10, "J": 0.4, "h": -0.2},
	} {
		EnergyPart(t, Chain(), s, EnergyOptions{})
	}
}

func TestProduct(t *testing.T) {
	ModelPart(t, Product(), nil, core.Space{Kind: core.Spins, Shape: []int{2, 3}}, ModelOptions{})
}

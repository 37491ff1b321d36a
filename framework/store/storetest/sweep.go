// Package storetest has results to test with what reads them.
package storetest

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// Sweep has the temperatures 3 and 1 for two networks; point 1 is missing.
func Sweep() *store.Sweep {
	point := func(energy float64) *core.Results {
		e := core.Scalar("energy", "mean energy", energy, 0.5, "J", 100)
		ess := core.Scalar("effective_sample_size", "fraction", 0.25, math.NaN(), "1", 100)
		ess.Warn(core.CautionHeavyWeight, "few count")
		line := core.Estimate{Name: "line", Value: []float64{1}, Stderr: []float64{1}, Units: "1", Axes: []core.Axis{{Name: "distance", Values: []float64{1}}}}
		return &core.Results{Estimates: []core.Estimate{e, ess, line}, Exact: map[string]float64{"energy": energy - 1}, ExactSource: "enumeration"}
	}
	axes := []store.SweptAxis{
		{Axis: core.Axis{Name: "temperature", Values: []float64{3, 1}}, Key: "ensemble.temperature"},
		{Axis: core.Axis{Name: "network", Values: []float64{0, 1}}, Key: "model.network", Labels: []string{"made", "pixelcnn"}},
	}
	s := store.Merge(axes, []*core.Results{point(-8), nil, point(-32), point(-16)})
	s.Name = "curve"
	return s
}

package store

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// dimensions names the axes of one configuration, with their lengths: those of its
// sites or particles and the components of a vector. All fields of a mixed space are
// in one row.
func dimensions(s core.Space) (names []string, shape []int) {
	if s.Kind == core.Mixed {
		return []string{"component"}, []int{s.Size()}
	}
	sites := len(s.Sites())
	if names = siteAxes(sites, s.Each()); sites < len(s.Shape) {
		names = append(names, "component")
	}
	return names, s.Shape
}

func siteAxes(n int, each string) []string {
	switch {
	case n == 1:
		return []string{each}
	case n <= 3:
		return []string{"z", "y", "x"}[3-n:]
	default:
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprintf("axis%d", i)
		}
		return names
	}
}

// writeSamples writes the group /samples: configurations (draw, site...),
// log_prob and energy (draw) as far as they are known; of a density matrix also
// k (draw, occupied) and potential (draw). Spins and few levels take one byte.
func writeSamples(w *writer, b *core.Batch, s core.Space) {
	axes := []scale{indices(w, "draw", b.N)}
	names, shape := dimensions(s)
	for i, name := range names {
		axes = append(axes, indices(w, name, shape[i]))
	}
	if inBytes(s) {
		bytes := make([]int8, len(b.X))
		for i, x := range b.X {
			bytes[i] = int8(x)
		}
		array(w, s.Dataset(), bytes, axes...)
	} else {
		array(w, s.Dataset(), b.X, axes...)
	}
	logP, energy := "normalised ln p(x) of the model", "total energy E(x)"
	if len(b.K) > 0 {
		logP, energy = "normalised ln p(K) of the state", "real part of the local energy"
		writeStates(w, b, axes[0])
	}
	if len(b.LogP) > 0 {
		set := array(w, "log_prob", b.LogP, axes[0])
		attr(w, set, "units", "1")
		attr(w, set, "long_name", logP)
		if len(b.K) == 0 {
			attr(w, set, "measure", s.Measure())
		}
	}
	if len(b.E) > 0 {
		set := array(w, "energy", b.E, axes[0])
		attr(w, set, "long_name", energy)
	}
}

// inBytes tells whether all numbers of a space are small whole ones.
func inBytes(s core.Space) bool {
	values := s.Values()
	return values != nil && !slices.ContainsFunc(values, func(v []float64) bool { return slices.Max(v) > math.MaxInt8 })
}

func writeStates(w *writer, b *core.Batch, draw scale) {
	k := make([]int64, len(b.K))
	for i, orbital := range b.K {
		k[i] = int64(orbital)
	}
	set := array(w, "k", k, draw, indices(w, "occupied", len(k)/b.N))
	attr(w, set, "long_name", "state K: numbers of its occupied orbitals")
	if len(b.Potential) > 0 {
		set := array(w, "potential", b.Potential, draw)
		attr(w, set, "long_name", "potential energy V(x)")
	}
}

func readSamples(r *reader, s core.Space) *core.Batch {
	b := &core.Batch{}
	x, shape := numbers[float64](r, s.Dataset())
	if r.err != nil {
		return nil
	}
	b.X, b.N = x, shape[0]
	if r.g.HasDataset("log_prob") {
		b.LogP, _ = numbers[float64](r, "log_prob")
	}
	if r.g.HasDataset("energy") {
		b.E, _ = numbers[float64](r, "energy")
	}
	if r.g.HasDataset("k") {
		k, _ := numbers[int64](r, "k")
		for _, orbital := range k {
			b.K = append(b.K, int32(orbital))
		}
	}
	if r.g.HasDataset("potential") {
		b.Potential, _ = numbers[float64](r, "potential")
	}
	return b
}

package store

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// configurations names the dataset of configurations by what they are.
func configurations(s core.Space) string {
	switch s.Kind {
	case core.Spins:
		return "spins"
	case core.Particles:
		return "positions"
	}
	return "field"
}

// dimensions names the axes of one configuration.
func dimensions(s core.Space) []string {
	switch n := len(s.Shape); {
	case s.Kind == core.Particles && n == 2:
		return []string{"particle", "component"}
	case n == 1:
		return []string{"site"}
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
// k (draw, occupied) and potential (draw). Spins take one byte.
func writeSamples(w *writer, b *core.Batch, s core.Space) {
	axes := []scale{indices(w, "draw", b.N)}
	for i, name := range dimensions(s) {
		axes = append(axes, indices(w, name, s.Shape[i]))
	}
	if s.Kind == core.Spins {
		spins := make([]int8, len(b.X))
		for i, x := range b.X {
			spins[i] = int8(x)
		}
		array(w, configurations(s), spins, axes...)
	} else {
		array(w, configurations(s), b.X, axes...)
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
	}
	if len(b.E) > 0 {
		set := array(w, "energy", b.E, axes[0])
		attr(w, set, "long_name", energy)
	}
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
	x, shape := numbers[float64](r, configurations(s))
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

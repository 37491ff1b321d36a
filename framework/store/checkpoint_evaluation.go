package store

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// writeEvaluation writes, of a checkpoint,
//
//	/evaluation               attributes: config_sha256, phase, done, no_bound,
//	                          and of the sampler seed, drawn, burnt
//	/evaluation/chains        the sampler's chains, where it has any: rows and whole
//	/evaluation/walkers       the model's own
//	/evaluation/estimators/i  what estimator number i has gathered
//	/evaluation/samples       those that are kept
func writeEvaluation(w *writer, e *core.Evaluation) {
	attr(w, w.g, "config_sha256", e.ConfigSHA256)
	attr(w, w.g, "phase", e.Phase)
	attr(w, w.g, "done", e.Done)
	attr(w, w.g, "no_bound", e.NoBound)
	attr(w, w.g, "seed", int64(e.Sampler.Seed))
	attr(w, w.g, "drawn", int64(e.Sampler.Drawn))
	attr(w, w.g, "burnt", int64(e.Sampler.Burnt))
	attr(w, w.g, "estimators", int64(len(e.Estimators)))
	writeState(w, "chains", e.Sampler.Chains)
	writeState(w, "walkers", e.Walkers)
	for i, state := range e.Estimators {
		w.group(estimatorGroup(i), func(w *writer) { writeArrays(w, state) })
	}
	w.group("samples", func(w *writer) { writeArrays(w, e.Samples) })
}

func estimatorGroup(i int) string { return fmt.Sprintf("estimators/%03d", i) }

func readEvaluation(r *reader) *core.Evaluation {
	e := &core.Evaluation{
		ConfigSHA256: readAttr[string](r, r.g, "config_sha256"),
		Phase:        readAttr[string](r, r.g, "phase"),
		Done:         readAttr[int64](r, r.g, "done"),
		NoBound:      readAttr[string](r, r.g, "no_bound"),
		Sampler: core.SamplerState{
			Seed:  uint64(readAttr[int64](r, r.g, "seed")),
			Drawn: uint64(readAttr[int64](r, r.g, "drawn")),
			Burnt: uint64(readAttr[int64](r, r.g, "burnt")),
		},
	}
	estimators := readAttr[int64](r, r.g, "estimators")
	if r.err != nil {
		return nil
	}
	e.Sampler.Chains = readState(r, "chains")
	e.Walkers = readState(r, "walkers")
	for i := range int(estimators) {
		r.group(estimatorGroup(i), func(r *reader) { e.Estimators = append(e.Estimators, readArrays(r)) })
	}
	r.group("samples", func(r *reader) { e.Samples = readArrays(r) })
	return e
}

func (d digest) evaluation(e *core.Evaluation) {
	d.text("evaluation", e.ConfigSHA256)
	d.text("phase", e.Phase)
	d.text("no_bound", e.NoBound)
	d.ints("done, sampler", []int64{e.Done, int64(e.Sampler.Seed), int64(e.Sampler.Drawn), int64(e.Sampler.Burnt)})
	d.state("chains", e.Sampler.Chains)
	d.state("evaluation walkers", e.Walkers)
	for i, state := range e.Estimators {
		d.arrays(fmt.Sprintf("estimator %d ", i), state)
	}
	d.arrays("samples ", e.Samples)
}

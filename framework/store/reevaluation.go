package store

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

// Reevaluation records, in place of its folder, an evaluation beside the results of
// a finished run: in a group of results.h5, with checkpoints of its own.
type Reevaluation struct {
	folder *Folder
	first  core.Results // the run's own, and the other evaluations
	e      core.Reevaluation
}

// Reevaluation begins to record e beside the results of the run, or goes on. An
// evaluation of the same seed is replaced with the first that is saved.
func (f *Folder) Reevaluation(results *core.Results, e core.Reevaluation) *Reevaluation {
	first := *results
	first.Evaluations = slices.DeleteFunc(slices.Clone(results.Evaluations), func(o core.Reevaluation) bool { return o.Seed == e.Seed })
	return &Reevaluation{folder: f, first: first, e: e}
}

// SaveResults replaces results.h5 by one with r as this evaluation.
func (v *Reevaluation) SaveResults(r *core.Results) error {
	whole, e := v.first, v.e
	e.Results = r
	whole.Evaluations = append(slices.Clone(whole.Evaluations), e)
	slices.SortFunc(whole.Evaluations, func(a, b core.Reevaluation) int { return cmp.Compare(a.Seed, b.Seed) })
	return v.folder.SaveResults(&whole)
}

// SaveCheckpoint replaces the evaluation's only checkpoint, and removes it where the
// evaluation is done.
func (v *Reevaluation) SaveCheckpoint(c *core.Checkpoint, _ int) error {
	v.folder.mu.Lock()
	defer v.folder.mu.Unlock()
	if err := v.folder.lock.check(); err != nil {
		return err
	}
	if c.Evaluation != nil {
		return writeCheckpoint(v.path(), c)
	}
	if err := os.Remove(v.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return replace.Error("remove checkpoint", v.path(), err)
	}
	return nil
}

// LatestCheckpoint is the evaluation's, or the run's last with nothing evaluated.
func (v *Reevaluation) LatestCheckpoint() (c *core.Checkpoint, notes []string, err error) {
	if c, notes, err = v.own(); c != nil || err != nil {
		return c, notes, err
	}
	c, more, err := v.folder.LatestCheckpoint()
	if c != nil {
		c.Evaluation, c.WallSeconds = nil, 0
	}
	return c, append(notes, more...), err
}

func (v *Reevaluation) own() (c *core.Checkpoint, notes []string, err error) {
	v.folder.mu.Lock()
	defer v.folder.mu.Unlock()
	if _, err := os.Lstat(v.path()); err != nil {
		return nil, nil, nil
	}
	c, err = readCheckpoint(v.path())
	if err == nil || !damaged(err) {
		return c, nil, err
	}
	note, err := v.folder.setAside("checkpoint", reevaluationName(fmt.Sprint(v.e.Seed)), err)
	if err != nil {
		return nil, nil, err
	}
	return nil, []string{note}, nil
}

func (v *Reevaluation) path() string { return v.folder.Path(reevaluationName(fmt.Sprint(v.e.Seed))) }

// reevaluationName is the name of the checkpoint of an evaluation.
func reevaluationName(seed string) string { return "evaluation-" + seed + ".h5" }

// AppendProgress does nothing: the rows are the training's.
func (v *Reevaluation) AppendProgress(any) error { return nil }

// SaveGlimpse does nothing either.
func (v *Reevaluation) SaveGlimpse(core.Glimpse) error { return nil }

// TruncateProgress does nothing.
func (v *Reevaluation) TruncateProgress(int64) error { return nil }

// reevaluationTexts are the attributes of /evaluations/SEED that are texts.
func reevaluationTexts(e *core.Reevaluation) map[string]*string {
	run := &e.Results.Run
	return map[string]*string{
		"settings": &e.Settings, "config_sha256": &e.ConfigSHA256, "status": (*string)(&run.Status), "stop_reason": &run.StopReason,
		"started": &run.Started, "time": &run.Updated, "version": &run.CreatorVersion,
	}
}

// writeReevaluations writes
//
//	/evaluations/SEED           as /observables; attributes: seed, samples, step,
//	                            wall_seconds, warnings and reevaluationTexts
//	/evaluations/SEED/samples   as /samples, where some were kept
func (f *Folder) writeReevaluations(w *writer, r *core.Results) {
	all := r.Evaluations
	if all == nil {
		all = f.reevaluations
	}
	for _, e := range all {
		e.Results.SamplesSpace, e.Results.Conditions = r.SamplesSpace, r.Conditions
		w.group(fmt.Sprintf("evaluations/%d", e.Seed), func(w *writer) {
			attr(w, w.g, "seed", int64(e.Seed))
			attr(w, w.g, "samples", e.Samples)
			attr(w, w.g, "step", e.Step)
			attr(w, w.g, "wall_seconds", e.Results.Run.WallSeconds)
			for name, text := range reevaluationTexts(&e) {
				attr(w, w.g, name, *text)
			}
			lines := make([]string, len(e.Results.Run.Warnings))
			for i, warning := range e.Results.Run.Warnings {
				lines[i] = oneLine(warning)
			}
			attr(w, w.g, "warnings", strings.Join(lines, "\n"))
			writeObservables(w, e.Results)
			if e.Results.Samples != nil {
				w.group("samples", func(w *writer) { writeSamples(w, e.Results) })
			}
		})
	}
}

// readReevaluations is the inverse of writeReevaluations. What is the run's, its
// name, units, space and history, is that of into.
func readReevaluations(r *reader, into *core.Results) {
	if r.err != nil {
		return
	}
	groups, err := r.g.Groups()
	r.err = err
	for _, name := range groups {
		r.group(name, func(r *reader) {
			seed, err := strconv.ParseUint(name, 10, 64)
			if r.err = cmp.Or(r.err, err); r.err != nil {
				return
			}
			results := &core.Results{History: into.History, SamplesSpace: into.SamplesSpace, Conditions: into.Conditions}
			results.Run.Name, results.Run.Seed, results.Run.Units, results.Run.Creator = into.Run.Name, into.Run.Seed, into.Run.Units, into.Run.Creator
			e := core.Reevaluation{Seed: seed, Samples: readAttr[int64](r, r.g, "samples"), Step: readAttr[int64](r, r.g, "step"), Results: results}
			results.Run.WallSeconds = readAttr[float64](r, r.g, "wall_seconds")
			for name, text := range reevaluationTexts(&e) {
				*text = readAttr[string](r, r.g, name)
			}
			if warnings := readAttr[string](r, r.g, "warnings"); warnings != "" {
				results.Run.Warnings = strings.Split(warnings, "\n")
			}
			readObservables(r, results)
			if r.err == nil && r.g.HasGroup("samples") {
				r.group("samples", func(r *reader) { readSamples(r, results) })
			}
			into.Evaluations = append(into.Evaluations, e)
		})
	}
	slices.SortFunc(into.Evaluations, func(a, b core.Reevaluation) int { return cmp.Compare(a.Seed, b.Seed) })
}

package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

const resultsFormat = "helmholtz-results"

// SaveResults replaces results.h5 by a snapshot of r. Without Evaluations in r those
// that Results found stay. Observables that are
// Extensive are also written per site or per particle, counted by
// r.SamplesSpace, which is therefore needed even where r.Samples is nil.
func (f *Folder) SaveResults(r *core.Results) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.lock.check(); err != nil {
		return err
	}
	return h5.WriteFile(f.Path(resultsName), func(root *h5.Group) error {
		w := &writer{g: root}
		header(w, resultsFormat, formatVersion)
		attr(w, root, "creator", r.Run.Creator)
		attr(w, root, "creator_version", r.Run.CreatorVersion)
		attr(w, root, "created", r.Run.Updated)
		w.group("run", func(w *writer) { writeRun(w, r) })
		if r.History != nil {
			w.group("history", func(w *writer) { writeHistory(w, r.History) })
		}
		w.group("observables", func(w *writer) { writeObservables(w, r) })
		f.writeReevaluations(w, r)
		if r.Samples != nil {
			w.group("samples", func(w *writer) { writeSamples(w, r) })
		}
		return w.err
	})
}

// Results returns those of an earlier run in this folder, nil where there are
// none. Damaged ones are set aside as a damaged checkpoint is, with a note.
//
// An error means that they may be sound but cannot be read now: another program
// is writing to the file, no permission, a newer format, a library that is
// missing. Or that they are of something else, in a folder without a run.
func (f *Folder) Results() (r *core.Results, notes []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, err = ReadResults(f.dir)
	switch {
	case err == nil:
		f.reevaluations = r.Evaluations
		return r, nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil
	case !damaged(err):
		return nil, nil, err
	}
	if _, none := os.Stat(f.Path(RunFile)); none != nil {
		return nil, nil, fmt.Errorf("%w; this is no run folder, choose another with --out", err)
	}
	note, err := f.setAside("results", resultsName, err)
	if err != nil {
		return nil, nil, err
	}
	return nil, []string{note}, nil
}

// ReadResults reads results.h5 of a run folder, of a run that is going on or
// has ended. Values per site or particle are not read back: they follow from
// the totals.
func ReadResults(dir string) (*core.Results, error) {
	return readResults(dir, contents{history: true, samples: math.MaxInt, evaluations: true})
}

// ReadSummary is ReadResults without what grows with the length of a run: the history, the samples
// and the further evaluations.
func ReadSummary(dir string) (*core.Results, error) { return readResults(dir, contents{}) }

// ReadView is ReadResults without further evaluations, and without samples where those are more
// numbers than most.
func ReadView(dir string, most int) (*core.Results, error) {
	return readResults(dir, contents{history: true, samples: most})
}

// contents are what is read beside the summary: samples up to so many numbers.
type contents struct {
	history, evaluations bool
	samples              int
}

func readResults(dir string, want contents) (*core.Results, error) {
	path := (&Folder{dir: dir}).Path(resultsName)
	results := &core.Results{}
	err := h5.ReadFile(path, func(root *h5.Group) error {
		r := &reader{g: root, err: checkHeader(root, path, resultsFormat, formatVersion)}
		results.Run.Creator = readAttr[string](r, root, "creator")
		results.Run.CreatorVersion = readAttr[string](r, root, "creator_version")
		r.group("run", func(r *reader) { readRun(r, results) })
		if want.history && root.HasGroup("history") {
			r.group("history", func(r *reader) { results.History = readHistory(r) })
		}
		r.group("observables", func(r *reader) { readObservables(r, results) })
		if want.samples > 0 && root.HasGroup("samples") {
			r.group("samples", func(r *reader) {
				if size := sizeOf(r, results.SamplesSpace.Dataset()); size <= want.samples {
					readSamples(r, results)
				}
			})
		}
		if want.evaluations && root.HasGroup("evaluations") {
			r.group("evaluations", func(r *reader) { readReevaluations(r, results) })
		}
		return r.err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &core.Error{Kind: core.Storage, Op: "read results", Subject: path, Err: fs.ErrNotExist,
			Hint: "a run folder has this file from the first checkpoint on"}
	}
	if err != nil {
		return nil, err
	}
	return results, nil
}

// runTexts are the texts of /run that are attributes.
func runTexts(i *core.RunInfo) map[string]*string {
	return map[string]*string{
		"run_id": &i.ID, "name": &i.Name, "status": (*string)(&i.Status), "stop_reason": &i.StopReason,
		"started": &i.Started, "updated": &i.Updated, "git_revision": &i.GitRevision, "go_version": &i.GoVersion,
		"hostname": &i.Hostname, "units": &i.Units,
	}
}

// runDocuments are the texts of /run that are datasets: too long for the list
// of attributes that tools print.
func runDocuments(i *core.RunInfo) map[string]*string {
	return map[string]*string{
		"config_toml": &i.ConfigTOML, "config_resolved_json": &i.ConfigJSON, "plugins_json": &i.PluginsJSON,
	}
}

func writeRun(w *writer, r *core.Results) {
	for name, text := range runTexts(&r.Run) {
		attr(w, w.g, name, *text)
	}
	attr(w, w.g, "kernels", r.Run.Kernels)
	attr(w, w.g, "ranks", int64(r.Run.Ranks))
	if r.Run.Threads > 0 {
		attr(w, w.g, "threads", int64(r.Run.Threads))
		attr(w, w.g, "threads_source", r.Run.ThreadsSource)
	}
	if r.Run.InExchanges > 0 {
		attr(w, w.g, "in_exchanges", r.Run.InExchanges)
		attr(w, w.g, "least_in_exchanges", r.Run.LeastInExchanges)
	}
	attr(w, w.g, "seed", int64(r.Run.Seed))
	attr(w, w.g, "wall_seconds", r.Run.WallSeconds)
	space, err := json.Marshal(r.SamplesSpace)
	if w.err == nil {
		w.err = err
	}
	attr(w, w.g, "space_json", string(space))
	writeConditions(w, r.Conditions)
	for name, text := range runDocuments(&r.Run) {
		w.text(name, *text)
	}
	lines := make([]string, len(r.Run.Warnings))
	for i, warning := range r.Run.Warnings {
		lines[i] = strings.ReplaceAll(warning, "\n", " ")
	}
	w.text("warnings", strings.Join(lines, "\n"))
}

// writeConditions writes what the free energy is at, if there is one.
func writeConditions(w *writer, c *core.Conditions) {
	if c == nil {
		return
	}
	attr(w, w.g, "temperature", c.Temperature)
	if c.Quantum {
		attr(w, w.g, "quantum", int64(1))
	}
	if c.Scale != (core.Scale{}) {
		attr(w, w.g, "energy_scale", c.Scale.Energy)
		attr(w, w.g, "energy_scale_units", c.Scale.EnergyUnits)
		attr(w, w.g, "length_scale", c.Scale.Length)
		attr(w, w.g, "length_scale_units", c.Scale.LengthUnits)
	}
}

// readConditions is nil of earlier versions.
func readConditions(r *reader) *core.Conditions {
	if r.err != nil || !h5.HasAttr(r.g, "temperature") {
		return nil
	}
	return &core.Conditions{
		Temperature: readAttr[float64](r, r.g, "temperature"), Quantum: optional[int64](r, r.g, "quantum") != 0,
		Scale: core.Scale{
			Energy: optional[float64](r, r.g, "energy_scale"), EnergyUnits: optional[string](r, r.g, "energy_scale_units"),
			Length: optional[float64](r, r.g, "length_scale"), LengthUnits: optional[string](r, r.g, "length_scale_units"),
		},
	}
}

func readRun(r *reader, into *core.Results) {
	for name, text := range runTexts(&into.Run) {
		*text = readAttr[string](r, r.g, name)
	}
	into.Run.Kernels = optional[string](r, r.g, "kernels") // of earlier versions there is none
	into.Run.Ranks = int(optional[int64](r, r.g, "ranks"))
	into.Run.Threads, into.Run.ThreadsSource = int(optional[int64](r, r.g, "threads")), optional[string](r, r.g, "threads_source")
	into.Run.InExchanges, into.Run.LeastInExchanges = optional[float64](r, r.g, "in_exchanges"), optional[float64](r, r.g, "least_in_exchanges")
	into.Run.Seed = uint64(readAttr[int64](r, r.g, "seed"))
	into.Run.WallSeconds = readAttr[float64](r, r.g, "wall_seconds")
	space := readAttr[string](r, r.g, "space_json")
	into.Conditions = readConditions(r)
	for name, text := range runDocuments(&into.Run) {
		*text = r.text(name)
	}
	if warnings := r.text("warnings"); warnings != "" {
		into.Run.Warnings = strings.Split(warnings, "\n")
	}
	if r.err == nil {
		if err := json.Unmarshal([]byte(space), &into.SamplesSpace); err != nil {
			r.err = core.Errorf(core.Storage, "read results", "/run@space_json", "%w", err)
		}
	}
}

package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

const (
	sweepName   = "sweep.h5"
	averageName = "average.h5"
	sweepTable  = "sweep.toml"
	sweepFormat = "helmholtz-sweep"
)

// SweepFile is the file of the collected results below the folder of a sweep.
func SweepFile(dir string) string { return filepath.Join(dir, sweepName) }

// AverageFile is the file of means over one of its keys.
func AverageFile(dir string) string { return filepath.Join(dir, averageName) }

// SweepTable is the file below the folder of a sweep that says which points it
// has.
func SweepTable(dir string) string { return filepath.Join(dir, sweepTable) }

// PointDir is the run folder of a point below the folder of its sweep.
func PointDir(dir string, i int) string { return filepath.Join(dir, fmt.Sprintf("point-%03d", i)) }

// SaveSweepTable makes the folder of a sweep and says in it which points the
// sweep has. Several processes may do so at once.
func SaveSweepTable(dir, toml string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return folderError(dir, err)
	}
	return replace.File(SweepTable(dir), func(w *os.File) error {
		_, err := w.WriteString(toml)
		return err
	})
}

// SaveSweep replaces the file at path by the collected results.
func SaveSweep(path string, s *Sweep) error {
	return h5.WriteFile(path, func(root *h5.Group) error {
		w := &writer{g: root}
		header(w, sweepFormat, formatVersion)
		attr(w, root, "name", s.Name)
		w.text("config_toml", s.ConfigTOML)
		if s.PluginsJSON != "" {
			w.text("plugins_json", s.PluginsJSON)
		}
		w.group("observables", func(w *writer) { writeSweep(w, s) })
		if len(s.Limits) > 0 {
			w.group("limits", func(w *writer) { writeLimits(w, s.Limits) })
		}
		return w.err
	})
}

func writeSweep(w *writer, s *Sweep) {
	o := &observables{writer: w, results: &core.Results{ExactSource: s.ExactSource}, taken: map[string]bool{"finished": true}, axes: map[string]axisScale{}}
	names := make([]string, len(s.Observables))
	for i, e := range s.Observables {
		names[i] = e.Name
		o.taken[e.Name] = true
	}
	attr(w, w.g, "names", strings.Join(names, " "))
	points := make([]scale, len(s.Axes))
	swept := make([]string, len(s.Axes))
	for i, a := range s.Axes {
		points[i], swept[i] = o.scale("swept", a.Axis)
		attr(w, points[i].set, "key", a.Key)
		if a.Labels != nil {
			attr(w, points[i].set, "labels", strings.Join(a.Labels, "\n"))
		}
	}
	attr(w, w.g, "swept", strings.Join(swept, " "))
	finished := make([]int8, len(s.Finished))
	for i, yes := range s.Finished {
		if yes {
			finished[i] = 1
		}
	}
	set := array(w, "finished", finished, points...)
	attr(w, set, "long_name", "1 where the point of the sweep is done")
	for _, e := range s.Observables {
		o.writeSwept(e, points)
	}
}

func (o *observables) writeSwept(e Swept, points []scale) {
	axes, names := o.scales(e.Estimate)
	set := o.value(e.Name, e.Estimate, 1, axes)
	attr(o.writer, set, "axes", strings.Join(names, " "))
	var cautions []string
	for i, of := range e.PointCautions {
		for _, c := range of {
			cautions = append(cautions, fmt.Sprintf("point %d, %s: %s", i, c.Code, oneLine(c.Text)))
		}
	}
	if len(cautions) > 0 {
		attr(o.writer, set, "cautions", strings.Join(cautions, "\n"))
	}
	if e.Of != "" {
		attr(o.writer, set, "derived_from", e.Of)
	}
	writeWay(o.writer, set, e)
	if e.Exact != nil {
		exact := array(o.writer, e.Name+"_exact", e.Exact, points...)
		attr(o.writer, exact, "units", e.Units)
		attr(o.writer, exact, "long_name", "exact "+e.Long)
		attr(o.writer, exact, "exact_source", o.results.ExactSource)
	}
}

// ReadSweep reads collected results.
func ReadSweep(path string) (*Sweep, error) {
	s := &Sweep{}
	err := h5.ReadFile(path, func(root *h5.Group) error {
		r := &reader{g: root, err: checkHeader(root, path, sweepFormat, formatVersion)}
		s.Name = readAttr[string](r, root, "name")
		s.ConfigTOML = r.text("config_toml")
		if slices.Contains(r.datasets(), "plugins_json") {
			s.PluginsJSON = r.text("plugins_json")
		}
		r.group("observables", func(r *reader) { readSweep(r, s) })
		if root.HasGroup("limits") {
			r.group("limits", func(r *reader) { s.Limits = readLimits(r) })
		}
		return r.err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func readSweep(r *reader, s *Sweep) {
	for _, name := range strings.Fields(readAttr[string](r, r.g, "swept")) {
		set := r.dataset(name)
		a := SweptAxis{Axis: readAxis(r, name), Key: readAttr[string](r, set, "key")}
		if labels := optional[string](r, set, "labels"); labels != "" {
			a.Labels = strings.Split(labels, "\n")
		}
		s.Axes = append(s.Axes, a)
	}
	finished, _ := numbers[int64](r, "finished")
	for _, f := range finished {
		s.Finished = append(s.Finished, f != 0)
	}
	datasets := r.datasets()
	for _, name := range strings.Fields(readAttr[string](r, r.g, "names")) {
		set := r.dataset(name)
		e := Swept{Estimate: readValue(r, name), Of: optional[string](r, set, "derived_from")}
		e.PointCautions = readPointCautions(optional[string](r, set, "cautions"), len(s.Finished))
		readWay(r, set, &e)
		if exact := name + "_exact"; slices.Contains(datasets, exact) {
			e.Exact, _ = numbers[float64](r, exact)
			s.ExactSource = readAttr[string](r, r.dataset(exact), "exact_source")
		}
		s.Observables = append(s.Observables, e)
	}
}

// readPointCautions takes the lines "point 2, code: why" of n points apart.
func readPointCautions(text string, n int) (cautions [][]core.Caution) {
	for line := range strings.Lines(text) {
		head, why, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		point, code, _ := strings.Cut(strings.TrimPrefix(head, "point "), ", ")
		i, err := strconv.Atoi(point)
		if err != nil || i < 0 || i >= n {
			continue // of another program
		}
		if cautions == nil {
			cautions = make([][]core.Caution, n)
		}
		cautions[i] = append(cautions[i], core.Caution{Code: core.CautionCode(code), Text: why})
	}
	return cautions
}

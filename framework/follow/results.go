package follow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/picture"
	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/watch"
)

// observables are the rows of the table of results, with the places of their cautions.
func observables(rows []readout.Row, cautions []watch.Caution) (all []watch.Observable) {
	for _, r := range rows {
		o := watch.Observable{Name: r.Name, Long: r.Of.Long, Text: r.Text(), Units: r.Units, Chains: r.Mixing(),
			Exact: r.ExactText(), Deviation: r.Deviation(), Value: watch.Number(r.Value), Stderr: watch.Number(r.Stderr), ExactValue: watch.Number(r.Exact)}
		for _, c := range r.Cautions {
			o.Cautions = append(o.Cautions, slices.IndexFunc(cautions, func(w watch.Caution) bool { return w.Text == c.Text }))
		}
		all = append(all, o)
	}
	return all
}

func cautionsOf(rows []readout.Row) (all []watch.Caution) {
	for _, c := range readout.Causes(rows) {
		all = append(all, watch.Caution{Code: string(c.Code), Text: c.Text, Of: c.Names})
	}
	return all
}

const (
	// mostLines of an observable with several axes can be told apart.
	mostLines = 8
	// mostPlaces of an axis are drawn: more than a picture can show.
	mostPlaces = 1000
)

// arraysOf are the observables with axes, a line for each value of the outer ones, or for some of
// them at equal distances.
func arraysOf(r *core.Results) (all []watch.Array) {
	for _, e := range r.Estimates {
		if len(e.Axes) == 0 {
			continue
		}
		inner := e.Axes[len(e.Axes)-1]
		n := len(inner.Values)
		if n == 0 || len(e.Value)%n != 0 {
			continue
		}
		a := watch.Array{Name: e.Name, Label: e.Long, Units: e.Units, Axis: picture.AxisLabel(inner)}
		if len(e.Axes) == 2 && len(e.Axes[0].Values) > mostLines && len(e.Value) <= mostCells {
			a.Picture = mapOf(e)
			all = append(all, a)
			continue
		}
		lines := len(e.Value) / n
		every := (lines + mostLines - 1) / mostLines
		for k := 0; k < lines; k += every {
			a.Lines = append(a.Lines, arrayLine(e, k))
		}
		if every > 1 {
			a.Label += fmt.Sprintf(" (%d of %d lines)", len(a.Lines), lines)
		}
		all = append(all, a)
	}
	return all
}

// arrayLine is line k of an observable.
func arrayLine(e core.Estimate, k int) (l watch.Line) {
	inner := e.Axes[len(e.Axes)-1].Values
	every := (len(inner) + mostPlaces - 1) / mostPlaces
	var marks []picture.Mark
	for i := 0; i < len(inner); i += every {
		at := k*len(inner) + i
		marks = append(marks, picture.Mark{X: inner[i], Y: e.Value[at], Err: e.Stderr[at]})
	}
	picture.SortMarks(marks)
	for _, m := range marks {
		l.X, l.Y, l.DY = append(l.X, m.X), append(l.Y, m.Y), append(l.DY, m.Err)
	}
	var words []string
	for a := len(e.Axes) - 2; a >= 0; a-- {
		axis := e.Axes[a]
		words = append(words, picture.Label(axis.Name+" = "+strconv.FormatFloat(axis.Values[k%len(axis.Values)], 'g', 6, 64), axis.Units))
		k /= len(axis.Values)
	}
	slices.Reverse(words)
	l.Label = strings.Join(words, ", ")
	return l
}

// factsOf say what a run is.
func factsOf(r *core.Results) (all []watch.Fact) {
	add := func(name, text string) {
		if text != "" {
			all = append(all, watch.Fact{Name: name, Text: text})
		}
	}
	var config struct {
		Model, Energy struct{ Plugin string }
		Train         struct{ Objective, Optimizer string }
		Evaluate      struct{ Sampler string }
	}
	_ = json.Unmarshal([]byte(r.Run.ConfigJSON), &config) // what is missing is not shown
	add("energy", config.Energy.Plugin)
	add("space", r.SamplesSpace.String())
	if c := r.Conditions; c != nil {
		add("temperature", picture.Label(strconv.FormatFloat(c.Temperature, 'g', 8, 64), r.Run.Units))
	}
	add("model", config.Model.Plugin)
	if config.Model.Plugin != "" {
		add("objective", config.Train.Objective)
		add("optimizer", config.Train.Optimizer)
	}
	add("sampler", config.Evaluate.Sampler)
	add("seed", strconv.FormatUint(r.Run.Seed, 10))
	add("started", r.Run.Started)
	add("last snapshot", r.Run.Updated)
	add("time computed", time.Duration(r.Run.WallSeconds*float64(time.Second)).Round(time.Second).String())
	if r.Run.Threads > 0 {
		add("processors", fmt.Sprintf("%d threads on %d ranks, %s", r.Run.Threads, max(r.Run.Ranks, 1), r.Run.Kernels))
	}
	add("version", strings.TrimSpace(r.Run.Creator+" "+r.Run.CreatorVersion))
	return all
}

// Package picture draws what runs, sweeps, comparisons and frames hold, as files PNG and SVG: curves
// with their errors and exact values, maps, and samples as images or points.
package picture

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// Picture is a plot with the name of its files, and its height where that is not the usual one.
type Picture struct {
	Name string
	*plot.Plot
	height vg.Length
}

// SaveIn writes its files to a folder, and says where they are.
func (p Picture) SaveIn(dir string, out io.Writer) error {
	for _, format := range []string{"png", "svg"} {
		file := filepath.Join(dir, p.Name+"."+format)
		if err := p.save(file, format); err != nil {
			return err
		}
		fmt.Fprintln(out, file)
	}
	return nil
}

// save replaces the file, whole or not at all.
func (p Picture) save(file, format string) error {
	drawn, err := p.WriterTo(pictureWidth, cmp.Or(p.height, pictureHeight), format)
	if err != nil {
		return core.Errorf(core.Internal, "plot", file, "%w", err)
	}
	return replace.File(file, func(w *os.File) error {
		_, err := drawn.WriteTo(w)
		return err
	})
}

// Results draws the training of a run, if a step of it succeeded, every observable with one or two
// axes, and samples. chosen tells that the parameters evaluated were those of the least validation loss.
func Results(r *core.Results, chosen bool) ([]Picture, error) {
	var all []Picture
	if trained(r.History) {
		p, err := trainingCurve(r, chosen)
		if err != nil {
			return nil, err
		}
		all = append(all, Picture{Name: "training", Plot: p})
	}
	for _, e := range r.Estimates {
		if len(e.Axes) != 1 && len(e.Axes) != 2 {
			continue
		}
		p, err := arrayPlot(e)
		if err != nil {
			return nil, err
		}
		all = append(all, Picture{Name: e.Name, Plot: p})
	}
	p, err := samplesPlot(r)
	if err != nil {
		return nil, err
	}
	if p != nil {
		all = append(all, Picture{Name: "samples", Plot: p})
	}
	if len(all) == 0 {
		return nil, core.Errorf(core.Invalid, "plot", r.Run.Name, "the run has no training history, no observable with axes and no samples that can be drawn")
	}
	return all, nil
}

// Evaluation draws the observables of a later evaluation, under names that have its seed.
func Evaluation(e *core.Reevaluation) ([]Picture, error) {
	r := *e.Results
	r.History = nil
	pictures, err := Results(&r, false)
	for i := range pictures {
		pictures[i].Name += fmt.Sprintf("-evaluation-%d", e.Seed)
	}
	return pictures, err
}

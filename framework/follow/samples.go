package follow

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/picture"
	"github.com/helmholtz-physics/helmholtz/framework/watch"
)

const (
	// mostTiles and mostCells are shown of lattices, so that a page stays small.
	mostTiles = 48
	mostCells = 1 << 16
	// mostDots are points through which others can still be seen.
	mostDots = 3000
)

// samplesOf is a picture of the samples that were kept, nil where there is none.
func samplesOf(r *core.Results) *watch.Picture {
	k := picture.SamplesOf(r)
	switch {
	case k == nil || len(k.X) == 0 || k.Space.Size() == 0:
		return nil
	case k.D == 1:
		return densityOf(k)
	case k.D > 1:
		return cloudOf(k)
	}
	return tilesOf(k)
}

// glimpsed is a picture of what was drawn in a step of the training, nil where there is nothing, or what is there does
// not fit.
func glimpsed(r *core.Results, g core.Glimpse) *watch.Picture {
	if r == nil || len(g.X) == 0 || r.SamplesSpace.Size() == 0 || len(g.X)%r.SamplesSpace.Size() != 0 || r.SamplesSpace.Illegal(g.X) >= 0 {
		return nil
	}
	n := len(g.X) / r.SamplesSpace.Size()
	p := samplesOf(&core.Results{SamplesSpace: r.SamplesSpace, Samples: &core.Batch{N: n, X: g.X}})
	if p != nil {
		p.Caption = fmt.Sprintf("drawn in training step %d: %s", g.Step, r.SamplesSpace)
	}
	return p
}

func tilesOf(k *picture.Samples) *watch.Picture {
	size := k.Space.Size()
	n := min(len(k.X)/size, mostTiles, mostCells/size)
	if n == 0 {
		return nil
	}
	x := k.X[:n*size]
	shape := append([]int{1}, k.Space.Shape...)[len(k.Space.Shape)-1:]
	scale := picture.ScaleOf(k.Space, x)
	p := &watch.Picture{Kind: watch.Tiles, Rows: shape[0], Columns: shape[1], Low: watch.Number(scale.Low), High: watch.Number(scale.High),
		Caption: fmt.Sprintf("%d of %d kept samples: %s", n, len(k.X)/size, k.Space)}
	p.Names = []string{k.Space.Dataset()}
	paint(p, x, scale)
	return p
}

// mapOf is an observable with two axes as a picture, row 0 at the top, as that of samples.
func mapOf(e core.Estimate) *watch.Picture {
	scale := picture.HeatScale(e.Value)
	rows, columns := e.Axes[0], e.Axes[1]
	p := &watch.Picture{Kind: watch.Tiles, Rows: len(rows.Values), Columns: len(columns.Values), Low: watch.Number(scale.Low), High: watch.Number(scale.High), Names: []string{picture.Label(e.Name, e.Units)},
		Caption: fmt.Sprintf("%s: %s across, %s downwards", e.Long, picture.AxisLabel(columns), picture.AxisLabel(rows))}
	if largest := picture.LargestError(e); largest > 0 {
		p.Caption += fmt.Sprintf("; standard errors up to %.2g", largest)
	}
	paint(p, e.Value, scale)
	return p
}

// paint gives a picture its palette and the shades of numbers.
func paint(p *watch.Picture, x []float64, scale picture.Scale) {
	for _, c := range scale.Shades {
		red, green, blue, _ := c.RGBA()
		p.Palette = append(p.Palette, fmt.Sprintf("#%02x%02x%02x", red>>8, green>>8, blue>>8))
	}
	last := float64(len(scale.Shades) - 1)
	for _, v := range x {
		place := last * (v - scale.Low) / (scale.High - scale.Low)
		if math.IsNaN(place) {
			place = 0
		}
		p.Shades = append(p.Shades, uint8(max(0, min(last, math.Round(place)))))
	}
}

// cloudOf has the first two of d numbers of each point; of particles the first configuration stands out.
func cloudOf(k *picture.Samples) *watch.Picture {
	points, size := len(k.X)/k.D, k.Space.Size()
	n := min(points, mostDots)
	p := &watch.Picture{Kind: watch.Cloud, Names: k.Names}
	for i := range n {
		p.X, p.Y = append(p.X, k.X[i*k.D]), append(p.Y, k.X[i*k.D+1])
	}
	if p.Caption = fmt.Sprintf("%d of %d kept samples", n*k.D/size, len(k.X)/size); k.Space.Kind == core.Particles {
		p.Each = size / k.D
		p.Caption += fmt.Sprintf(" of %d particles; one configuration stands out", p.Each)
		if k.D > 2 {
			p.Caption += ", the first two coordinates of each"
		}
	}
	if len(k.Space.Box) >= 2 {
		p.Edges = watch.Numbers(k.Space.Box[:2])
	}
	return p
}

func densityOf(k *picture.Samples) *watch.Picture {
	bins := picture.Density(k.X)
	if bins == nil {
		return nil
	}
	p := &watch.Picture{Kind: watch.Histogram, Caption: fmt.Sprintf("density of %d kept samples", len(k.X)), Names: []string{k.Names[0], "density"}}
	for _, b := range bins {
		p.X, p.Y = append(p.X, b.Min), append(p.Y, b.Weight)
	}
	p.X = append(p.X, bins[len(bins)-1].Max)
	return p
}

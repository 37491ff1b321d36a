package picture

import (
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// others are glyphs of values that are not those of the sweep's own points: of what follows from
// them, and of other works.
var others = []draw.GlyphDrawer{draw.CrossGlyph{}, draw.PlusGlyph{}, draw.RingGlyph{}, draw.BoxGlyph{}, draw.SquareGlyph{}}

// besideCurves are those of the observable that a derived one should be the same as, in its colours.
func besideCurves(s *store.Sweep, e store.Swept) []curve {
	i := slices.IndexFunc(s.Observables, func(o store.Swept) bool { return o.Name == e.Beside })
	if e.Beside == "" || i < 0 {
		return nil
	}
	all, _ := sweptCurves(s, s.Observables[i])
	for k := range all {
		all[k].glyph, all[k].apart = others[k%len(others)], true
		if len(s.Axes) == 1 {
			all[k].label = e.Beside
		} else {
			all[k].label = e.Beside + ", " + all[k].label
		}
	}
	return all
}

// overlayCurves are those of other works about an observable, one for each file, label and value of the
// second swept key, whose colour they have.
func overlayCurves(s *store.Sweep, e store.Swept, files []*Overlay, taken int) []curve {
	var all []curve
	for n, o := range files {
		byName := map[string]int{}
		for _, p := range o.points {
			if p.observable != e.Name {
				continue
			}
			name := overlayLabel(s, o, p)
			k, seen := byName[name]
			if !seen {
				k = len(all)
				byName[name] = k
				c := curve{label: name, color: colors[(taken+k)%len(colors)], glyph: others[(n+len(byName)-1)%len(others)], apart: true}
				if p.second >= 0 {
					c.color = colors[p.second%len(colors)]
				}
				all = append(all, c)
			}
			all[k].marks = append(all[k].marks, Mark{p.first, p.value, p.stderr})
		}
	}
	for _, c := range all {
		SortMarks(c.marks)
	}
	return all
}

// overlayLabel is the entry of the legend: the source, then what tells its curves apart.
func overlayLabel(s *store.Sweep, o *Overlay, p overlaid) string {
	words := []string{o.source}
	if p.second >= 0 {
		words = append(words, s.Axes[1].Name+" = "+s.Axes[1].Text(p.second))
	}
	words = slices.DeleteFunc(append(words, p.label), func(w string) bool { return w == "" })
	if len(words) == 0 {
		return "other work"
	}
	return strings.Join(words, ", ")
}

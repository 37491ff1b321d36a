package app

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
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
func overlayCurves(s *store.Sweep, e store.Swept, files []*overlay, taken int) []curve {
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
			all[k].marks = append(all[k].marks, mark{p.first, p.value, p.stderr})
		}
	}
	for _, c := range all {
		sortMarks(c.marks)
	}
	return all
}

// overlayLabel is the entry of the legend: the source, then what tells its curves apart.
func overlayLabel(s *store.Sweep, o *overlay, p overlaid) string {
	words := []string{o.source}
	if p.second >= 0 {
		words = append(words, s.Axes[1].Name+" = "+axisText(s.Axes[1], p.second))
	}
	words = slices.DeleteFunc(append(words, p.label), func(w string) bool { return w == "" })
	if len(words) == 0 {
		return "other work"
	}
	return strings.Join(words, ", ")
}

// readOverlays reads the files that are drawn over a sweep.
func readOverlays(paths []string, s *store.Sweep) ([]*overlay, error) {
	var all []*overlay
	for _, path := range paths {
		o, err := readOverlay(path, s)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// runFileFolder is where a run file's results are, and the points of other works beside it: of fig4.toml
// those in fig4.csv. A path that is no run file stays.
func runFileFolder(path string) (dir string, with []string, err error) {
	base, isFile := strings.CutSuffix(path, ".toml")
	if !isFile {
		return path, nil, nil
	}
	f, err := plan.Read(path, nil)
	if err != nil {
		return "", nil, err
	}
	points := base + ".csv"
	if _, err := os.Stat(points); err == nil {
		with = append(with, points)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", nil, core.Errorf(core.Storage, "read points", points, "%w", err)
	}
	return f.Name() + ".out", with, nil
}

package store

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Sweep is what the points of a sweep found: every observable as an array over
// the swept axes. Points are in row-major order, the last axis fastest.
type Sweep struct {
	Name string
	// ConfigTOML is the run file.
	ConfigTOML string
	Axes       []SweptAxis
	// Finished tells of each point whether it is done.
	Finished []bool
	// PluginsJSON is a list of what each point says of the plugins that took part in it, null of one
	// that is not done.
	PluginsJSON string
	Observables []Swept
	ExactSource string
	// Limits are values per site or particle at infinitely many of them, where their number is swept,
	// over the other swept axes, with the cautions of each value as PointCautions.
	Limits []Swept
	// LeftOut names the observables that no array can hold: their units or axes
	// differ between the points. It is not stored.
	LeftOut []string
}

// SweptAxis is one swept key. Name is its last word where that is unique.
type SweptAxis struct {
	core.Axis
	Key string // dotted
	// Labels are the values where they are no numbers, with Values 0, 1, ...;
	// else nil.
	Labels []string
}

// Text is value i of the axis.
func (a SweptAxis) Text(i int) string {
	if a.Labels != nil {
		return a.Labels[i]
	}
	return strconv.FormatFloat(a.Values[i], 'g', -1, 64)
}

// Swept is an observable over the swept axes, and then its own. NaN stands where
// a point is not finished or does not report it.
type Swept struct {
	core.Estimate
	// Exact values of each point, NaN where there is none; nil if none has one.
	Exact []float64
	// PointCautions are those of each point, nil if none has one. The Cautions of
	// the Estimate are empty.
	PointCautions [][]core.Caution
	// Of is the extensive observable that this one follows from, per site or
	// particle of each point.
	Of string
	// Way is how values were derived from those of other points, as "-dF/dT"; empty where they were
	// measured.
	Way string
	// Beside is the observable that should be the same, and Chi2 how far both are apart at the Compared points,
	// in standard errors, squared and added; empty and 0 where there is none.
	Beside   string
	Chi2     float64
	Compared int
}

// CautionsAt are those of a point, or of a value of a limit.
func (e Swept) CautionsAt(i int) []core.Caution {
	if e.PointCautions == nil {
		return nil
	}
	return e.PointCautions[i]
}

// Done is how many points are finished.
func (s *Sweep) Done() (n int) {
	for _, finished := range s.Finished {
		if finished {
			n++
		}
	}
	return n
}

// Lines are the points along an axis, for each value of the others, whose order is kept.
func (s *Sweep) Lines(axis int) (lines [][]int) {
	n, inner := len(s.Axes[axis].Values), 1
	for _, a := range s.Axes[axis+1:] {
		inner *= len(a.Values)
	}
	for first := range s.Finished {
		if first/inner%n != 0 {
			continue
		}
		line := make([]int, n)
		for k := range line {
			line[k] = first + k*inner
		}
		lines = append(lines, line)
	}
	return lines
}

// Merge makes a Sweep of the results of its points, nil where one is not
// finished. Extensive observables are followed by theirs per site or particle,
// as the size may be what is swept.
func Merge(axes []SweptAxis, points []*core.Results) *Sweep {
	s := &Sweep{Axes: axes, Finished: make([]bool, len(points))}
	seen := map[string]bool{}
	var sources []string
	for i, p := range points {
		if p == nil {
			continue
		}
		s.Finished[i] = true
		if p.ExactSource != "" && !slices.Contains(sources, p.ExactSource) {
			sources = append(sources, p.ExactSource)
		}
		for _, e := range p.Estimates {
			if seen[e.Name] {
				continue
			}
			seen[e.Name] = true
			if !s.merge(e, points) {
				s.LeftOut = append(s.LeftOut, e.Name)
			}
		}
	}
	if slices.ContainsFunc(s.Observables, func(e Swept) bool { return e.Exact != nil }) {
		s.ExactSource = strings.Join(sources, "; ")
	}
	return s
}

// merge adds one observable; false means that the points differ.
func (s *Sweep) merge(first core.Estimate, points []*core.Results) bool {
	size := len(first.Value)
	total := Swept{Estimate: first}
	total.Axes, total.N, total.Tau, total.RHat, total.Cautions = nil, 0, 0, 0, nil // of one point
	total.Bulk, total.Tail, total.TauStderr, total.StderrStderr = 0, 0, 0, 0
	for _, a := range s.Axes {
		total.Axes = append(total.Axes, a.Axis)
	}
	total.Axes = append(total.Axes, first.Axes...)
	total.Value, total.Stderr = nans(len(points)*size), nans(len(points)*size)
	for i, p := range points {
		e := find(p, first.Name)
		if e == nil {
			continue
		}
		if e.Units != first.Units || !slices.EqualFunc(e.Axes, first.Axes, sameAxis) {
			return false
		}
		copy(total.Value[i*size:], e.Value)
		copy(total.Stderr[i*size:], e.Stderr)
		if e.Bound != total.Bound {
			total.Bound = 0
		}
		if len(e.Cautions) > 0 {
			if total.PointCautions == nil {
				total.PointCautions = make([][]core.Caution, len(points))
			}
			total.PointCautions[i] = e.Cautions
		}
		if exact, ok := p.Exact[e.Name]; ok && len(first.Axes) == 0 {
			if total.Exact == nil {
				total.Exact = nans(len(points))
			}
			total.Exact[i] = exact
		}
	}
	s.Observables = append(s.Observables, total)
	if !first.Extensive {
		return true
	}
	per := PerEach(total, points)
	if !slices.ContainsFunc(points, func(p *core.Results) bool { return find(p, per.Name) != nil }) {
		s.Observables = append(s.Observables, per)
	}
	return true
}

// PerEach divides an extensive observable by the sites or particles of each
// point.
func PerEach(total Swept, points []*core.Results) Swept {
	per := total
	per.Of, per.Extensive = total.Name, false
	per.Value, per.Stderr, per.Exact = slices.Clone(total.Value), slices.Clone(total.Stderr), slices.Clone(total.Exact)
	size := len(total.Value) / len(points)
	for i, p := range points {
		if p == nil {
			continue
		}
		each := p.SamplesSpace.Each()
		per.Name, per.Long = total.Name+"_per_"+each, total.Long+" per "+each
		count := float64(p.SamplesSpace.Count())
		for k := i * size; k < (i+1)*size; k++ {
			per.Value[k] /= count
			per.Stderr[k] /= count
		}
		if per.Exact != nil {
			per.Exact[i] /= count
		}
	}
	return per
}

func find(r *core.Results, name string) *core.Estimate {
	if r == nil {
		return nil
	}
	i := slices.IndexFunc(r.Estimates, func(e core.Estimate) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Estimates[i]
}

func sameAxis(a, b core.Axis) bool {
	return a.Name == b.Name && a.Units == b.Units && slices.Equal(a.Values, b.Values)
}

func nans(n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = math.NaN()
	}
	return all
}

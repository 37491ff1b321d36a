package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

const gradientsFormat = "helmholtz-gradients"

// Gradients is how estimators of one gradient compare, at each point of a sweep.
type Gradients struct {
	Name string
	// ConfigTOML is the run file.
	ConfigTOML string
	// Step of the training whose parameters they are of, 0 for those of the start.
	Step int64
	// Batch is how many configurations a gradient is made of, and Repeats how many
	// gradients each estimator made.
	Batch, Repeats int
	// Axes are the swept keys, none where there is one point.
	Axes   []SweptAxis
	Points [][]GradientEstimate
}

// GradientEstimate is what repeats of one estimator show. Variances are those of one
// configuration: of a gradient, times Batch.
type GradientEstimate struct {
	Name string
	// Total is the sum of the variances of all parameters.
	Total, TotalStderr float64
	// Distance of the mean from that of the estimator with the least variance, and Z by
	// how many standard deviations its square exceeds what the scatter makes of it.
	Distance, Z float64
	// Mean of the gradient, its variance and the variance's standard error, by parameter.
	Mean, Variance, VarianceStderr []float64
}

// SaveGradients replaces the file at path.
func SaveGradients(path string, s *Gradients) error {
	return h5.WriteFile(path, func(root *h5.Group) error {
		w := &writer{g: root}
		header(w, gradientsFormat, formatVersion)
		attr(w, root, "name", s.Name)
		w.text("config_toml", s.ConfigTOML)
		w.group("gradients", func(w *writer) { writeGradients(w, s) })
		return w.err
	})
}

func writeGradients(w *writer, s *Gradients) {
	attr(w, w.g, "step", s.Step)
	attr(w, w.g, "batch", int64(s.Batch))
	attr(w, w.g, "repeats", int64(s.Repeats))
	var swept []string
	for _, a := range s.Axes {
		swept = append(swept, a.Name)
		set := axis(w, a.Name, a.Values).set
		attr(w, set, "key", a.Key)
		if a.Labels != nil {
			attr(w, set, "labels", strings.Join(a.Labels, "\n"))
		}
	}
	attr(w, w.g, "swept", strings.Join(swept, " "))
	for i, estimates := range s.Points {
		w.group(fmt.Sprintf("point-%03d", i), func(w *writer) {
			var names []string
			for _, e := range estimates {
				names = append(names, e.Name)
				w.group(e.Name, e.write)
			}
			attr(w, w.g, "estimators", strings.Join(names, " "))
		})
	}
}

func (e GradientEstimate) write(w *writer) {
	parameter := indices(w, "parameter", len(e.Mean))
	array(w, "mean", e.Mean, parameter)
	array(w, "variance", e.Variance, parameter)
	array(w, "variance_stderr", e.VarianceStderr, parameter)
	attr(w, w.g, "total_variance", e.Total)
	attr(w, w.g, "total_variance_stderr", e.TotalStderr)
	attr(w, w.g, "distance", e.Distance)
	attr(w, w.g, "z", e.Z)
}

// ReadGradients reads what SaveGradients wrote.
func ReadGradients(path string) (*Gradients, error) {
	s := &Gradients{}
	err := h5.ReadFile(path, func(root *h5.Group) error {
		r := &reader{g: root, err: checkHeader(root, path, gradientsFormat, formatVersion)}
		s.Name = readAttr[string](r, root, "name")
		s.ConfigTOML = r.text("config_toml")
		r.group("gradients", func(r *reader) { readGradients(r, s) })
		return r.err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func readGradients(r *reader, s *Gradients) {
	s.Step = readAttr[int64](r, r.g, "step")
	s.Batch, s.Repeats = int(readAttr[int64](r, r.g, "batch")), int(readAttr[int64](r, r.g, "repeats"))
	for _, name := range strings.Fields(readAttr[string](r, r.g, "swept")) {
		set, a := r.dataset(name), SweptAxis{}
		a.Name, a.Key = name, readAttr[string](r, set, "key")
		a.Values, _ = numbers[float64](r, name)
		if labels := optional[string](r, set, "labels"); labels != "" {
			a.Labels = strings.Split(labels, "\n")
		}
		s.Axes = append(s.Axes, a)
	}
	points := r.groups()
	slices.Sort(points)
	for _, point := range points {
		var estimates []GradientEstimate
		r.group(point, func(r *reader) {
			for _, name := range strings.Fields(readAttr[string](r, r.g, "estimators")) {
				e := GradientEstimate{Name: name}
				r.group(name, e.read)
				estimates = append(estimates, e)
			}
		})
		s.Points = append(s.Points, estimates)
	}
}

func (e *GradientEstimate) read(r *reader) {
	e.Mean, _ = numbers[float64](r, "mean")
	e.Variance, _ = numbers[float64](r, "variance")
	e.VarianceStderr, _ = numbers[float64](r, "variance_stderr")
	e.Total, e.TotalStderr = readAttr[float64](r, r.g, "total_variance"), readAttr[float64](r, r.g, "total_variance_stderr")
	e.Distance, e.Z = readAttr[float64](r, r.g, "distance"), readAttr[float64](r, r.g, "z")
}

// IsGradients tells whether the file at path is one of SaveGradients.
func IsGradients(path string) bool { return hasFormat(path, gradientsFormat) }

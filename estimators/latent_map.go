package estimators

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// latentMap is where an encoder q(z|x) puts rows of the energy: means of their latent
// variables, with the standard deviations of z as errors, and the classes of the rows where the
// energy knows them. Each range of rows is apart.
func latentMap() core.Part {
	type config struct {
		Rows int `key:"rows" min:"1" max:"1000000" help:"rows of each range, the first ones"`
	}
	m := manifest("latent_map", "means and standard deviations of an encoder's latent variables for rows of the energy", "Kingma and Welling 2014, arXiv:1312.6114")
	m.Params = core.SchemaOf(config{Rows: 1000})
	return core.Part{
		Manifest: m,
		NewEstimator: func(s core.Settings, setting core.Setting) (core.Estimator, error) {
			var c config
			core.Decode(s, &c)
			return &encoded{ranges: setting.Energy.Rows, latents: setting.Model.Latents, most: c.Rows,
				labelled: slices.Contains(setting.Energy.Powers, core.PowerLabels), seen: make([]mapped, len(setting.Energy.Rows))}, nil
		},
	}
}

// encoded are latent variables of rows.
type encoded struct {
	ranges        []core.Range
	latents, most int
	labelled      bool
	seen          []mapped // of each range
}

// mapped are rows of a range.
type mapped struct{ row, mean, deviation series }

var _ core.Estimator = (*encoded)(nil)

// Spec implements core.Estimator.
func (e *encoded) Spec() core.EstimatorSpec {
	spec := core.EstimatorSpec{Source: core.OfData, ModelPowers: []core.Power{core.PowerBound},
		Wants: []core.Column{core.LatentMean, core.LatentDeviation, core.RowNumber}}
	for _, r := range e.ranges {
		spec.Memory.Fixed += 16 * float64(e.latents) * float64(min(e.most, r.To-r.From))
	}
	if e.labelled {
		spec.Wants = append(spec.Wants, core.Label)
	}
	for _, r := range e.ranges {
		spec.Observables = append(spec.Observables, core.Observable{Name: "latent_map_" + r.Name})
	}
	return spec
}

// Add implements core.Estimator.
func (e *encoded) Add(b *core.Batch) error {
	mean, deviation, number, label := core.LatentMean.Of(b), core.LatentDeviation.Of(b), core.RowNumber.Of(b), core.Label.Of(b)
	q := e.latents
	for k, r := range e.ranges {
		of := &e.seen[k]
		for i, n := range number {
			if int(n) < r.From || int(n) >= r.To || len(of.row) == e.most {
				continue
			}
			row := float64(n)
			if e.labelled {
				row = float64(label[i])
			}
			of.row = append(of.row, row)
			of.mean, of.deviation = append(of.mean, mean[i*q:(i+1)*q]...), append(of.deviation, deviation[i*q:(i+1)*q]...)
		}
	}
	return nil
}

// Report implements core.Estimator.
func (e *encoded) Report() (all []core.Estimate, err error) {
	rows, latents := core.Axis{Name: "row", Units: "1"}, core.Axis{Name: core.AxisLatent, Units: "1"}
	if e.labelled {
		rows.Name = core.AxisLabel
	}
	for k := range e.latents {
		latents.Values = append(latents.Values, float64(k))
	}
	for k, r := range e.ranges {
		of := e.seen[k]
		rows.Values = slices.Clone(of.row)
		all = append(all, core.Estimate{Name: "latent_map_" + r.Name, Long: "means of the encoder for rows " + r.Name, Value: slices.Clone(of.mean), Stderr: slices.Clone(of.deviation),
			Units: "1", Axes: []core.Axis{rows, latents}, N: int64(len(of.row)), Tau: 1})
	}
	return all, nil
}

func (e *encoded) gathered() gathered {
	all := gathered{}
	for k, r := range e.ranges {
		of := &e.seen[k]
		all[r.Name], all[r.Name+".mean"], all[r.Name+".deviation"] = &of.row, &of.mean, &of.deviation
	}
	return all
}

// State implements core.Estimator.
func (e *encoded) State() core.EstimatorState { return e.gathered().state() }

// Restore implements core.Estimator.
func (e *encoded) Restore(state core.EstimatorState) error { return e.gathered().restore(state) }

// Merge implements core.Estimator.
func (e *encoded) Merge(state core.EstimatorState) error { return e.gathered().merge(state) }

// series are numbers that are kept, one after the other.
type series []float64

// State is a copy.
func (s *series) State() []float64 { return slices.Clone(*s) }

// Restore puts back what State returned.
func (s *series) Restore(state []float64) error {
	*s = slices.Clone(state)
	return nil
}

// Join appends.
func (s *series) Join(state []float64) error {
	*s = append(*s, state...)
	return nil
}

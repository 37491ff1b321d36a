package estimators

import (
	"fmt"
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
			e := &encoded{ranges: setting.Energy.Rows, latents: setting.Model.Latents, most: c.Rows,
				labelled: slices.Contains(setting.Energy.Powers, core.PowerLabels)}
			of := points{most: c.Rows, d: e.latents}
			for range e.ranges {
				e.seen = append(e.seen, mapped{row: points{most: c.Rows, d: 1}, mean: of, deviation: of})
			}
			return e, nil
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

// mapped are rows of a range, the first ones.
type mapped struct{ row, mean, deviation points }

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
			if int(n) < r.From || int(n) >= r.To {
				continue
			}
			row := float64(n)
			if e.labelled {
				row = float64(label[i])
			}
			of.row.add([]float64{row})
			of.mean.add(mean[i*q : (i+1)*q])
			of.deviation.add(deviation[i*q : (i+1)*q])
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
		rows.Values = slices.Clone(of.row.x)
		all = append(all, core.Estimate{Name: "latent_map_" + r.Name, Long: "means of the encoder for rows " + r.Name, Value: slices.Clone(of.mean.x), Stderr: slices.Clone(of.deviation.x),
			Units: "1", Axes: []core.Axis{rows, latents}, N: int64(of.row.n()), Tau: 1})
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
func (e *encoded) Restore(state core.EstimatorState) error {
	if err := e.fits(state); err != nil {
		return err
	}
	return e.gathered().restore(state)
}

// Merge implements core.Estimator. Of both together the first rows stay.
func (e *encoded) Merge(state core.EstimatorState) error {
	if err := e.fits(state); err != nil {
		return err
	}
	return e.gathered().merge(state)
}

// fits refuses a state whose pieces are not of the same rows.
func (e *encoded) fits(state core.EstimatorState) error {
	for _, r := range e.ranges {
		rows := len(state[r.Name])
		for _, piece := range []string{".mean", ".deviation"} {
			if n := len(state[r.Name+piece]); n != rows*e.latents {
				return fmt.Errorf("%s%s: %d numbers are not those of %d latent variables of %d rows", r.Name, piece, n, e.latents, rows)
			}
		}
	}
	return nil
}

package estimators

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// symmetryDefect is how far the density p of a model is from one with the symmetries of
// the energy, which the Boltzmann density has,
//
//	D = < ln p(x) - ln p(g x) >,   x from p, g from the group at random,
//
// over the group of those symmetries that the model does not have by construction. It is
// an average of Kullback-Leibler divergences between p and its images, so that no model
// without the symmetries has D <= 0, and a part of the configurations that the model has
// lost makes it large where an image of it is not lost.
//
// The average of p and an image is a normalised density, too, and E is the same at x and
// g x. With its weights
//
//	u(x) = exp(-beta E(x)) / (p(x)/2 + p(g x)/2),   < u > = Z,
//
// for every g, since g^-1 is drawn as often as g. They are never above twice those of p,
// and where p has lost what its images have, < u > is up to twice < w >, w = exp(-beta E)/p:
//
//	log_z_orbit = ln < w > + Delta,   Delta = ln < u > - ln < w > of the same draws.
//
// Delta is 0 up to its error where p has all of the Boltzmann density. Both are measured
// on every 128th draw and the first 128, for which ln p is asked for once more.
func symmetryDefect() core.Part {
	const name = "symmetry_defect"
	return core.Part{
		Manifest: manifest(name, "< ln p(x) - ln p(g x) > over the symmetries g of the energy, and ln Z by the average of p and its images", "Kullback and Leibler 1951, Ann. Math. Stat. 22, 79; Nicoli et al. 2020, Phys. Rev. E 101, 023304 (arXiv:1910.13496)"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needDensity(name, s); err != nil {
				return nil, err
			}
			if err := needBeta(name, s); err != nil {
				return nil, err
			}
			lacks := slices.DeleteFunc(slices.Clone(s.Energy.Symmetries), func(g core.Symmetry) bool { return slices.Contains(s.Model.Symmetries, g) })
			if len(lacks) == 0 {
				return nil, core.Errorf(core.Mismatch, "open estimator", name, "the energy has no symmetry that the model has not")
			}
			if err := needIndependent(name, s); err != nil {
				return nil, err
			}
			return &symmetryDefects{setting: s, lacks: lacks, description: description{
				estimate: core.Estimate{Name: name, Long: fmt.Sprintf("mean of ln p(x) - ln p(g x), g of the energy's %v", lacks), Units: "1", Own: true},
				needs:    core.EstimatorSpec{Source: core.OfModel, Forbidden: s.Energy.Forbids, Memory: core.Memory{Kept: 8}},
			}}, nil
		},
	}
}

// defectShare is one in so many draws that are looked at again, and firstLooked are all of the
// first, since errors of means of fewer are too small.
const defectShare, firstLooked = 128, 128

// smallDefect in nats is none: importance weights change by a tenth.
const smallDefect = 0.1

// symmetryDefects gathers ln p at images.
type symmetryDefects struct {
	description
	setting core.Setting
	lacks   []core.Symmetry

	lnw     []float64 // of the batch at hand
	x, lnP  []float64 // images of the share of a batch, and ln p there
	at      []int     // whose images they are
	batches count
	weights stats.Weights // of all draws
	shared  kept          // ln w of the share
	own     kept          // ln p(x) of the share
	image   kept          // ln p(g x)
}

var _ core.Estimator = (*symmetryDefects)(nil)

// ground tells that there are no weights, since beta is infinite.
func (d *symmetryDefects) ground() bool { return math.IsInf(d.setting.Beta, 1) }

// Spec implements core.Estimator.
func (d *symmetryDefects) Spec() core.EstimatorSpec {
	spec := d.description.Spec()
	spec.Observables[0].Reference = &core.Reference{Value: 0, Source: "symmetry of the Boltzmann density"}
	if !d.ground() {
		o := core.Observable{Name: logZOrbit, Extensive: true}
		if z, ok := d.setting.Exact["log_z"]; ok {
			o.Reference = &core.Reference{Value: z} // whose source is that of log_z
		}
		spec.Observables = append(spec.Observables, o)
	}
	return spec
}

const logZOrbit = "log_z_orbit"

// Add implements core.Estimator.
func (d *symmetryDefects) Add(b *core.Batch) error {
	if err := d.check(b); err != nil {
		return err
	}
	d.lnw = core.Resize(d.lnw, b.N)
	for i, l := range b.LogP {
		if d.lnw[i] = -l; !d.ground() {
			d.lnw[i] -= d.setting.Beta * b.E[i]
		}
	}
	d.weights.Add(d.lnw)
	if err := d.look(b); err != nil {
		return err
	}
	for k, i := range d.at {
		d.shared = append(d.shared, d.lnw[i])
		d.own, d.image = append(d.own, b.LogP[i]), append(d.image, d.lnP[k])
	}
	d.batches++
	return nil
}

// look asks for ln p at an image of every draw of the share. Which draws and images they
// are hangs on the numbers of the draws alone, and not on who else draws from the batch.
func (d *symmetryDefects) look(b *core.Batch) error {
	space, size := d.setting.Energy.Space, d.setting.Energy.Space.Size()
	d.at = d.at[:0]
	for i := range b.N {
		if n := b.From + i; n%defectShare == 0 || d.batches == 0 && n < firstLooked {
			d.at = append(d.at, i)
		}
	}
	d.x, d.lnP = core.Resize(d.x, len(d.at)*size), core.Resize(d.lnP, len(d.at))
	var stream rand.PCG
	for k, i := range d.at {
		core.SeedStream(&stream, core.Derive(d.setting.Seed, uint64(d.batches)), uint64(b.From+i))
		core.Random(space, rand.New(&stream), d.lacks...)(d.x[k*size:(k+1)*size], b.X[i*size:(i+1)*size])
	}
	if len(d.at) == 0 {
		return nil
	}
	if err := d.setting.Density.LogProb(d.lnP, d.x); err != nil {
		return err
	}
	if i := slices.IndexFunc(d.lnP, func(l float64) bool { return math.IsNaN(l) || math.IsInf(l, 1) }); i >= 0 {
		return core.Errorf(core.Numeric, "estimate", d.estimate.Name, "ln p = %v at the image of sample %d of the batch", d.lnP[i], d.at[i])
	}
	return nil
}

// Report implements core.Estimator.
func (d *symmetryDefects) Report() ([]core.Estimate, error) {
	value, stderr := stats.SymmetryDefect(d.own, d.image, 1)
	n := len(d.own)
	all, err := d.description.report(value, stderr, int64(n))
	settle(&all[0], 0, stderr*math.Sqrt(float64(n)), math.Abs(value))
	delta, deltaErr := math.NaN(), math.NaN()
	if !d.ground() {
		delta, deltaErr = d.shift()
		value, stderr := d.weights.LogMean()
		orbit := core.Scalar(logZOrbit, "logarithm of the partition function, reweighted by the average of p and its images", value+delta, math.Hypot(stderr, deltaErr), "1", d.weights.N())
		orbit.Extensive, orbit.Reweighted = true, true
		judgeWeights(&orbit, "", &d.weights)
		all = append(all, orbit)
	}
	d.judge(all, delta, deltaErr)
	return all, err
}

// shift is Delta, and its error to first order.
func (d *symmetryDefects) shift() (delta, stderr float64) {
	top := math.Inf(-1)
	for _, l := range d.shared {
		top = max(top, l)
	}
	n := float64(len(d.shared))
	if n < 2 || math.IsInf(top, -1) {
		return math.NaN(), math.NaN()
	}
	both := make([]float64, 0, 2*len(d.own))
	for i, l := range d.own {
		both = append(both, l, d.image[i])
	}
	average := make([]float64, len(d.own))
	stats.Orbit(average, both, 2)
	u, w := make([]float64, len(d.shared)), make([]float64, len(d.shared))
	var meanU, meanW float64
	for i, l := range d.shared {
		w[i] = math.Exp(l - top)
		u[i] = w[i] * math.Exp(d.own[i]-average[i])
		meanU, meanW = meanU+u[i]/n, meanW+w[i]/n
	}
	squares := 0.0
	for i := range u {
		influence := u[i]/meanU - w[i]/meanW
		squares += influence * influence
	}
	return math.Log(meanU / meanW), math.Sqrt(squares / (n * (n - 1)))
}

// judge warns of what the defect says about everything that is estimated from the draws.
func (d *symmetryDefects) judge(all []core.Estimate, delta, deltaErr float64) {
	defect := &all[0]
	value, stderr := defect.Value[0], defect.Stderr[0]
	switch {
	case len(d.own) == 0:
	case math.Abs(delta) > max(3*deltaErr, 1e-6):
		defect.WarnOf(core.AboutLost, core.CautionBrokenSymmetry, "ln Z moves by %.3g +- %.1g when ln p at images by %v of the draws is counted in: the model has lost configurations, or has too much of some; train longer, with annealing, or average over the symmetries (model.average)",
			delta, deltaErr, d.lacks)
	case value > max(3*stderr, smallDefect) || math.IsInf(value, 1):
		defect.WarnOf(core.AboutDensity, core.CautionBrokenSymmetry, "ln p differs by %.3g +- %.1g nats between configurations and their images by %v, which are equally likely: the model is that far from the Boltzmann density; train longer, or average over the symmetries (model.average, evaluate.orbit)",
			value, stderr, d.lacks)
	}
}

func (d *symmetryDefects) gathered() gathered {
	return gathered{"batches": &d.batches, "ln_w": &d.weights, "ln_w_shared": &d.shared, "ln_p": &d.own, "ln_p_image": &d.image}
}

// State implements core.Estimator.
func (d *symmetryDefects) State() core.EstimatorState { return d.gathered().state() }

// Restore implements core.Estimator.
func (d *symmetryDefects) Restore(state core.EstimatorState) error {
	return d.gathered().restore(state)
}

// Merge implements core.Estimator.
func (d *symmetryDefects) Merge(state core.EstimatorState) error { return d.gathered().merge(state) }

package objective

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// Discrepancy is the squared maximum mean discrepancy of the model's draws x from data y (Li,
// Swersky and Zemel 2015, arXiv:1502.02761; of Born machines Liu and Wang 2018, PRA 98, 062324,
// arXiv:1804.04168),
//
//	loss = < k(x, x') > - 2 < k(x, y) > + < k(y, y') >,
//	grad = 2 < [ k(x, x') - k(x, y) ] grad ln p(x) >,
//
// with a kernel k, and all means over pairs of different draws, so that no one has a bias. With
// S_i = sum_(j != i) k(x_i, x_j), T = sum_i S_i and D_i the mean of k(x_i, y) over the n rows y,
//
//	w_i = 2/n [ S_i/(n-1) - D_i - b_i ],
//	b_i = (T - 2 S_i)/((n-1)(n-2)) - sum_(j != i) D_j/(n-1).
//
// b_i is a baseline: what stands before it, of the other draws among themselves, which does not
// know x_i. ln p is needed for its gradient alone, so that the model may be one of a few states at its
// density's zeros, where a likelihood has walls.
//
// The loss is the mean of one term of each draw and the row of the same number, with S'_i and D'_i
// those of the row y_i among the rows and from the draws,
//
//	t_i = (S_i + S'_i)/(n-1) - D_i - D'_i,   error = 2 s/sqrt(n),
//
// s the standard deviation of the t_i: a mean over pairs varies, to first order, as twice the mean of
// what one of their members gives (Hoeffding 1948, Ann. Math. Stat. 19, 293).
type Discrepancy struct {
	Kernel stats.Gaussians

	own, other     []float64 // S, D
	within, beside []float64 // S', D'
	numbers        [2]float64
}

var _ core.Objective = (*Discrepancy)(nil)

// Spec implements core.Objective.
func (*Discrepancy) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Beside: core.RoleData,
		Wants:  []core.Column{core.X, core.X.As(core.RoleData), core.LogP}, Bars: []core.Column{core.LogP},
		Numbers: lossNumbers("squared maximum mean discrepancy of draws from data, without bias and so below 0 at times"),
	}
}

// Cotangents implements core.Objective. Every draw is compared with every other, so that all of
// them have to be at hand.
func (o *Discrepancy) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	x, y, n := core.X.Of(all), core.X.As(core.RoleData).Of(all), all.N
	switch {
	case len(x) == 0 || len(y) == 0:
		return nil, core.Errorf(core.Unsupported, "form cotangents", "", "every draw is compared with every other, and they are on several ranks; run on one")
	case n < 3:
		return nil, core.Errorf(core.Invalid, "form cotangents", "", "a batch of %d leaves no two other samples for the baseline; at least 3 are needed", n)
	}
	for _, sums := range []*[]float64{&o.own, &o.other, &o.within, &o.beside} {
		*sums = core.Resize(*sums, n)
	}
	o.compare(x, y, len(x)/n)
	count := float64(n)
	sumS, sumD := 0.0, 0.0
	terms := o.within // t, in its place
	for i, s := range o.own {
		sumS, sumD = sumS+s, sumD+o.other[i]
		terms[i] = (s+o.within[i])/(count-1) - o.other[i] - o.beside[i]
	}
	o.numbers[0], o.numbers[1] = meanStderrOf(terms)
	o.numbers[1] *= 2
	w, first := core.LogP.Room(bar, b.N), offset(b, all)
	for k := range w {
		s, d := o.own[first+k], o.other[first+k]
		baseline := (sumS-2*s)/((count-1)*(count-2)) - (sumD-d)/(count-1)
		w[k] = 2 / count * (s/(count-1) - d - baseline)
	}
	return o.numbers[:], nil
}

// compare makes the sums of k over pairs.
func (o *Discrepancy) compare(x, y []float64, d int) {
	n := len(o.own)
	clear(o.own)
	clear(o.within)
	clear(o.beside)
	for i := range n {
		xi, yi := x[i*d:(i+1)*d], y[i*d:(i+1)*d]
		sum := 0.0
		for j := range n {
			k := o.Kernel.Between(xi, y[j*d:(j+1)*d])
			sum += k
			o.beside[j] += k / float64(n)
		}
		o.other[i] = sum / float64(n)
		for j := range i {
			k := o.Kernel.Between(xi, x[j*d:(j+1)*d])
			o.own[i], o.own[j] = o.own[i]+k, o.own[j]+k
			k = o.Kernel.Between(yi, y[j*d:(j+1)*d])
			o.within[i], o.within[j] = o.within[i]+k, o.within[j]+k
		}
	}
}

// The keys of mmd.
type discrepancyKeys struct {
	Widths []float64 `key:"widths" help:"of the Gaussian kernels whose mean is the kernel, in the units of x"`
}

var discrepancyPart = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "mmd", Version: "1.0.0", Source: core.OfModel,
		Summary:   "squared maximum mean discrepancy of the model's draws from rows of the energy, with Gaussian kernels",
		Reference: "Li, Swersky and Zemel 2015, arXiv:1502.02761; Liu and Wang 2018, PRA 98, 062324, arXiv:1804.04168",
		Params:    core.SchemaOf(discrepancyKeys{Widths: []float64{math.Sqrt(0.5), 1, math.Sqrt(2), 2}})},
	NewObjective: func(s core.Settings, setting core.Setting) (core.Objective, error) {
		var keys discrepancyKeys
		core.Decode(s, &keys)
		if len(keys.Widths) == 0 || slices.ContainsFunc(keys.Widths, func(w float64) bool { return !(w > 0) || math.IsInf(w, 1) }) {
			return nil, &core.Error{Kind: core.Invalid, Err: &core.SettingError{Key: "widths", Problem: fmt.Sprintf("must be positive numbers, got %v", keys.Widths)}}
		}
		if slices.Contains(setting.Model.Powers, core.PowerWeight) || setting.Energy.Quantum() {
			return nil, &core.Error{Kind: core.Mismatch, Err: fmt.Errorf("it needs a model with a density that is known"), Hint: `set train.objective = "contrastive_divergence" for one that is known up to a constant`}
		}
		return &Discrepancy{Kernel: keys.Widths}, nil
	},
}

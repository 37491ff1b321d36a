package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Contrast is contrastive divergence in its first form (Hinton 2002, Neural Comput. 14, 1771,
// eq. 5). Chains of the density p = exp(w)/Z start at the data x and come to y in k steps,
//
//	loss = <w(y)> - <w(x)>,   grad = <grad w(y)> - <grad w(x)>,
//
// y held fixed. For k to infinity that is the gradient of the likelihood; for k steps it has a
// bias, which is zero where p is the density of the data, and less variance, since y has not
// gone far from x.
type Contrast struct {
	differences []float64
	numbers     [3]float64
}

var _ core.Objective = (*Contrast)(nil)

// Spec implements core.Objective.
func (*Contrast) Spec() core.ObjectiveSpec {
	w := []core.Column{core.LogWeight, core.MovedWeight}
	return core.ObjectiveSpec{
		Wants: w, Bars: w,
		Noise: []core.Noise{{Column: core.U, Law: core.Uniform}},
		Numbers: []core.NumberInfo{{Name: "contrast", Long: "mean log-weight where the chains came less that of the data", Units: "1"},
			{Name: "contrast_stderr", Long: "standard error of contrast", Units: "1"},
			{Name: "log_weight", Long: "mean log-weight of the data", Units: "1"}},
	}
}

// Cotangents implements core.Objective.
func (o *Contrast) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	moved := core.MovedWeight
	o.differences = core.Resize(o.differences, all.N)
	for i, w := range core.LogWeight.Of(all) {
		o.differences[i] = moved.Of(all)[i] - w
	}
	o.numbers[0], o.numbers[1] = meanStderrOf(o.differences)
	o.numbers[2] = mean(core.LogWeight.Of(all))
	data, ends := core.LogWeight.Room(bar, b.N), moved.Room(bar, b.N)
	for i := range data {
		data[i], ends[i] = -1/float64(all.N), 1/float64(all.N)
	}
	return o.numbers[:], nil
}

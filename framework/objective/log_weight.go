package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// LogWeight is the mean of the log-weight w of a density p = exp(w)/Z. The
// likelihood of data has it twice,
//
//	-<ln p>_data = ln Z - <w>_data,
//	grad = <grad w>_{x~p} - <grad w>_data,
//
// once with weight -1 on data and once with weight +1 on draws of the model: its
// Markov chains, for contrastive divergence (Hinton 2002, Neural Comput. 14, 1771;
// with chains that are never started again, Tieleman 2008, ICML, 1064). The sum of
// the two losses has the gradient of the likelihood, and not its value.
type LogWeight struct{ numbers [2]float64 }

var _ core.Objective = (*LogWeight)(nil)

// Spec implements core.Objective.
func (*LogWeight) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Wants: []core.Column{core.LogWeight}, Bars: []core.Column{core.LogWeight},
		Numbers: []core.NumberInfo{{Name: "log_weight", Long: "mean log-weight of the batch", Units: "1"},
			{Name: "log_weight_stderr", Long: "standard error of log_weight", Units: "1"}},
	}
}

// Cotangents implements core.Objective.
func (o *LogWeight) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	o.numbers[0], o.numbers[1] = meanStderrOf(core.LogWeight.Of(all))
	w := core.LogWeight.Room(bar, b.N)
	for i := range w {
		w[i] = 1 / float64(all.N)
	}
	return o.numbers[:], nil
}

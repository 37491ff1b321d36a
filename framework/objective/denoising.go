package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Denoising fits a score to data x_1 with noise on them (Vincent 2011, "A connection
// between score matching and denoising autoencoders", Neural Computation 23, 1661; Song and
// Ermon 2019, arXiv:1907.05600, eqs. 5 and 6),
//
//	loss = 1/2 < lambda |s(x_t, t) + eps/sigma|^2 >,   x_t = a x_1 + sigma eps,
//
// eps standard normal and t uniform. With lambda = sigma^2, which makes the levels of noise
// alike, it is 1/2 < |sigma s + eps|^2 >. Its minimum is the score of x_t, s = -<eps | x_t>/
// sigma; the loss there is the variance of eps that is left, and not zero. With d components
// and J the Fisher information of x_t it is 1/2 < lambda (d/sigma^2 - J) >.
type Denoising struct {
	// Levels of noise, as those of core.Noise: 0 stands for all of them.
	Levels int
	// Even tells that lambda is 1.
	Even bool

	losses  []float64
	numbers [2]float64
}

var _ core.Objective = (*Denoising)(nil)

// Spec implements core.Objective.
func (o *Denoising) Spec() core.ObjectiveSpec {
	eps := core.X.As(core.RoleNoise)
	return core.ObjectiveSpec{
		Role:  core.RoleSignal,
		Noise: []core.Noise{{Column: eps, Law: core.Normal}, {Column: core.Time, Law: core.Uniform, Values: o.Levels}},
		Wants: []core.Column{core.Score, eps, core.NoiseLevel, core.Residual}, Bars: []core.Column{core.Score},
		Numbers: lossNumbers("half the squared distance of sigma s from the noise -eps, weighted by level, the mean over the batch"),
	}
}

// weight is lambda/sigma^2.
func (o *Denoising) weight(sigma float64) float64 {
	if o.Even {
		return 1 / (sigma * sigma)
	}
	return 1
}

// Cotangents implements core.Objective.
func (o *Denoising) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	o.losses = core.Resize(o.losses, all.N)
	for i, sigma := range core.NoiseLevel.Of(all) {
		o.losses[i] = o.weight(sigma) / 2 * core.Residual.Of(all)[i]
	}
	o.numbers[0], o.numbers[1] = meanStderrOf(o.losses)
	s, eps := core.Score.Of(b), core.X.As(core.RoleNoise).Of(b)
	sbar := core.Score.Room(bar, len(s))
	d := len(s) / max(b.N, 1)
	for i, sigma := range core.NoiseLevel.Of(b) {
		w := o.weight(sigma) * sigma / float64(all.N)
		for k := i * d; k < (i+1)*d; k++ {
			sbar[k] = w * (sigma*s[k] + eps[k])
		}
	}
	return o.numbers[:], nil
}

// The keys of levels of noise and their weights.
type levelKeys struct {
	Levels  int    `key:"levels" min:"0" max:"1000000" help:"levels of noise, at equal distances in t and with both ends, of which each configuration gets one; 1 is the least noise alone, and 0 all levels between"`
	Weights string `key:"weights" choices:"variance,even" help:"of the levels in the loss: variance is sigma^2, which makes them alike; even is 1, by which the least noise counts most"`
}

var denoisingPart = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "denoising", Version: "1.0.0", Source: core.OfData,
		Summary:   "denoising score matching: squared distance of the score from the noise that was put on data",
		Reference: "Vincent 2011, Neural Computation 23, 1661; Song and Ermon 2019, arXiv:1907.05600",
		Params:    core.SchemaOf(levelKeys{Weights: "variance"})},
	NewObjective: func(s core.Settings, _ core.Setting) (core.Objective, error) {
		var keys levelKeys
		core.Decode(s, &keys)
		return &Denoising{Levels: keys.Levels, Even: keys.Weights == "even"}, nil
	},
}

package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Implicit fits a score to data with noise on them without looking at the noise
// (Hyvarinen 2005, "Estimation of non-normalized statistical models by score matching",
// J. Mach. Learn. Res. 6, 695),
//
//	loss = < lambda [ |s(x_t, t)|^2/2 + div s(x_t, t) ] >.
//
// By parts it is 1/2 < lambda |s - grad ln p_t|^2 > less 1/2 < lambda |grad ln p_t|^2 >, its
// minimum, and the loss of Denoising without 1/2 < lambda d/sigma^2 >. Sliced, the divergence is
// e . (ds/dx) e along random directions of signs (Song, Garg, Shi and Ermon 2019,
// arXiv:1905.07088, eq. 8; Hutchinson 1989): dearer by one column of the Jacobian than the score, where
// the exact divergence takes all d.
type Implicit struct {
	Levels int
	Even   bool
	Sliced bool

	losses  []float64
	numbers [2]float64
}

var _ core.Objective = (*Implicit)(nil)

// slope is the column of the divergence or its estimate.
func (o *Implicit) slope() *core.Quantity[float64] {
	if o.Sliced {
		return core.ScoreAlong
	}
	return core.ScoreDiv
}

// Spec implements core.Objective.
func (o *Implicit) Spec() core.ObjectiveSpec {
	s := core.ObjectiveSpec{
		Role:    core.RoleSignal,
		Noise:   []core.Noise{{Column: core.X.As(core.RoleNoise), Law: core.Normal}, {Column: core.Time, Law: core.Uniform, Values: o.Levels}},
		Wants:   []core.Column{core.Score, o.slope(), core.NoiseLevel, core.ScoreSquare},
		Bars:    []core.Column{core.Score, o.slope()},
		Numbers: lossNumbers("half the square of the score and its divergence, weighted by level, the mean over the batch"),
	}
	if o.Sliced {
		s.Noise = append(s.Noise, core.Noise{Column: core.Along, Law: core.Signs})
	}
	return s
}

// weight is lambda.
func (o *Implicit) weight(sigma float64) float64 {
	if o.Even {
		return 1
	}
	return sigma * sigma
}

// Cotangents implements core.Objective.
func (o *Implicit) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	o.losses = core.Resize(o.losses, all.N)
	square, slope := core.ScoreSquare.Of(all), o.slope().Of(all)
	for i, sigma := range core.NoiseLevel.Of(all) {
		o.losses[i] = o.weight(sigma) * (square[i]/2 + slope[i])
	}
	o.numbers[0], o.numbers[1] = meanStderrOf(o.losses)
	s := core.Score.Of(b)
	sbar, slopeBar, d := core.Score.Room(bar, len(s)), o.slope().Room(bar, b.N), len(s)/max(b.N, 1)
	for i, sigma := range core.NoiseLevel.Of(b) {
		slopeBar[i] = o.weight(sigma) / float64(all.N)
		for k := i * d; k < (i+1)*d; k++ {
			sbar[k] = slopeBar[i] * s[k]
		}
	}
	return o.numbers[:], nil
}

// The keys of implicit.
type implicitKeys struct {
	levelKeys
	Divergence string `key:"divergence" choices:"exact,sliced" help:"of the score: exact; or sliced, its slope along a random direction of signs, whose mean it is"`
}

var implicitPart = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "implicit", Version: "1.0.0", Source: core.OfData,
		Summary:   "implicit score matching: square and divergence of the score, with the noise on the data unseen",
		Reference: "Hyvarinen 2005, J. Mach. Learn. Res. 6, 695; Song, Garg, Shi and Ermon 2019, arXiv:1905.07088",
		Params:    core.SchemaOf(implicitKeys{levelKeys{Weights: "variance"}, "exact"})},
	NewObjective: func(s core.Settings, _ core.Setting) (core.Objective, error) {
		var keys implicitKeys
		core.Decode(s, &keys)
		return &Implicit{Levels: keys.Levels, Even: keys.Weights == "even", Sliced: keys.Divergence == "sliced"}, nil
	},
}

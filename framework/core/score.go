package core

// PowerScore declares that the model is a ScoreField.
const PowerScore Power = "score"

// ScoreField is a model of data under noise. With x_1 a configuration of the data and eps
// standard normal,
//
//	x_t = a(t) x_1 + sigma(t) eps,
//	s(x, t) = grad_x ln p_t(x) = -<eps | x_t = x>/sigma(t),   p_t the density of x_t.
//
// Time runs as that of a VelocityField, from 0, where noise is all there is or nearly, to 1,
// where there is the least of it: sigma/a falls. sigma(t) is positive for t < 1. The way
// from data to noise is that of
//
//	dx = f x dtau + g dW,   tau = 1 - t,   f = d ln a/dtau,   g^2 = d sigma^2/dtau - 2 f sigma^2,
//
// and all densities p_t are those of the way back, with W another noise, and of an ordinary
// differential equation (Song, Sohl-Dickstein, Kingma, Kumar, Ermon and Poole, "Score-based
// generative modeling through stochastic differential equations", arXiv:2011.13456):
//
//	dx = (-f x + g^2 s) dt + g dW,   dx/dt = -f x + g^2 s/2.
//
// s is what the model thinks it is: it need not be the gradient of anything, nor agree with
// its ln p before it has learned.
type ScoreField interface {
	// Score writes s(x_i, t_i); len(s) = len(x) = len(t) * Space.Size().
	Score(s, x, t []float64) error
	// ScorePull writes sum_i sbar_i . ds(x_i, t_i)/dtheta into grad (overwriting it), at
	// b.X and the times of b's column [Time]. len(sbar) = len(b.X), len(grad) =
	// Spec().Parameters.
	ScorePull(grad []float64, b *Batch, sbar []float64) error
	// Noising writes a(t_i) and sigma(t_i), which depend on nothing else.
	Noising(signal, noise, t []float64) error
	// Diffusion writes f and g^2 at t_i likewise.
	Diffusion(drift, diffusion, t []float64) error
}

// PowerScoreSlope declares that the model is a ScoreSloper.
const PowerScoreSlope Power = "score_slope"

// ScoreSloper is a ScoreField that knows how its score changes in space.
type ScoreSloper interface {
	// ScoreDivergence writes s(x_i, t_i) and its divergence in x.
	ScoreDivergence(s, div, x, t []float64) error
	// ScoreDivergencePull writes the derivative of sum_i [sbar_i . s_i + divbar_i div_i] in
	// theta into grad (overwriting it), at b.X and the times of b's column [Time].
	ScoreDivergencePull(grad []float64, b *Batch, sbar, divbar []float64) error
	// ScoreAlong writes s(x_i, t_i) and e_i . (ds/dx) e_i of a direction of each
	// configuration; of random directions with < e e^T > = 1 the mean is the divergence.
	ScoreAlong(s, along, x, t, e []float64) error
	// ScoreAlongPull is ScoreDivergencePull of that, at the directions of b's column
	// [Along].
	ScoreAlongPull(grad []float64, b *Batch, sbar, alongbar []float64) error
}

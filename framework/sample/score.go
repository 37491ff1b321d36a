package sample

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// ByScore draws by the score s of a model of data under noise, x_t = a x_1 + sigma eps. It
// goes through the levels t_k = k/Steps from noise to data, from x_0 = sigma(0) eps. A
// prediction is a step of the Euler-Maruyama method on the way back of the noise (Song,
// Sohl-Dickstein, Kingma, Kumar, Ermon and Poole, "Score-based generative modeling through
// stochastic differential equations", arXiv:2011.13456, eq. 6),
//
//	x += h (-f x + g^2 s) + g sqrt(h) z,   h = 1/Steps,
//
// all at t_k; a correction is one of Langevin's equation at a level (Song and Ermon,
// "Generative modeling by estimating gradients of the data distribution",
// arXiv:1907.05600, algorithm 1),
//
//	x += alpha s + sqrt(2 alpha) z,   alpha = StepSize sigma^2,
//
// z independent standard normal numbers. Both have the error of their steps: a correction
// leaves normal variables of the variance v at v/(1 - alpha/(2v)).
//
// A configuration reads a stream of its own. Nobody knows the ln p of these draws.
type ByScore struct {
	independent
	Model core.ScoreField
	Size  int // numbers of a configuration
	ScoreSteps
}

// ScoreSteps says which steps are made.
type ScoreSteps struct {
	Steps       int     `key:"steps" min:"1" max:"1000000" help:"steps from the level of noise at t = 0 to that at t = 1"`
	Corrections int     `key:"corrections" min:"0" max:"1000000" help:"steps of Langevin's equation at each level"`
	StepSize    float64 `key:"step_size" above:"0" help:"of a step of Langevin's equation, in units of sigma^2: x += alpha s + sqrt(2 alpha) z with alpha = step_size sigma^2"`
	Denoise     bool    `key:"denoise" help:"end at the mean of the data that belong to x with its noise, (x + sigma^2 s)/a, and not at x"`
	Predict     bool
}

var _ core.Sampler = (*ByScore)(nil)

// Next draws n configurations into dst.
func (b *ByScore) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	dst.Reset(n, b.Size)
	dst.LogP = dst.LogP[:0]
	w := &walk{ByScore: b, x: dst.X, s: make([]float64, n*b.Size), times: make([]float64, n), streams: make([]rand.PCG, n)}
	seed := core.Derive(state.Seed, state.Drawn)
	for i := range n {
		core.SeedStream(&w.streams[i], seed, uint64(dst.From+i))
	}
	if err := w.all(); err != nil {
		return state, err
	}
	for i, v := range w.x {
		if v-v != 0 {
			err := core.Errorf(core.Numeric, "draw", "", "component %d of configuration %d is %v", i%b.Size, i/b.Size, v)
			err.Hint = "shorter steps may help: more of them, or a smaller sampler.step_size"
			return state, err
		}
	}
	state.Drawn++
	return state, nil
}

// walk is the configurations of a draw on their way.
type walk struct {
	*ByScore
	x, s, times []float64
	streams     []rand.PCG // one for each configuration
}

// level is a time with what the noise is there.
type level struct{ t, signal, noise, drift, diffusion float64 }

func (w *walk) at(t float64) (l level, err error) {
	var signal, noise, drift, diffusion [1]float64
	time := []float64{t}
	if err = w.Model.Noising(signal[:], noise[:], time); err == nil {
		err = w.Model.Diffusion(drift[:], diffusion[:], time)
	}
	return level{t, signal[0], noise[0], drift[0], diffusion[0]}, err
}

// all makes all steps.
func (w *walk) all() error {
	l, err := w.at(0)
	if err != nil {
		return err
	}
	w.move(0, 0, l.noise)
	for k := range w.Steps + 1 {
		before := l
		if l, err = w.at(float64(k) / float64(w.Steps)); err != nil {
			return err
		}
		if h := 1 / float64(w.Steps); w.Predict && k > 0 {
			if err := w.step(before, 1-h*before.drift, h*before.diffusion, math.Sqrt(h*before.diffusion)); err != nil {
				return err
			}
		}
		alpha := w.StepSize * l.noise * l.noise
		for range w.Corrections {
			if err := w.step(l, 1, alpha, math.Sqrt(2*alpha)); err != nil {
				return err
			}
		}
	}
	if !w.Denoise {
		return nil
	}
	return w.step(l, 1/l.signal, l.noise*l.noise/l.signal, 0)
}

// step is x = keep x + along s + noise z, with the score at a level.
func (w *walk) step(l level, keep, along, noise float64) error {
	for i := range w.times {
		w.times[i] = l.t
	}
	if err := w.Model.Score(w.s, w.x, w.times); err != nil {
		return err
	}
	w.move(keep, along, noise)
	return nil
}

func (w *walk) move(keep, along, noise float64) {
	for i := range w.streams {
		random := rand.New(&w.streams[i])
		for k := i * w.Size; k < (i+1)*w.Size; k++ {
			w.x[k] = keep*w.x[k] + along*w.s[k]
			if noise > 0 {
				w.x[k] += noise * random.NormFloat64()
			}
		}
	}
}

// scorePart is a way to draw by a score, with some of the keys of ScoreSteps.
func scorePart(name, summary, reference string, d ScoreSteps, keys ...string) core.Part {
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindSampler, Name: name, Version: "1.0.0", Source: core.OfScore, Summary: summary, Reference: reference,
			Params: pick(core.SchemaOf(d), keys)},
		NewSampler: func(s core.Settings, t core.Target) (core.Sampler, error) {
			full, _ := core.Complete(core.SchemaOf(d), s) // with keys that this one does not look at
			b := &ByScore{Model: t.Model.(core.ScoreField), Size: t.Model.Spec().Space.Size(), ScoreSteps: d}
			core.Decode(full, &b.ScoreSteps)
			return b, nil
		},
		Uses: core.Uses{Model: true, Rows: []*core.Row{core.RowScore, core.RowNoising, core.RowDiffusion}},
	}
}

// scoreParts are the samplers by a score.
func scoreParts() []core.Part {
	const song = "Song, Sohl-Dickstein, Kingma, Kumar, Ermon and Poole 2021, arXiv:2011.13456"
	return []core.Part{
		scorePart("annealed_langevin", "Langevin's equation at levels of noise that fall, by a model's score", "Song and Ermon 2019, arXiv:1907.05600",
			ScoreSteps{Steps: 9, Corrections: 100, StepSize: 0.1}, "steps", "corrections", "step_size", "denoise"),
		scorePart("reverse_sde", "the stochastic equation from noise to data, by a model's score", song,
			ScoreSteps{Steps: 100, StepSize: 1, Predict: true}, "steps", "denoise"),
		scorePart("predictor_corrector", "the stochastic equation from noise to data with steps of Langevin's at each level, by a model's score", song,
			ScoreSteps{Steps: 100, Corrections: 1, StepSize: 0.1, Predict: true}, "steps", "corrections", "step_size", "denoise"),
	}
}

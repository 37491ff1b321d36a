package core

// ModelView is an Instance by the typed interfaces of models, all of them: the
// Spec says which are real. It serves one goroutine at a time, as models do.
type ModelView struct {
	Instance
	spec ModelSpec
	arguments
}

var (
	_ Model         = (*ModelView)(nil)
	_ PathPuller    = (*ModelView)(nil)
	_ ModelSloper   = (*ModelView)(nil)
	_ Mapper        = (*ModelView)(nil)
	_ DensityMatrix = (*ModelView)(nil)
	_ StateLister   = (*ModelView)(nil)
	_ StateSloper   = (*ModelView)(nil)
	_ StateDrawer   = (*ModelView)(nil)
	_ StateSpanner  = (*ModelView)(nil)
	_ NaturalPuller = (*ModelView)(nil)
	_ NaturalSharer = (*ModelView)(nil)
	_ Sweeper       = (*ModelView)(nil)
	_ Completer     = (*ModelView)(nil)
	_ MapGradienter = (*ModelView)(nil)
	_ VelocityField = (*ModelView)(nil)
	_ ScoreField    = (*ModelView)(nil)
	_ ScoreSloper   = (*ModelView)(nil)
	_ WeakDeriver   = (*ModelView)(nil)
	_ Weigher       = (*ModelView)(nil)
	_ Normaliser    = (*ModelView)(nil)
	_ Mover         = (*ModelView)(nil)
	_ Bounder       = (*ModelView)(nil)
	_ WaveFunction  = (*ModelView)(nil)
	_ Walker        = (*ModelView)(nil)
	_ Noticer       = (*ModelView)(nil)
)

// ViewModel is a model of this spec by its typed interfaces.
func ViewModel(i Instance, spec ModelSpec) *ModelView { return &ModelView{Instance: i, spec: spec} }

// arguments of a call, in batches that share the caller's slices.
type arguments struct {
	call         Call
	in, bar, out Batch
}

// of is a call about n configurations of which nothing is known.
func (a *arguments) of(n int) *Call {
	empty(&a.in, n)
	return a.about(&a.in)
}

// about is a call about b.
func (a *arguments) about(b *Batch) *Call {
	empty(&a.bar, b.N)
	empty(&a.out, b.N)
	a.call = Call{In: b, Bar: &a.bar, Out: &a.out}
	return &a.call
}

// empty makes b one of n configurations of which nothing is known, without the
// slices of earlier callers.
func empty(b *Batch, n int) {
	clear(b.further)
	*b = Batch{N: n, further: b.further}
}

// Spec implements Model.
func (v *ModelView) Spec() ModelSpec { return v.spec }

// Sample implements Model.
func (v *ModelView) Sample(dst *Batch, seed uint64, n int) error { return v.Draw(dst, seed, n) }

// LogProb implements Model.
func (v *ModelView) LogProb(dst, x []float64) error {
	c := v.of(len(dst))
	X.Put(c.In, x)
	LogP.Put(c.Out, dst)
	return v.Call(RowLogProb, c)
}

// Pull implements Model.
func (v *ModelView) Pull(grad []float64, b *Batch, w []float64) error {
	c := v.about(b)
	LogP.Put(c.Bar, w)
	Gradient.Put(c.Out, grad)
	return v.Call(RowPull, c)
}

// PathPull implements PathPuller.
func (v *ModelView) PathPull(grad []float64, b *Batch, xbar, lbar []float64) error {
	c := v.about(b)
	X.Put(c.Bar, xbar)
	LogP.Put(c.Bar, lbar)
	Gradient.Put(c.Out, grad)
	return v.Call(RowPathPull, c)
}

// Slope implements ModelSloper.
func (v *ModelView) Slope(slope, logP, x []float64) error {
	c := v.of(len(logP))
	X.Put(c.In, x)
	LogP.Put(c.Out, logP)
	LogPSlope.Put(c.Out, slope)
	return v.Call(RowModelSlope, c)
}

// Map implements Mapper.
func (v *ModelView) Map(x, lnDet, z []float64) error {
	c := v.of(len(lnDet))
	Z.Put(c.In, z)
	X.Put(c.Out, x)
	LogDet.Put(c.Out, lnDet)
	return v.Call(RowMap, c)
}

// Inverse implements Mapper.
func (v *ModelView) Inverse(z, lnDet, x []float64) error {
	c := v.of(len(lnDet))
	X.Put(c.In, x)
	Z.Put(c.Out, z)
	LogDet.Put(c.Out, lnDet)
	return v.Call(RowInverse, c)
}

// MapPull implements Mapper.
func (v *ModelView) MapPull(zbar, z, xbar, lbar []float64) error {
	c := v.of(len(lbar))
	Z.Put(c.In, z)
	X.Put(c.Bar, xbar)
	LogDet.Put(c.Bar, lbar)
	ZBar.Put(c.Out, zbar)
	return v.Call(RowMapPull, c)
}

// MapGradient implements MapGradienter.
func (v *ModelView) MapGradient(grad []float64, b *Batch, xbar, lbar []float64) error {
	c := v.about(b)
	X.Put(c.Bar, xbar)
	LogDet.Put(c.Bar, lbar)
	Gradient.Put(c.Out, grad)
	return v.Call(RowMapGradient, c)
}

// Pairs implements WeakDeriver.
func (v *ModelView) Pairs(x, u []float64) (y, weight []float64, err error) {
	c := v.of(len(x) / v.spec.Space.Size())
	X.Put(c.In, x)
	U.Put(c.In, u)
	Pairs.Room(c.Out, c.In.N)
	err = v.Call(RowPairs, c)
	return pairX.Of(c.Out), pairWeight.Of(c.Out), err
}

// Velocity implements VelocityField.
func (v *ModelView) Velocity(velocity, x, t []float64) error {
	c := v.of(len(t))
	X.Put(c.In, x)
	Time.Put(c.In, t)
	Velocity.Put(c.Out, velocity)
	return v.Call(RowVelocity, c)
}

// VelocityPull implements VelocityField.
func (v *ModelView) VelocityPull(grad []float64, b *Batch, vbar []float64) error {
	c := v.about(b)
	Velocity.Put(c.Bar, vbar)
	Gradient.Put(c.Out, grad)
	return v.Call(RowVelocityPull, c)
}

// Score implements ScoreField.
func (v *ModelView) Score(score, x, t []float64) error {
	c := v.of(len(t))
	X.Put(c.In, x)
	Time.Put(c.In, t)
	Score.Put(c.Out, score)
	return v.Call(RowScore, c)
}

// ScorePull implements ScoreField.
func (v *ModelView) ScorePull(grad []float64, b *Batch, sbar []float64) error {
	c := v.about(b)
	Score.Put(c.Bar, sbar)
	Gradient.Put(c.Out, grad)
	return v.Call(RowScorePull, c)
}

// Noising implements ScoreField.
func (v *ModelView) Noising(signal, noise, t []float64) error {
	c := v.of(len(t))
	Time.Put(c.In, t)
	Signal.Put(c.Out, signal)
	NoiseLevel.Put(c.Out, noise)
	return v.Call(RowNoising, c)
}

// Diffusion implements ScoreField.
func (v *ModelView) Diffusion(drift, diffusion, t []float64) error {
	c := v.of(len(t))
	Time.Put(c.In, t)
	Drift.Put(c.Out, drift)
	Diffusion.Put(c.Out, diffusion)
	return v.Call(RowDiffusion, c)
}

// ScoreDivergence implements ScoreSloper.
func (v *ModelView) ScoreDivergence(score, div, x, t []float64) error {
	c := v.of(len(t))
	X.Put(c.In, x)
	Time.Put(c.In, t)
	Score.Put(c.Out, score)
	ScoreDiv.Put(c.Out, div)
	return v.Call(RowScoreDiv, c)
}

// ScoreDivergencePull implements ScoreSloper.
func (v *ModelView) ScoreDivergencePull(grad []float64, b *Batch, sbar, divbar []float64) error {
	c := v.about(b)
	Score.Put(c.Bar, sbar)
	ScoreDiv.Put(c.Bar, divbar)
	Gradient.Put(c.Out, grad)
	return v.Call(RowScoreDivPull, c)
}

// ScoreAlong implements ScoreSloper.
func (v *ModelView) ScoreAlong(score, along, x, t, e []float64) error {
	c := v.of(len(t))
	X.Put(c.In, x)
	Time.Put(c.In, t)
	Along.Put(c.In, e)
	Score.Put(c.Out, score)
	ScoreAlong.Put(c.Out, along)
	return v.Call(RowScoreAlong, c)
}

// ScoreAlongPull implements ScoreSloper.
func (v *ModelView) ScoreAlongPull(grad []float64, b *Batch, sbar, alongbar []float64) error {
	c := v.about(b)
	Score.Put(c.Bar, sbar)
	ScoreAlong.Put(c.Bar, alongbar)
	Gradient.Put(c.Out, grad)
	return v.Call(RowScoreAlongPull, c)
}

// LogWeight implements Weigher.
func (v *ModelView) LogWeight(dst, x []float64) error {
	c := v.of(len(dst))
	X.Put(c.In, x)
	LogWeight.Put(c.Out, dst)
	return v.Call(RowLogWeight, c)
}

// WeightPull implements Weigher.
func (v *ModelView) WeightPull(grad []float64, b *Batch, bar []float64) error {
	c := v.about(b)
	LogWeight.Put(c.Bar, bar)
	Gradient.Put(c.Out, grad)
	return v.Call(RowWeightPull, c)
}

// Move implements Mover.
func (v *ModelView) Move(y, x, u []float64) error {
	c := v.of(len(x) / v.spec.Space.Size())
	X.Put(c.In, x)
	U.Put(c.In, u)
	Moved.Put(c.Out, y)
	return v.Call(RowMove, c)
}

// Bound implements Bounder.
func (v *ModelView) Bound(dst, x, eps []float64) error {
	c := v.of(len(dst))
	X.Put(c.In, x)
	LatentNoise.Put(c.In, eps)
	Bound.Put(c.Out, dst)
	return v.Call(RowBound, c)
}

// BoundPull implements Bounder.
func (v *ModelView) BoundPull(grad []float64, b *Batch, bar []float64) error {
	c := v.about(b)
	Bound.Put(c.Bar, bar)
	Gradient.Put(c.Out, grad)
	return v.Call(RowBoundPull, c)
}

// Encode implements Bounder.
func (v *ModelView) Encode(mean, deviation, x []float64) error {
	c := v.of(len(x) / v.spec.Space.Size())
	X.Put(c.In, x)
	LatentMean.Put(c.Out, mean)
	LatentDeviation.Put(c.Out, deviation)
	return v.Call(RowEncode, c)
}

// LogZ implements Normaliser.
func (v *ModelView) LogZ() (value, stderr float64, err error) {
	c := v.of(0)
	z, s := LogZ.Room(c.Out, 1), LogZStderr.Room(c.Out, 1)
	err = v.Call(RowLogZ, c)
	return z[0], s[0], err
}

// Amplitude implements WaveFunction.
func (v *ModelView) Amplitude(logPsi []complex128, x []float64) error {
	c := v.of(len(logPsi))
	X.Put(c.In, x)
	LogPsi.Put(c.Out, logPsi)
	return v.Call(RowAmplitude, c)
}

// AmplitudePull implements WaveFunction.
func (v *ModelView) AmplitudePull(grad []float64, b *Batch, vs []complex128) error {
	c := v.about(b)
	LogPsi.Put(c.Bar, vs)
	Gradient.Put(c.Out, grad)
	return v.Call(RowAmplitudePull, c)
}

// Sweep implements Sweeper.
func (v *ModelView) Sweep(grad, step []float64, b *Batch, w []float64) error {
	v.in = *b
	c := v.about(&v.in)
	LogP.Put(c.Bar, w)
	Gradient.Put(c.Out, grad)
	Direction.Put(c.Out, step)
	return v.Call(RowSweep, c)
}

// Complete implements Completer.
func (v *ModelView) Complete(y, x []float64, known []int32, u []float64) error {
	c := v.of(len(x) / v.spec.Space.Size())
	X.Put(c.In, x)
	Known.Put(c.In, known)
	U.Put(c.In, u)
	Completed.Put(c.Out, y)
	return v.Call(RowComplete, c)
}

package core

// Powers of a density matrix.

// LogPsi implements DensityMatrix.
func (v *ModelView) LogPsi(logPsi []complex128, logP []float64, b *Batch) error {
	c := v.about(b)
	LogPsi.Put(c.Out, logPsi)
	LogP.Put(c.Out, logP)
	return v.Call(RowLogPsi, c)
}

// Laplacian implements DensityMatrix.
func (v *ModelView) Laplacian(dst []complex128, b *Batch) error {
	c := v.about(b)
	Lap.Put(c.Out, dst)
	return v.Call(RowLaplacian, c)
}

// StateSlope implements StateSloper.
func (v *ModelView) StateSlope(dst []complex128, b *Batch) error {
	c := v.about(b)
	LogPsiSlope.Put(c.Out, dst)
	return v.Call(RowStateSlope, c)
}

// DrawStates implements StateDrawer.
func (v *ModelView) DrawStates(x []float64, k []int32, u []float64) error {
	c := v.of(len(x) / v.spec.Space.Size())
	K.Put(c.In, k)
	U.Put(c.In, u)
	X.Put(c.Out, x)
	return v.Call(RowStateDraw, c)
}

// SpanPsi implements StateSpanner.
func (v *ModelView) SpanPsi(logPsi, lap []complex128, x []float64, states []int32) error {
	c := v.of(len(x) / v.spec.Space.Size())
	X.Put(c.In, x)
	Span.Put(c.In, states)
	SpanPsi.Put(c.Out, logPsi)
	SpanLap.Put(c.Out, lap)
	if err := v.Call(RowStateSpan, c); err != nil {
		return err
	}
	// Of an open length, results may have come to memory of their own.
	gotPsi, gotLap := SpanPsi.Of(c.Out), SpanLap.Of(c.Out)
	if len(gotPsi) != len(logPsi) || len(gotLap) != len(lap) {
		return Errorf(Plugin, RowStateSpan.Name, "", "it has %d and %d numbers, want %d and %d", len(gotPsi), len(gotLap), len(logPsi), len(lap))
	}
	copy(logPsi, gotPsi)
	copy(lap, gotLap)
	return nil
}

// StatePull implements DensityMatrix.
func (v *ModelView) StatePull(grad []float64, b *Batch, w []float64, vs []complex128) error {
	c := v.about(b)
	LogP.Put(c.Bar, w)
	LogPsi.Put(c.Bar, vs)
	Gradient.Put(c.Out, grad)
	return v.Call(RowStatePull, c)
}

// NaturalPull implements NaturalPuller.
func (v *ModelView) NaturalPull(grad, step []float64, b *Batch, w []float64, vs []complex128, damping float64) error {
	v.in = *b
	c := v.about(&v.in)
	Damping.Room(c.In, 1)[0] = damping
	LogP.Put(c.Bar, w)
	LogPsi.Put(c.Bar, vs)
	Gradient.Put(c.Out, grad)
	Direction.Put(c.Out, step)
	return v.Call(RowNaturalPull, c)
}

// NaturalScores implements NaturalSharer.
func (v *ModelView) NaturalScores(grad, scores []float64, b *Batch, w []float64, vs []complex128) error {
	c := v.about(b)
	LogP.Put(c.Bar, w)
	LogPsi.Put(c.Bar, vs)
	Gradient.Put(c.Out, grad)
	Scores.Put(c.Out, scores)
	return v.Call(RowNaturalScores, c)
}

// NaturalTiles implements NaturalSharer. The result is the caller's.
func (v *ModelView) NaturalTiles(b *Batch, w []float64, vs []complex128, grad, scores []float64, share, shares int) ([]float64, error) {
	v.in = *b
	c := v.about(&v.in)
	PutShare(c.In, share, shares)
	Gradient.Put(c.In, grad)
	Scores.Put(c.In, scores)
	LogP.Put(c.Bar, w)
	LogPsi.Put(c.Bar, vs)
	err := v.Call(RowNaturalTiles, c)
	return Tiles.Of(c.Out), err
}

// NaturalSolve implements NaturalSharer.
func (v *ModelView) NaturalSolve(grad, step []float64, damping float64, tiles []float64, share int) error {
	c := v.of(0)
	Damping.Room(c.In, 1)[0] = damping
	PutShare(c.In, share, share+1)
	Tiles.Put(c.In, tiles)
	Gradient.Put(c.Out, grad)
	Direction.Put(c.Out, step)
	return v.Call(RowNaturalSolve, c)
}

// NaturalKeep implements NaturalMultiplier.
func (v *ModelView) NaturalKeep(grad, sums []float64, b *Batch, w []float64, vs []complex128) error {
	c := v.about(b)
	LogP.Put(c.Bar, w)
	LogPsi.Put(c.Bar, vs)
	Gradient.Put(c.Out, grad)
	ScoreSums.Put(c.Out, sums)
	return v.Call(RowNaturalKeep, c)
}

// NaturalProduct implements NaturalMultiplier.
func (v *ModelView) NaturalProduct(product, step, sums []float64, b *Batch) error {
	v.in = *b
	c := v.about(&v.in)
	Direction.Put(c.In, step)
	ScoreSums.Put(c.In, sums)
	Gradient.Put(c.Out, product)
	return v.Call(RowNaturalProduct, c)
}

// StateLogP implements StateLister. The result is the caller's.
func (v *ModelView) StateLogP() ([]float64, error) {
	c := v.of(0)
	err := v.Call(RowStateLogP, c)
	return append([]float64(nil), StateLogP.Of(c.Out)...), err
}

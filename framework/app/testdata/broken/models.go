package main

import "github.com/helmholtz-physics/helmholtz/framework/core"

// on spoils a column of the answer to one call.
func on(row *core.Row, column *core.Quantity[float64], do func(v []float64)) fault {
	return fault{call: func(r *core.Row, c *core.Call) {
		if r == row {
			do(column.Of(c.Out))
		}
	}}
}

// onPsi is that of complex columns.
func onPsi(row *core.Row, column *core.Quantity[complex128], do func(v complex128) complex128) fault {
	return fault{call: func(r *core.Row, c *core.Call) {
		for i := range column.Of(c.Out) {
			if r == row {
				column.Of(c.Out)[i] = do(column.Of(c.Out)[i])
			}
		}
	}}
}

func by(factor float64) func(v []float64) { return func(v []float64) { times(factor, v) } }

func plus(c float64) func(v []float64) {
	return func(v []float64) {
		for i := range v {
			v[i] += c
		}
	}
}

// louder has a ln p that is too large by 0.2, in samples too.
func louder() fault {
	f := on(core.RowLogProb, core.LogP, plus(0.2))
	f.draw = func(b *core.Batch) { plus(0.2)(b.LogP) }
	return f
}

func claimed(s core.Symmetry) fault {
	return fault{modelSpec: func(spec *core.ModelSpec) { spec.Symmetries = append(spec.Symmetries, s) }}
}

// one changes the first component.
func one(factor float64) func(v []float64) {
	return func(v []float64) { times(factor, v[:min(1, len(v))]) }
}

func ofN(seed uint64, n int) uint64 { return seed + uint64(n) }

var ofProduct = mistakes{
	"norm":     louder(),
	"sign":     on(core.RowPull, core.Gradient, by(-1)),
	"n":        {seed: ofN},
	"illegal":  {draw: func(b *core.Batch) { times(0, b.X[:min(1, len(b.X))]) }},
	"symmetry": claimed(core.Z2),
	"seed":     {seed: func(uint64, int) uint64 { return 1 }},
	"ln p":     {draw: func(b *core.Batch) { plus(1e-6)(b.LogP) }},
	"samples": {draw: func(b *core.Batch) { // of another density: all spins turned
		times(-1, b.X)
	}},
}

var ofGaussian = mistakes{
	"norm":          louder(),
	"sign":          on(core.RowPull, core.Gradient, by(-1)),
	"one gradient":  on(core.RowPull, core.Gradient, one(0.5)),
	"n":             {seed: ofN},
	"path sign":     on(core.RowPathPull, core.Gradient, by(-1)),
	"slope":         on(core.RowModelSlope, core.LogPSlope, by(-1)),
	"det":           on(core.RowMap, core.LogDet, by(1.01)),
	"inverse":       on(core.RowInverse, core.Z, by(1+1e-6)),
	"symmetry":      claimed(core.Z2),
	"velocity pull": on(core.RowVelocityPull, core.Gradient, by(-1)),
	"velocity":      on(core.RowVelocity, core.Velocity, by(1.01)),
	"map pull":      on(core.RowMapPull, core.ZBar, by(-1)),
}

var ofOrnstein = mistakes{
	"score pull": on(core.RowScorePull, core.Gradient, by(-1)),
	"divergence": on(core.RowScoreDiv, core.ScoreDiv, by(1.01)),
	"drift":      on(core.RowDiffusion, core.Drift, by(0.5)),
	"noise":      on(core.RowNoising, core.NoiseLevel, by(1.01)),
}

var ofDeterminants = mistakes{
	"state pull": on(core.RowStatePull, core.Gradient, by(-1)),
	"laplacian":  onPsi(core.RowLaplacian, core.Lap, func(v complex128) complex128 { return v / 2 }),
	"norm":       onPsi(core.RowLogPsi, core.LogPsi, func(v complex128) complex128 { return v + 0.1 }),
	"bosons":     onPsi(core.RowLogPsi, core.LogPsi, func(v complex128) complex128 { return complex(real(v), 0) }),
	"states":     {draw: func(b *core.Batch) { b.K[0] = b.K[1] }},
	"list":       on(core.RowStateLogP, core.StateLogP, plus(0.1)),
	"samples":    {draw: func(b *core.Batch) { times(1.1, b.X) }},
}

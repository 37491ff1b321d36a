package core

import "slices"

// The table of rows: every call that a part can be asked for, but for those that
// concern the part as a whole ([Instance]).
var (
	RowLogProb = &Row{Name: "log_prob", Kind: KindModel, Without: withoutLogP, In: []Column{X}, Out: []Column{LogP},
		method: does(func(m Density, c *Call) error { return m.LogProb(LogP.Of(c.Out), X.Of(c.In)) })}
	RowPull = &Row{Name: "pull", Kind: KindModel, Without: withoutLogP, In: []Column{X, K}, Bar: []Column{LogP}, Out: []Column{Gradient},
		method: does(func(m Model, c *Call) error { return m.Pull(Gradient.Of(c.Out), c.In, LogP.Of(c.Bar)) })}

	RowPathPull = &Row{Name: "path_pull", Kind: KindModel, Power: PowerPath, Noise: true, In: []Column{X}, Bar: []Column{X, LogP}, Out: []Column{Gradient},
		method: does(func(m PathPuller, c *Call) error {
			return m.PathPull(Gradient.Of(c.Out), c.In, X.Of(c.Bar), LogP.Of(c.Bar))
		})}
	RowModelSlope = &Row{Name: "slope", Kind: KindModel, Power: PowerSlope, In: []Column{X}, Out: []Column{LogP, LogPSlope},
		method: does(func(m ModelSloper, c *Call) error {
			return m.Slope(LogPSlope.Of(c.Out), LogP.Of(c.Out), X.Of(c.In))
		})}
	RowMap = &Row{Name: "map", Kind: KindModel, Power: PowerMap, In: []Column{Z}, Out: []Column{X, LogDet},
		method: does(func(m Mapper, c *Call) error { return m.Map(X.Of(c.Out), LogDet.Of(c.Out), Z.Of(c.In)) })}
	RowInverse = &Row{Name: "inverse", Kind: KindModel, Power: PowerMap, In: []Column{X}, Out: []Column{Z, LogDet},
		method: does(func(m Mapper, c *Call) error { return m.Inverse(Z.Of(c.Out), LogDet.Of(c.Out), X.Of(c.In)) })}
	RowMapPull = &Row{Name: "map_pull", Kind: KindModel, Power: PowerMap, In: []Column{Z}, Bar: []Column{X, LogDet}, Out: []Column{ZBar},
		method: does(func(m Mapper, c *Call) error {
			return m.MapPull(ZBar.Of(c.Out), Z.Of(c.In), X.Of(c.Bar), LogDet.Of(c.Bar))
		})}

	RowVelocity = &Row{Name: "velocity", Kind: KindModel, Power: PowerVelocity, In: []Column{X, Time}, Out: []Column{Velocity},
		method: does(func(m VelocityField, c *Call) error { return m.Velocity(Velocity.Of(c.Out), X.Of(c.In), Time.Of(c.In)) })}
	RowVelocityPull = &Row{Name: "velocity_pull", Kind: KindModel, Power: PowerVelocity, In: []Column{X, Time}, Bar: []Column{Velocity}, Out: []Column{Gradient},
		method: does(func(m VelocityField, c *Call) error {
			return m.VelocityPull(Gradient.Of(c.Out), c.In, Velocity.Of(c.Bar))
		})}

	RowScore = &Row{Name: "score", Kind: KindModel, Power: PowerScore, In: []Column{X, Time}, Out: []Column{Score},
		method: does(func(m ScoreField, c *Call) error { return m.Score(Score.Of(c.Out), X.Of(c.In), Time.Of(c.In)) })}
	RowScorePull = &Row{Name: "score_pull", Kind: KindModel, Power: PowerScore, In: []Column{X, Time}, Bar: []Column{Score}, Out: []Column{Gradient},
		method: does(func(m ScoreField, c *Call) error { return m.ScorePull(Gradient.Of(c.Out), c.In, Score.Of(c.Bar)) })}
	RowNoising = &Row{Name: "noising", Kind: KindModel, Power: PowerScore, In: []Column{Time}, Out: []Column{Signal, NoiseLevel},
		method: does(func(m ScoreField, c *Call) error {
			return m.Noising(Signal.Of(c.Out), NoiseLevel.Of(c.Out), Time.Of(c.In))
		})}
	RowDiffusion = &Row{Name: "diffusion", Kind: KindModel, Power: PowerScore, In: []Column{Time}, Out: []Column{Drift, Diffusion},
		method: does(func(m ScoreField, c *Call) error {
			return m.Diffusion(Drift.Of(c.Out), Diffusion.Of(c.Out), Time.Of(c.In))
		})}

	RowScoreDiv = &Row{Name: "score_divergence", Kind: KindModel, Power: PowerScoreSlope, In: []Column{X, Time}, Out: []Column{Score, ScoreDiv},
		method: does(func(m ScoreSloper, c *Call) error {
			return m.ScoreDivergence(Score.Of(c.Out), ScoreDiv.Of(c.Out), X.Of(c.In), Time.Of(c.In))
		})}
	RowScoreDivPull = &Row{Name: "score_divergence_pull", Kind: KindModel, Power: PowerScoreSlope, In: []Column{X, Time}, Bar: []Column{Score, ScoreDiv}, Out: []Column{Gradient},
		method: does(func(m ScoreSloper, c *Call) error {
			return m.ScoreDivergencePull(Gradient.Of(c.Out), c.In, Score.Of(c.Bar), ScoreDiv.Of(c.Bar))
		})}
	RowScoreAlong = &Row{Name: "score_along", Kind: KindModel, Power: PowerScoreSlope, In: []Column{X, Time, Along}, Out: []Column{Score, ScoreAlong},
		method: does(func(m ScoreSloper, c *Call) error {
			return m.ScoreAlong(Score.Of(c.Out), ScoreAlong.Of(c.Out), X.Of(c.In), Time.Of(c.In), Along.Of(c.In))
		})}
	RowScoreAlongPull = &Row{Name: "score_along_pull", Kind: KindModel, Power: PowerScoreSlope, In: []Column{X, Time, Along}, Bar: []Column{Score, ScoreAlong}, Out: []Column{Gradient},
		method: does(func(m ScoreSloper, c *Call) error {
			return m.ScoreAlongPull(Gradient.Of(c.Out), c.In, Score.Of(c.Bar), ScoreAlong.Of(c.Bar))
		})}

	RowLogPsi = &Row{Name: "log_psi", Kind: KindModel, Power: PowerQuantum, In: []Column{X, K}, Out: []Column{LogPsi, LogP},
		method: does(func(m DensityMatrix, c *Call) error { return m.LogPsi(LogPsi.Of(c.Out), LogP.Of(c.Out), c.In) })}
	RowLaplacian = &Row{Name: "laplacian", Kind: KindModel, Power: PowerQuantum, In: []Column{X, K}, Out: []Column{Lap},
		method: does(func(m DensityMatrix, c *Call) error { return m.Laplacian(Lap.Of(c.Out), c.In) })}
	RowStatePull = &Row{Name: "state_pull", Kind: KindModel, Power: PowerQuantum, In: []Column{X, K}, Bar: []Column{LogP, LogPsi}, Out: []Column{Gradient},
		method: does(func(m DensityMatrix, c *Call) error {
			return m.StatePull(Gradient.Of(c.Out), c.In, LogP.Of(c.Bar), LogPsi.Of(c.Bar))
		})}
	RowStateLogP = &Row{Name: "state_log_p", Kind: KindModel, Power: PowerStates, Out: []Column{StateLogP},
		method: does(func(m StateLister, c *Call) error {
			logP, err := m.StateLogP()
			StateLogP.Put(c.Out, logP)
			return err
		})}
	RowStateSlope = &Row{Name: "state_slope", Kind: KindModel, Power: PowerStateSlope, In: []Column{X, K}, Out: []Column{LogPsiSlope},
		method: does(func(m StateSloper, c *Call) error { return m.StateSlope(LogPsiSlope.Of(c.Out), c.In) })}
	RowStateDraw = &Row{Name: "state_draw", Kind: KindModel, Power: PowerStateDraws, In: []Column{K, U}, Out: []Column{X},
		method: does(func(m StateDrawer, c *Call) error { return m.DrawStates(X.Of(c.Out), K.Of(c.In), U.Of(c.In)) })}
	RowStateSpan = &Row{Name: "state_span", Kind: KindModel, Power: PowerStateSpan, In: []Column{X, Span}, Out: []Column{SpanPsi, SpanLap},
		method: does(spanPsi)}
	RowNaturalPull = &Row{Name: "natural_pull", Kind: KindModel, Power: PowerNatural, In: []Column{X, K, Damping}, Bar: []Column{LogP, LogPsi}, Out: []Column{Gradient, Direction},
		method: does(func(m NaturalPuller, c *Call) error {
			return m.NaturalPull(Gradient.Of(c.Out), Direction.Of(c.Out), c.In, LogP.Of(c.Bar), absent(LogPsi.Of(c.Bar)), Damping.Of(c.In)[0])
		})}
	RowNaturalScores = &Row{Name: "natural_scores", Kind: KindModel, Power: PowerNaturalShares, In: []Column{X, K}, Bar: []Column{LogP, LogPsi}, Out: []Column{Gradient, Scores},
		method: does(func(m NaturalSharer, c *Call) error {
			return m.NaturalScores(Gradient.Of(c.Out), Scores.Of(c.Out), c.In, LogP.Of(c.Bar), absent(LogPsi.Of(c.Bar)))
		})}
	RowNaturalTiles = &Row{Name: "natural_tiles", Kind: KindModel, Power: PowerNaturalShares, In: []Column{X, K, Gradient, Scores, Share}, Bar: []Column{LogP, LogPsi}, Out: []Column{Tiles},
		method: does(func(m NaturalSharer, c *Call) error { return naturalTiles(m, c) })}
	RowNaturalSolve = &Row{Name: "natural_solve", Kind: KindModel, Power: PowerNaturalShares, In: []Column{Damping, Share, Tiles}, Out: []Column{Gradient, Direction},
		method: does(func(m NaturalSharer, c *Call) error { return naturalSolve(m, c) })}
	RowNaturalKeep = &Row{Name: "natural_keep", Kind: KindModel, Power: PowerNaturalProducts, In: []Column{X, K}, Bar: []Column{LogP, LogPsi}, Out: []Column{Gradient, ScoreSums},
		method: does(func(m NaturalMultiplier, c *Call) error {
			return m.NaturalKeep(Gradient.Of(c.Out), ScoreSums.Of(c.Out), c.In, LogP.Of(c.Bar), absent(LogPsi.Of(c.Bar)))
		})}
	RowNaturalProduct = &Row{Name: "natural_product", Kind: KindModel, Power: PowerNaturalProducts, In: []Column{Direction, ScoreSums}, Out: []Column{Gradient},
		method: does(func(m NaturalMultiplier, c *Call) error {
			return m.NaturalProduct(Gradient.Of(c.Out), Direction.Of(c.In), ScoreSums.Of(c.In), c.In)
		})}

	RowComplete = &Row{Name: "complete", Kind: KindModel, Power: PowerComplete, In: []Column{X, Known, U}, Out: []Column{Completed},
		method: does(func(m Completer, c *Call) error {
			return m.Complete(Completed.Of(c.Out), X.Of(c.In), Known.Of(c.In), U.Of(c.In))
		})}

	RowSweep = &Row{Name: "sweep", Kind: KindModel, Power: PowerSweep, In: []Column{X}, Bar: []Column{LogP}, Out: []Column{Gradient, Direction},
		method: does(func(m Sweeper, c *Call) error {
			return m.Sweep(Gradient.Of(c.Out), Direction.Of(c.Out), c.In, LogP.Of(c.Bar))
		})}

	RowLogWeight = &Row{Name: "log_weight", Kind: KindModel, Power: PowerWeight, In: []Column{X}, Out: []Column{LogWeight},
		method: does(func(m Weigher, c *Call) error { return m.LogWeight(LogWeight.Of(c.Out), X.Of(c.In)) })}
	RowWeightPull = &Row{Name: "weight_pull", Kind: KindModel, Power: PowerWeight, In: []Column{X}, Bar: []Column{LogWeight}, Out: []Column{Gradient},
		method: does(func(m Weigher, c *Call) error { return m.WeightPull(Gradient.Of(c.Out), c.In, LogWeight.Of(c.Bar)) })}

	RowMove = &Row{Name: "move", Kind: KindModel, Power: PowerMove, In: []Column{X, U}, Out: []Column{Moved},
		method: does(func(m Mover, c *Call) error { return m.Move(Moved.Of(c.Out), X.Of(c.In), U.Of(c.In)) })}
	RowMovedPull = &Row{Name: "moved_pull", Kind: KindModel, Power: PowerMove, In: []Column{X, Moved}, Bar: []Column{LogWeight, MovedWeight}, Out: []Column{Gradient},
		method: does(func(m Mover, c *Call) error { return movedPull(m, c) })}

	RowBound = &Row{Name: "bound", Kind: KindModel, Power: PowerBound, In: []Column{X, LatentNoise}, Out: []Column{Bound},
		method: does(func(m Bounder, c *Call) error { return m.Bound(Bound.Of(c.Out), X.Of(c.In), LatentNoise.Of(c.In)) })}
	RowBoundPull = &Row{Name: "bound_pull", Kind: KindModel, Power: PowerBound, In: []Column{X, LatentNoise}, Bar: []Column{Bound}, Out: []Column{Gradient},
		method: does(func(m Bounder, c *Call) error { return m.BoundPull(Gradient.Of(c.Out), c.In, Bound.Of(c.Bar)) })}
	RowEncode = &Row{Name: "encode", Kind: KindModel, Power: PowerBound, In: []Column{X}, Out: []Column{LatentMean, LatentDeviation},
		method: does(func(m Bounder, c *Call) error {
			return m.Encode(LatentMean.Of(c.Out), LatentDeviation.Of(c.Out), X.Of(c.In))
		})}

	RowLogZ = &Row{Name: "log_z", Kind: KindModel, Power: PowerLogZ, Out: []Column{LogZ, LogZStderr},
		method: does(func(m Normaliser, c *Call) (err error) {
			LogZ.Of(c.Out)[0], LogZStderr.Of(c.Out)[0], err = m.LogZ()
			return err
		})}

	RowAmplitude = &Row{Name: "amplitude", Kind: KindModel, Power: PowerWave, In: []Column{X}, Out: []Column{LogPsi},
		method: does(func(m WaveFunction, c *Call) error { return m.Amplitude(LogPsi.Of(c.Out), X.Of(c.In)) })}
	RowAmplitudePull = &Row{Name: "amplitude_pull", Kind: KindModel, Power: PowerWave, In: []Column{X}, Bar: []Column{LogPsi}, Out: []Column{Gradient},
		method: does(func(m WaveFunction, c *Call) error {
			return m.AmplitudePull(Gradient.Of(c.Out), c.In, LogPsi.Of(c.Bar))
		})}

	RowMapGradient = &Row{Name: "map_gradient", Kind: KindModel, Power: PowerMapGradient, In: []Column{Z}, Bar: []Column{X, LogDet}, Out: []Column{Gradient},
		method: does(func(m MapGradienter, c *Call) error {
			return m.MapGradient(Gradient.Of(c.Out), c.In, X.Of(c.Bar), LogDet.Of(c.Bar))
		})}

	RowPairs = &Row{Name: "pairs", Kind: KindModel, Power: PowerWeak, Children: RolePair, In: []Column{X, U}, Out: []Column{Pairs, pairX, pairWeight},
		method: does(func(m WeakDeriver, c *Call) error {
			y, weight, err := m.Pairs(X.Of(c.In), U.Of(c.In))
			for i := range Pairs.Of(c.Out) {
				Pairs.Of(c.Out)[i] = int32(len(weight) / c.In.N)
			}
			pairX.Put(c.Out, y)
			pairWeight.Put(c.Out, weight)
			return err
		})}
	// RowWeakPull is sum_i [ ebar_i D_i(E) + lbar_i D_i(ln p) ] of weak derivatives D.
	RowWeakPull = &Row{Name: "weak_pull", Kind: KindModel, Power: PowerWeak, In: []Column{EWeak, LogPWeak}, Bar: []Column{E, LogP}, Out: []Column{Gradient},
		method: does(func(_ WeakDeriver, c *Call) error {
			c.In.Sum(Gradient.Of(c.Out), func(sum []float64, from, to int) {
				for i := from; i < to; i++ {
					for k := range sum {
						sum[k] += E.Of(c.Bar)[i]*EWeak.Of(c.In)[i*len(sum)+k] + LogP.Of(c.Bar)[i]*LogPWeak.Of(c.In)[i*len(sum)+k]
					}
				}
			})
			return nil
		})}

	RowEval = &Row{Name: "evaluate", Kind: KindEnergy, Without: []Power{PowerUnknown}, In: []Column{X}, Out: []Column{E},
		method: does(func(e Energy, c *Call) error { return e.Eval(E.Of(c.Out), c.In) })}
	RowSlope = &Row{Name: "slope", Kind: KindEnergy, Power: PowerSlope, Without: []Power{PowerUnknown}, In: []Column{X}, Out: []Column{E, Slope},
		method: does(func(e EnergySloper, c *Call) error { return e.Slope(Slope.Of(c.Out), E.Of(c.Out), c.In) })}
	RowLinks = &Row{Name: "links", Kind: KindEnergy, Power: PowerLinks, Children: RoleLink, In: []Column{X}, Out: []Column{Links, linkX, linkElement},
		method: does(func(e Linker, c *Call) error {
			y, h, err := e.Links(Links.Of(c.Out), c.In)
			linkX.Put(c.Out, y)
			linkElement.Put(c.Out, h)
			return err
		})}

	RowRows = &Row{Name: "rows", Kind: KindEnergy, Power: PowerRows, In: []Column{RowNumber}, Out: []Column{X},
		method: does(func(e Given, c *Call) error { return e.Rows(X.Of(c.Out), RowNumber.Of(c.In)) })}

	RowDataLogDet = &Row{Name: "data_log_det", Kind: KindEnergy, Power: PowerTransformed, In: []Column{RowNumber}, Out: []Column{DataLogDet},
		method: does(func(e Transformed, c *Call) error { return e.DataLogDet(DataLogDet.Of(c.Out), RowNumber.Of(c.In)) })}

	RowLabels = &Row{Name: "labels", Kind: KindEnergy, Power: PowerLabels, In: []Column{RowNumber}, Out: []Column{Label},
		method: does(func(e Labelled, c *Call) error { return e.Labels(Label.Of(c.Out), RowNumber.Of(c.In)) })}

	RowRestore = &Row{Name: "restore", Kind: KindEnergy, Power: PowerTransformed, In: []Column{X}, Out: []Column{Data},
		method: does(func(e Transformed, c *Call) error { return e.Restore(Data.Of(c.Out), X.Of(c.In)) })}

	RowObserve = &Row{Name: "observe", Kind: KindEstimator, In: []Column{X, E, LogP}, Out: []Column{Observation},
		method: does(func(o Observer, c *Call) error { return o.Observe(Observation.Of(c.Out), c.In) })}
)

// Rows lists the table, without the host's rules and the row of an objective, which its
// spec makes ([ObjectiveSpec.Row]).
var Rows = []*Row{RowLogProb, RowPull, RowPathPull, RowModelSlope, RowMap, RowInverse, RowMapPull, RowVelocity, RowVelocityPull,
	RowScore, RowScorePull, RowNoising, RowDiffusion, RowScoreDiv, RowScoreDivPull, RowScoreAlong, RowScoreAlongPull,
	RowLogPsi, RowLaplacian, RowStatePull, RowStateLogP, RowStateSlope, RowStateDraw, RowStateSpan, RowNaturalPull, RowNaturalScores, RowNaturalTiles, RowNaturalSolve, RowNaturalKeep, RowNaturalProduct, RowSweep, RowComplete, RowLogWeight, RowWeightPull, RowMove, RowMovedPull, RowBound, RowBoundPull, RowEncode, RowLogZ, RowAmplitude, RowAmplitudePull,
	RowMapGradient, RowPairs, RowWeakPull, RowEval, RowSlope, RowLinks, RowRows, RowDataLogDet, RowLabels, RowRestore, RowObserve}

// Drawn are the columns that a model's draw gives.
var Drawn = []Column{X, LogP, K, Accept, Parent}

// Drawn are those of them that a draw of this model gives, some draw without ln p.
func (s ModelSpec) Drawn() []Column {
	if LacksLogP(s.Powers) {
		return slices.DeleteFunc(slices.Clone(Drawn), func(c Column) bool { return c == Column(LogP) })
	}
	return Drawn
}

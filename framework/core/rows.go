package core

// The table of rows: every call that a part can be asked for, but for those that
// concern the part as a whole ([Instance]).
var (
	RowLogProb = &Row{Name: "log_prob", Kind: KindModel, In: []Column{X}, Out: []Column{LogP},
		method: does(func(m Density, c *Call) error { return m.LogProb(LogP.Of(c.Out), X.Of(c.In)) })}
	RowPull = &Row{Name: "pull", Kind: KindModel, In: []Column{X, K}, Bar: []Column{LogP}, Out: []Column{Gradient},
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
			return m.VelocityPull(Gradient.Of(c.Out), X.Of(c.In), Time.Of(c.In), Velocity.Of(c.Bar))
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
	RowNaturalPull = &Row{Name: "natural_pull", Kind: KindModel, Power: PowerNatural, In: []Column{X, K, Damping}, Bar: []Column{LogP, LogPsi}, Out: []Column{Gradient, Direction},
		method: does(func(m NaturalPuller, c *Call) error {
			v := LogPsi.Of(c.Bar)
			if len(v) == 0 {
				v = nil
			}
			return m.NaturalPull(Gradient.Of(c.Out), Direction.Of(c.Out), c.In, LogP.Of(c.Bar), v, Damping.Of(c.In)[0])
		})}

	RowEval = &Row{Name: "evaluate", Kind: KindEnergy, In: []Column{X}, Out: []Column{E},
		method: does(func(e Energy, c *Call) error { return e.Eval(E.Of(c.Out), c.In) })}
	RowSlope = &Row{Name: "slope", Kind: KindEnergy, Power: PowerSlope, In: []Column{X}, Out: []Column{E, Slope},
		method: does(func(e EnergySloper, c *Call) error { return e.Slope(Slope.Of(c.Out), E.Of(c.Out), c.In) })}
)

// The rules of the host: rows that need no part.
var (
	// RowLocalEnergy is that of H = -c lap + V (Kinetic is c),
	//
	//	E_loc = (H Psi_K)(x)/Psi_K(x) = V - c lap Psi_K/Psi_K.
	RowLocalEnergy = &Row{Name: "local_energy", Kind: KindRule, In: []Column{V, Lap}, Out: []Column{E, EIm},
		method: does(func(c Kinetic, a *Call) error {
			v, e, im := V.Of(a.In), E.Of(a.Out), EIm.Of(a.Out)
			for i, lap := range Lap.Of(a.In) {
				e[i] = v[i] - float64(c)*real(lap)
				im[i] = -float64(c) * imag(lap)
			}
			return nil
		})}
)

// Kinetic is c in H = -c lap + V, which has the rule of the local energy.
type Kinetic float64

// Rows lists the table, without the host's rules.
var Rows = []*Row{RowLogProb, RowPull, RowPathPull, RowModelSlope, RowMap, RowInverse, RowMapPull, RowVelocity, RowVelocityPull,
	RowLogPsi, RowLaplacian, RowStatePull, RowStateLogP, RowNaturalPull, RowEval, RowSlope}

// Drawn are the columns that a model's draw gives.
var Drawn = []Column{X, LogP, K, Accept}

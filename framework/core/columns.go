package core

import (
	"slices"
	"strings"
	"sync/atomic"
)

// The table of columns. A batch keeps those that every part knows in fields of
// their own; the others share one list.
var (
	// X are the configurations; their space says which are legal.
	X = real64(ColumnInfo{Name: "x", Symbol: "x", Dim: DimX}, func(b *Batch) *[]float64 { return &b.X })
	// LogP is ln p(x), of a density matrix ln p(K).
	LogP = real64(ColumnInfo{Name: "log_p", Symbol: "ln p", Dim: DimLogP, Legal: LegalLog,
		File: "log_prob", Units: "1", Long: "normalised ln p(x) of the model, of a density matrix ln p(K) of the state"}, func(b *Batch) *[]float64 { return &b.LogP })
	// K labels the states of a density matrix.
	K = &Quantity[int32]{ColumnInfo: ColumnInfo{Name: "k", Symbol: "the state", Dim: DimLabels,
		Units: "1", Long: "state K: numbers of its occupied orbitals"}, in: func(b *Batch) *[]int32 { return &b.K }}
	// Accept is the accepted fraction of a chain's moves.
	Accept = real64(ColumnInfo{Name: "accept", Symbol: "the acceptance", Dim: DimWalker, Legal: LegalFraction}, func(b *Batch) *[]float64 { return &b.Accept })

	// Swaps is the accepted fraction of the exchanges of a chain with several replicas, by pair of
	// neighbouring temperatures.
	Swaps = ofOpenLength(further[float64](ColumnInfo{Name: "swaps", Symbol: "the acceptance of exchanges", Legal: LegalFraction}))

	// E is the energy; of a density matrix the real part of the local energy, and
	// EIm the imaginary one. V is the energy of an energy that has a kinetic part too.
	E = real64(ColumnInfo{Name: "energy", Symbol: "the energy", Legal: LegalEnergy,
		Long: "total energy E(x), of a density matrix the real part of the local energy"}, func(b *Batch) *[]float64 { return &b.E })
	EIm = real64(ColumnInfo{Name: "energy_im", Symbol: "the imaginary part of the local energy", Legal: LegalFinite}, func(b *Batch) *[]float64 { return &b.EIm })
	V   = real64(ColumnInfo{Name: "potential", Symbol: "V", Legal: LegalEnergy, Long: "potential energy V(x)"}, func(b *Batch) *[]float64 { return &b.Potential })
	// Slope is dE/dx.
	Slope = real64(ColumnInfo{Name: "slope", Symbol: "dE/dx", Dim: DimX, Legal: LegalFinite, Where: E}, func(b *Batch) *[]float64 { return &b.Slope })
	// LogPSlope is grad_x ln p at fixed parameters.
	LogPSlope = real64(ColumnInfo{Name: "log_p_slope", Symbol: "d ln p/dx", Dim: DimX, Legal: LegalFinite, Where: LogP}, func(b *Batch) *[]float64 { return &b.LogPSlope })

	// Z are the latent variables of a map x = f(z), and LogDet ln|det dx/dz|.
	// ZBar is the cotangent of z.
	Z      = further[float64](ColumnInfo{Name: "z", Symbol: "z", Dim: DimX, Legal: LegalFinite, Where: LogDet})
	ZBar   = further[float64](ColumnInfo{Name: "z_bar", Symbol: "zbar", Dim: DimX, Legal: LegalFinite})
	LogDet = further[float64](ColumnInfo{Name: "log_det", Symbol: "ln|det dx/dz|", Legal: LegalFinite})

	// Velocity is v(x, t) of a flow, and Time is t, from 0 at z to 1 at x. Goal is
	// that of a path between two given points.
	Velocity = further[float64](ColumnInfo{Name: "velocity", Symbol: "the velocity", Dim: DimX, Legal: LegalFinite})
	Time     = further[float64](ColumnInfo{Name: "time", Symbol: "t", Legal: LegalFinite})
	// Phase is the time of a path whose rule says at which time of the flow it is there.
	Phase = further[float64](ColumnInfo{Name: "phase", Symbol: "the time on a path", Legal: LegalFinite})
	Goal  = further[float64](ColumnInfo{Name: "goal", Symbol: "the velocity of a path", Dim: DimX, Legal: LegalFinite})
	// Displacement is |x - z|^2, how far a map carries its latent variables.
	Displacement = further[float64](ColumnInfo{Name: "displacement", Symbol: "|x - z|^2", Legal: LegalFinite})
	// Score is s(x, t) of data under noise. Signal and NoiseLevel are a and sigma in
	// x_t = a x_1 + sigma eps, Drift and Diffusion f and g^2 of the way to the noise.
	Score      = further[float64](ColumnInfo{Name: "score", Symbol: "the score", Dim: DimX, Legal: LegalFinite})
	Signal     = further[float64](ColumnInfo{Name: "signal", Symbol: "a(t)", Legal: LegalFinite})
	NoiseLevel = further[float64](ColumnInfo{Name: "noise", Symbol: "sigma(t)", Legal: LegalFinite})
	Drift      = further[float64](ColumnInfo{Name: "drift", Symbol: "f(t)", Legal: LegalFinite})
	Diffusion  = further[float64](ColumnInfo{Name: "diffusion", Symbol: "g(t)^2", Legal: LegalFinite})
	// ScoreDiv is the divergence of the score, and ScoreAlong its slope e . (ds/dx) e along
	// a direction, the column Along.
	ScoreDiv   = further[float64](ColumnInfo{Name: "score_divergence", Symbol: "the divergence of the score", Legal: LegalFinite})
	ScoreAlong = further[float64](ColumnInfo{Name: "score_along", Symbol: "the slope of the score along a direction", Legal: LegalFinite})
	Along      = further[float64](ColumnInfo{Name: "along", Symbol: "the direction", Dim: DimX, Legal: LegalFinite})
	// ScoreSquare is |s|^2.
	ScoreSquare = further[float64](ColumnInfo{Name: "score_square", Symbol: "the square of the score", Legal: LegalFinite})
	// Residual is the squared distance of what a model gives from what it should give.
	Residual = further[float64](ColumnInfo{Name: "residual", Symbol: "the squared distance", Legal: LegalFinite})

	// Parent numbers the family of a configuration: those of one family stand one
	// after the other and have the same ln p.
	Parent = further[int32](ColumnInfo{Name: "parent", Symbol: "the parent", Dim: DimParent})

	// Known is 1 where a component of x is given and 0 where it is to be drawn, and
	// Completed is x with what was drawn.
	Known     = further[int32](ColumnInfo{Name: "known", Symbol: "what is known", Dim: DimX})
	Completed = further[float64](ColumnInfo{Name: "completed", Symbol: "x", Dim: DimX, Legal: LegalFinite})

	// LogWeight is the logarithm of a density up to a constant, and LogZ that of the
	// constant, with its standard error.
	LogWeight  = further[float64](ColumnInfo{Name: "log_weight", Symbol: "the log-weight", Legal: LegalLog})
	LogZ       = further[float64](ColumnInfo{Name: "log_z", Symbol: "ln Z of the model", Per: PerBatch, Legal: LegalFinite})
	LogZStderr = further[float64](ColumnInfo{Name: "log_z_stderr", Symbol: "the standard error of ln Z", Per: PerBatch, Legal: LegalFinite})

	// Moved is where a chain comes that starts at x, and MovedWeight the log-weight there.
	Moved       = further[float64](ColumnInfo{Name: "moved", Symbol: "where the chain comes", Dim: DimX, Legal: LegalFinite})
	MovedWeight = further[float64](ColumnInfo{Name: "moved_weight", Symbol: "the log-weight there", Legal: LegalLog})

	// LatentNoise are the standard normal numbers of which latent variables are made, Bound is
	// ln w of them, and LatentMean and LatentDeviation say what an encoder makes of x.
	LatentNoise     = further[float64](ColumnInfo{Name: "latent_noise", Symbol: "the noise of a latent variable", Dim: DimLatents, Legal: LegalFinite})
	Bound           = further[float64](ColumnInfo{Name: "bound", Symbol: "ln p(x, z)/q(z|x)", Legal: LegalFinite})
	LatentMean      = further[float64](ColumnInfo{Name: "latent_mean", Symbol: "the mean of a latent variable", Dim: DimLatents, Legal: LegalFinite})
	LatentDeviation = further[float64](ColumnInfo{Name: "latent_deviation", Symbol: "the standard deviation of a latent variable", Dim: DimLatents, Legal: LegalFinite})

	// Links counts the configurations that H links to one, and Element are the
	// matrix elements H_xy of all of them. The y are x in the role [RoleLink].
	Links              = further[int32](ColumnInfo{Name: "links", Symbol: "the number of links"})
	Element            = further[complex128](ColumnInfo{Name: "element", Symbol: "H_xy", Legal: LegalFinite})
	linkX, linkElement = ofOpenLength(X.As(RoleLink)), ofOpenLength(Element.As(RoleLink))

	// U are uniform numbers in [0, 1), as many as a configuration has.
	U = further[float64](ColumnInfo{Name: "uniform", Symbol: "u", Dim: DimX, Legal: LegalFinite})
	// Pairs counts the configurations of weak derivatives, and PairWeight weighs each of
	// them: they are x in the role [RolePair]. EWeak and LogPWeak are weak derivatives of E
	// and ln p in every parameter.
	Pairs             = further[int32](ColumnInfo{Name: "pairs", Symbol: "the number of configurations of weak derivatives"})
	PairWeight        = further[float64](ColumnInfo{Name: "weight", Symbol: "the weight", Legal: LegalFinite})
	pairX, pairWeight = ofOpenLength(X.As(RolePair)), ofOpenLength(PairWeight.As(RolePair))
	EWeak             = further[float64](ColumnInfo{Name: "energy_weak", Symbol: "the weak derivative of E", Dim: DimTheta, Legal: LegalFinite})
	LogPWeak          = further[float64](ColumnInfo{Name: "log_p_weak", Symbol: "the weak derivative of ln p", Dim: DimTheta, Legal: LegalFinite})

	// Beta is the inverse temperature at which an objective is asked, and Numbers what
	// it reports.
	Beta    = further[float64](ColumnInfo{Name: "beta", Symbol: "beta", Per: PerBatch})
	Numbers = further[float64](ColumnInfo{Name: "numbers", Symbol: "number", Per: PerBatch, Dim: DimNumbers, Legal: LegalFinite})

	// RowNumber is that of a row of an energy that has some at hand.
	RowNumber = further[int32](ColumnInfo{Name: "number", Symbol: "the number of a row"})
	// Label is the class of a row.
	Label = further[int32](ColumnInfo{Name: "label", Symbol: "the label of a row"})

	// DataLogDet is ln|det dy/dx| of a row y(x) in the units of the data x.
	DataLogDet = further[float64](ColumnInfo{Name: "data_log_det", Symbol: "ln|det dy/dx| of the data", Legal: LegalFinite})

	// Data are configurations in the units of the data.
	Data = further[float64](ColumnInfo{Name: "data", Symbol: "the data", Dim: DimData, Legal: LegalFinite,
		Units: "1", Long: "x in the units of the data, before its transforms"})

	// Observation is what an observer says of a configuration.
	Observation = further[float64](ColumnInfo{Name: "observed", Symbol: "the observable", Dim: DimObserved, Legal: LegalFinite})

	// LogPsi is ln Psi_K(x), of any branch, and Lap (lap Psi_K)(x) / Psi_K(x).
	LogPsi = further[complex128](ColumnInfo{Name: "log_psi", Symbol: "ln Psi", Legal: LegalLog})
	Lap    = &Quantity[complex128]{ColumnInfo: ColumnInfo{Name: "lap", Symbol: "lap Psi/Psi", Legal: LegalFinite}, in: func(b *Batch) *[]complex128 { return &b.Lap }}
	// LogPsiSlope is grad_x ln Psi_K(x).
	LogPsiSlope = further[complex128](ColumnInfo{Name: "log_psi_slope", Symbol: "grad ln Psi", Dim: DimX, Legal: LegalFinite})
	// Span are states K, all to be evaluated at every x of a batch, and SpanPsi and SpanLap are ln Psi
	// and lap Psi/Psi of these: of each state at all configurations, one state after the other.
	Span    = further[int32](ColumnInfo{Name: "span", Symbol: "the states", Per: PerBatch, Dim: DimOpen})
	SpanPsi = further[complex128](ColumnInfo{Name: "span_psi", Symbol: "ln Psi", Dim: DimOpen, Across: true, Legal: LegalLog})
	SpanLap = further[complex128](ColumnInfo{Name: "span_lap", Symbol: "lap Psi/Psi", Dim: DimOpen, Across: true, Legal: LegalFinite})
	// LogImportance is ln w = -beta E - ln p, which reweights a draw of the model to the Boltzmann
	// density.
	LogImportance = further[float64](ColumnInfo{Name: "ln_w", Symbol: "ln w", Legal: LegalLog,
		Units: "1", Long: "logarithm of the importance weight, -beta E - ln p"})
	// StateLogP is ln p(K) of every state of a density matrix.
	StateLogP = further[float64](ColumnInfo{Name: "state_log_p", Symbol: "ln p of state", Per: PerTheta, Dim: DimOpen, Legal: LegalLog})

	// Theta are the parameters, Gradient a derivative in them, and Direction
	// what a natural gradient makes of it.
	Theta     = further[float64](ColumnInfo{Name: "theta", Symbol: "parameter", Per: PerTheta, Dim: DimTheta, Legal: LegalFinite})
	Gradient  = further[float64](ColumnInfo{Name: "grad", Symbol: "gradient component", Per: PerTheta, Dim: DimTheta, Legal: LegalFinite})
	Direction = further[float64](ColumnInfo{Name: "step", Symbol: "component of the step", Per: PerTheta, Dim: DimTheta, Legal: LegalFinite})
	// Damping is added to a Fisher matrix.
	Damping = further[float64](ColumnInfo{Name: "damping", Symbol: "the damping", Per: PerBatch})
	// Scores are the derivatives that a Fisher matrix is made of, ScoreSums their sums over configurations, Tiles pieces of such
	// matrices, and Share is k and R of share k of R of them.
	Scores    = further[float64](ColumnInfo{Name: "scores", Symbol: "a score", Dim: DimScores})
	ScoreSums = further[float64](ColumnInfo{Name: "score_sums", Symbol: "a sum of scores", Per: PerBatch, Dim: DimScores, Legal: LegalFinite})
	Tiles     = ofOpenLength(further[float64](ColumnInfo{Name: "tiles", Symbol: "a number of the Fisher matrix", Per: PerBatch}))
	Share     = ofOpenLength(further[float64](ColumnInfo{Name: "share", Symbol: "the share", Per: PerBatch}))
)

// Kept are the columns that stay of configurations that are kept, beside those of
// parts' own ([Own]).
var Kept = []Column{X, LogP, E, K, V, Data, LogImportance}

func real64(info ColumnInfo, in func(*Batch) *[]float64) *Quantity[float64] {
	return &Quantity[float64]{ColumnInfo: info, in: in}
}

// numbers is what a batch has of a column without a field: one of its slices.
type numbers struct {
	real    []float64
	complex []complex128
	integer []int32
}

// places counts the columns without a field.
var places atomic.Int64

// further makes a column without a field in Batch.
func further[T Number](info ColumnInfo) *Quantity[T] {
	place := int(places.Add(1)) - 1
	q := &Quantity[T]{ColumnInfo: info}
	switch q := any(q).(type) {
	case *Quantity[float64]:
		q.in = func(b *Batch) *[]float64 { return &b.at(place).real }
	case *Quantity[complex128]:
		q.in = func(b *Batch) *[]complex128 { return &b.at(place).complex }
	case *Quantity[int32]:
		q.in = func(b *Batch) *[]int32 { return &b.at(place).integer }
	}
	return q
}

// ofOpenLength is the column with a length that a part alone knows.
func ofOpenLength[T Number](q *Quantity[T]) *Quantity[T] {
	q.Dim = DimOpen
	return q
}

// at is b's memory of a column without a field.
func (b *Batch) at(place int) *numbers {
	if len(b.further) <= place {
		b.further = append(b.further, make([]numbers, int(places.Load())-len(b.further))...)
	}
	return &b.further[place]
}

// ColumnNamed finds a column that a draw gives, or that some row takes or gives, by its
// name with the roles that follow it: "energy", "energy@b". It is nil where there is none.
func ColumnNamed(name string) Column {
	words := strings.Split(name, "@")
	i := slices.IndexFunc(known(), func(c Column) bool { return c.Info().Name == words[0] })
	if i < 0 {
		return nil
	}
	c := known()[i]
	for _, role := range words[1:] {
		if !numberName.MatchString(role) {
			return nil
		}
		c = c.In(role)
	}
	return c
}

// ColumnNames are those of all columns that ColumnNamed finds, without roles.
func ColumnNames() (names []string) {
	for _, c := range known() {
		names = append(names, c.Info().Name)
	}
	return names
}

// known are the columns of draws and of all rows, each once and without its role.
func known() []Column {
	all := slices.Clone(Drawn)
	for _, r := range slices.Concat(Rows, Rules) {
		for _, c := range slices.Concat(r.In, r.Bar, r.Out) {
			if c = c.Base(); !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

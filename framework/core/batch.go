package core

// Batch is the one value that travels: N configurations and what has become
// known about them. A nil or empty slice is a quantity not known yet.
type Batch struct {
	// ID is set by the model that drew the batch, and is zero for any other
	// origin. A model that still holds the drawn batch may reuse what it
	// computed while sampling; a model that does not know the ID starts from X.
	ID uint64
	// N is the number of configurations.
	N int
	// Source is where they come from, as far as who draws says it to estimators of several; Reset
	// empties it.
	Source Source
	// From is the number of the first of them among all that one seed decides. Who
	// wants other draws than the first sets it; Reset keeps it.
	From int
	// Total is the number of configurations of the whole of which this batch has
	// From, From+1, ..., and 0 where the batch is the whole. It is set before a draw
	// too; Reset keeps it, and Shares.
	//
	// A pull-back of configurations that are one of the [Nodes] of the whole gives
	// that node's sum, bit for bit what it adds to that of the whole. Of others any
	// fixed order will do. A batch with the ID of one that was drawn may have some
	// of its configurations in a row, with From and Total to match.
	Total int
	// Shares is how many shares the sum over the whole has, a power of two, and 0
	// for the number that [SharesOf] gives.
	Shares int
	// X holds the configurations, row-major, length N * Space.Size().
	X []float64
	// LogP is ln p(x) in nats, normalised, length N.
	LogP []float64
	// E is the energy in the energy's own units, length N.
	E []float64
	// K labels the state that a density matrix drew before x: the occupied
	// orbitals in increasing order, of one kind of particles after the other
	// (Space.IsState), length N * Space.Count(). LogP is then ln p(K).
	K []int32
	// Lap is (lap Psi_K)(x) / Psi_K(x) of a density matrix, length N.
	Lap []complex128
	// Potential is V(x) where the energy has a kinetic part too; E is then the
	// real part of the local energy and EIm the imaginary one. Length N.
	Potential, EIm []float64
	// Slope is dE/dx, length N * Space.Size().
	Slope []float64
	// LogPSlope is grad_x ln p at fixed parameters, length N * Space.Size().
	LogPSlope []float64
	// Chains is 0 where the configurations are independent draws, else the
	// number of Markov chains that advance side by side: configuration i is
	// draw i/Chains of chain i mod Chains, and a later batch continues them.
	Chains int
	// Accept is, for chains, the fraction of the moves proposed since the
	// chain's previous draw that were accepted, length N.
	Accept []float64

	further []numbers // columns without a field, by their place
}

// Reset makes room for n configurations of size d, keeping the memory it has.
// X and LogP get their lengths (their contents are undefined), the rest is
// emptied.
func (b *Batch) Reset(n, d int) {
	b.ID = 0
	b.N, b.Source = n, ""
	b.X = Resize(b.X, n*d)
	b.LogP = Resize(b.LogP, n)
	b.E, b.Slope, b.LogPSlope = b.E[:0], b.Slope[:0], b.LogPSlope[:0]
	b.K, b.Lap, b.Potential, b.EIm = b.K[:0], b.Lap[:0], b.Potential[:0], b.EIm[:0]
	b.Chains, b.Accept = 0, b.Accept[:0]
	for i := range b.further {
		n := &b.further[i]
		n.real, n.complex, n.integer = n.real[:0], n.complex[:0], n.integer[:0]
	}
}

// Part makes dst the n configurations of b from the given one on, counted from b's
// first, with what a draw gives of them, in b's memory. A whole of b.Total
// configurations stays the whole; otherwise b is the whole.
func (b *Batch) Part(dst *Batch, from, n int) {
	further := dst.further
	clear(further)
	*dst = Batch{ID: b.ID, N: n, Source: b.Source, From: b.From + from, Total: b.Total, Shares: b.Shares, Chains: min(b.Chains, n), further: further}
	if b.Total == 0 {
		dst.From, dst.Total = from, b.N
	}
	for _, c := range Drawn {
		c.Window(dst, b, from, from+n)
	}
}

// Resize returns a slice of length n that reuses s's memory where it can.
// Contents are undefined.
func Resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

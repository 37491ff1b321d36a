package core

// Powers of a model of a quantum state.
const (
	// PowerQuantum declares that the model is a DensityMatrix.
	PowerQuantum Power = "quantum"
	// PowerStates declares that the model is a StateLister.
	PowerStates Power = "states"
)

// DensityMatrix is a model of
//
//	rho = sum_K p(K) |Psi_K><Psi_K|,    <Psi_K|Psi_K'> = delta_KK',
//
// normalised wave functions Psi_K(x) of N particles, of one sign of exchange of those of a kind.
//
// Sample draws a state K ~ p(K) and then x ~ |Psi_K(x)|^2: it fills K and X,
// and LogP with ln p(K), whose mean is minus the entropy of rho. So the free
// energy has its classical form,
//
//	F = < E_loc + kT ln p(K) >,    E_loc = V(x) - c lap Psi_K / Psi_K,
//
// an upper bound because the Psi_K are orthonormal. LogProb is the logarithm of
// the diagonal <x|rho|x>; a model that cannot sum over its states returns an
// error of kind Unsupported. Pull is that of ln p(K) |Psi_K(x)|^2.
type DensityMatrix interface {
	// LogPsi writes ln p(K_i) into logP and ln Psi_K(x_i), of either branch, into
	// logPsi at b.K and b.X; lengths b.N.
	LogPsi(logPsi []complex128, logP []float64, b *Batch) error

	// Laplacian writes (lap Psi_K)(x) / Psi_K(x) at b.K and b.X, the sum over all
	// coordinates; len(dst) = b.N. A statistical estimate of it is allowed if
	// its expectation, given K and x, is exact.
	Laplacian(dst []complex128, b *Batch) error

	// StatePull writes
	//
	//	sum_i [ w_i grad_theta ln p(K_i) + Re conj(v_i) grad_theta ln Psi_K_i(x_i) ]
	//
	// into grad (overwriting it). len(w) = len(v) = b.N. The batch need not stem
	// from this model; when it does and nothing was loaded since, b.ID lets the
	// model skip its forward pass.
	StatePull(grad []float64, b *Batch, w []float64, v []complex128) error
}

// StateLister is a density matrix of few states.
type StateLister interface {
	// StateLogP returns ln p(K) of every state, in an order that does not
	// change. The exact entropy is -sum_K p(K) ln p(K).
	StateLogP() ([]float64, error)
}

// PowerStateSlope declares that the model is a StateSloper.
const PowerStateSlope Power = "state_slope"

// StateSloper is a density matrix that knows the slope of its wave functions, besides their
// Laplacian: the kinetic energy is c < |grad ln Psi|^2 >, too.
type StateSloper interface {
	// StateSlope writes grad_x ln Psi_K(x) = grad Psi_K/Psi_K at b.K and b.X, a complex number
	// for each coordinate; len(dst) = len(b.X). It is exact, also where Laplacian is an
	// estimate. The batch need not stem from this model.
	StateSlope(dst []complex128, b *Batch) error
}

// PowerStateDraws declares that the model is a StateDrawer.
const PowerStateDraws Power = "state_draws"

// StateDrawer is a density matrix that draws from any of its states, not only from those that
// p(K) prefers: energies of excited states are as sharp as that of the ground state then.
type StateDrawer interface {
	// DrawStates writes x_i drawn from |Psi_K_i(x)|^2, independently of each other, of the states k,
	// n labels for each. All its random choices for x_i follow from the numbers of
	// configuration i in u, which are uniform in [0, 1) and as many as x has.
	DrawStates(x []float64, k []int32, u []float64) error
}

// PowerStateSpan declares that the model is a StateSpanner.
const PowerStateSpan Power = "state_span"

// StateSpanner is a density matrix whose wave functions share most of what they cost at one x: many
// of them at the same x are asked for in one call.
type StateSpanner interface {
	// SpanPsi writes ln Psi_K(x_i), of either branch, to logPsi and (lap Psi_K)(x_i) / Psi_K(x_i) to
	// lap, of all states at all configurations: those of state s at configuration i of n are number
	// s n + i. len(x) = n d; states has the labels of one state after the other, as Batch.K has;
	// len(logPsi) = len(lap) = n times the number of states. The values are those of LogPsi and
	// Laplacian, and so are the errors.
	SpanPsi(logPsi, lap []complex128, x []float64, states []int32) error
}

// spanner is a StateSpanner that says how many labels a state has.
type spanner interface {
	Model
	StateSpanner
}

// spanPsi makes room for what SpanPsi writes, whose length follows from the states, and calls it.
func spanPsi(m spanner, c *Call) error {
	space, states := m.Spec().Space, Span.Of(c.In)
	labels := space.Count()
	if labels == 0 || len(states)%labels != 0 {
		return Errorf(Invalid, "state_span", "", "%d labels are no states of %d particles", len(states), labels)
	}
	size := len(states) / labels * c.In.N
	return m.SpanPsi(SpanPsi.Room(c.Out, size), SpanLap.Room(c.Out, size), X.Of(c.In), states)
}

// PowerFamilies declares that a DensityMatrix has a continuous label instead of K: some
// of the coordinates, as those of nuclei, are R ~ p(R), and the others r ~ |Psi_R(r)|^2,
//
//	rho = int dR p(R) |R><R| (x) |Psi_R><Psi_R|,
//
// several r for each R. Sample fills the column [Parent]: configurations (R, r) of the
// same R stand one after the other, and LogP is ln p(R). Laplacian is about r alone.
// PathPull and natural gradients do not know it.
const PowerFamilies Power = "families"

// PowerNatural declares that the model is a NaturalPuller.
const PowerNatural Power = "natural"

// NaturalPuller is a model that divides gradients by its Fisher matrix (Amari,
// Neural Comput. 10, 251 (1998)). It does so beside the scores of the single
// samples, which need not cross a process border.
type NaturalPuller interface {
	// NaturalPull writes the gradient g of StatePull (of Pull where v is nil)
	// into grad and (F + damping)^-1 g into step. F is the mean over the batch
	// of s s^T with s = grad ln p; of a density matrix s = grad ln p(K), and
	// its other block is the Fubini-Study metric of O = grad ln Psi_K
	// (Stokes et al., Quantum 4, 269 (2020)),
	//
	//	Re <conj(O) O^T> - Re <conj(O)> <O>^T.
	//
	// A matrix that is not positive gets more damping, and a Notice says so.
	// damping > 0.
	// All configurations enter the matrix together: what it writes is no sum over
	// [Nodes], and it is asked for whole batches alone.
	NaturalPull(grad, step []float64, b *Batch, w []float64, v []complex128, damping float64) error
}

// PowerWalk declares that the model is a Walker.
const PowerWalk Power = "walk"

// Walker is a model whose Sample moves Markov chains that the model holds, one
// for each of the n configurations: the draws of one call are independent of
// each other, those of successive calls are not. Sample sets Batch.Chains = n and
// Accept.
//
// Chain i, one of From, ..., From+n-1 of Total, goes on if the model holds those of
// the same three numbers ([State.Has]). Otherwise all begin anew, with a burn-in in
// which each may adapt a step size of its own. What becomes of it is decided by theta,
// the row of chain i, the whole, the seed and i: not by other chains, which may be
// on another rank.
type Walker interface {
	// State returns a copy of all that the chains remember, a row for each; empty
	// before the first Sample.
	State() (State, error)
	// SetState puts back what State returned, or rows of it, so that later samples
	// are those that would have followed. Empty forgets the chains. It copies.
	// [State.Check] refuses what does not fit.
	SetState(s State) error
}

// PowerNotices declares that the model is a Noticer.
const PowerNotices Power = "notices"

// Noticer is a model that watches over its own assumptions.
type Noticer interface {
	// Notices returns what happened since the last call, and forgets it.
	Notices() ([]Notice, error)
}

// Notice is one thing that the user should know of a calculation that goes on.
type Notice struct {
	// Text is the same for each occurrence, so that the host can count them.
	Text string `json:"text"`
	// Count of occurrences.
	Count int64 `json:"count"`
	// NoBound tells that the free energy is no upper bound while this happens.
	NoBound bool `json:"no_bound,omitempty"`
}

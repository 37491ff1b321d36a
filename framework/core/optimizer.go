package core

// Optimizer is a step rule for the parameters of a model. It sees a flat vector of
// numbers and knows nothing of models, energies or losses.
type Optimizer interface {
	// Spec is constant over the value's life.
	Spec() OptimizerSpec

	// Step moves theta in place, downhill, as step t = 1, 2, ... of the run, and
	// returns the learning rate that it used. d is finite, has the length of theta,
	// the same in every call, and is the optimiser's to overwrite. After the first
	// call it allocates nothing. An error leaves theta and state as they were; one
	// of kind Numeric is handled as [train] nan says.
	Step(theta []float64, d Derivative, t int64) (rate float64, err error)

	// State returns a copy of all that the next step depends on, by name, for
	// a checkpoint. It is empty before the first step.
	State() map[string][]float64

	// SetState continues from what State returned, bit for bit; it copies.
	// An empty state is that before the first step. A state of another
	// optimiser, or one whose parts do not fit together, is an error and
	// changes nothing. It must have been made with the theta that Step will
	// get, which panics on another length.
	SetState(state map[string][]float64) error
}

// PartStepper is an Optimizer in whose step a parameter meets the others by nothing but the norm of the
// gradient. Ranks of a run each move some of the parameters, and tell the others.
type PartStepper interface {
	Optimizer
	// StepPart is Step for the parameters from to to-1 alone. Of theta, of the gradient and of
	// arrays of the state that are as long as theta it looks at no others, and leaves them. It
	// is called once in a step.
	StepPart(theta []float64, d Derivative, t int64, from, to int) (rate float64)
}

// Derivative is what a step starts from.
type Derivative struct {
	// Gradient of the loss in theta, and Norm, its Euclidean length.
	Gradient []float64
	Norm     float64
	// Direction is what the model makes of the gradient, where the optimiser's Spec
	// asks for it; else nil.
	Direction []float64
	// Factors are those of the model's spec.
	Factors []int
}

// OptimizerSpec is what a bound optimiser says of itself.
type OptimizerSpec struct {
	// Direction is the power of the model by whose pull-back it steps: PowerNatural,
	// the natural gradient, PowerNaturalProducts, the same by conjugate gradients, or PowerSweep; "" is the gradient alone.
	// Damping is added to the diagonal of the Fisher matrix.
	Direction Power
	Damping   float64
	// Iterations of conjugate gradients are made at most, and fewer where the residual |g - (F + damping) s| is at most Tolerance
	// times |g|, in each factor of the model.
	Iterations int
	Tolerance  float64
	// Vectors is how many arrays of the length of theta it keeps.
	Vectors int
}

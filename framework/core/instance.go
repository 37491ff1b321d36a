package core

// Instance is a part that was opened, whatever it is and wherever it runs: the
// value of its author in this process ([Local]), a process behind the border, or
// either of them guarded. Who consumes parts by their typed interfaces takes a
// [ModelView] or an [EnergyView] of it.
//
// Of an energy only Call and Exact do anything; what a part does not have is an
// error of kind Unsupported.
type Instance interface {
	// Init writes the starting parameters for a seed.
	Init(theta []float64, seed uint64) error
	// Load sets the parameters that all later calls use. It copies theta.
	Load(theta []float64) error
	// Draw fills dst with n configurations: the columns [Drawn].
	Draw(dst *Batch, seed uint64, n int) error
	// Call makes a call of the table.
	Call(r *Row, c *Call) error
	// State is a copy of what the part remembers beside theta; empty where there is
	// nothing.
	State() (State, error)
	// SetState puts back what State returned, or rows of it. It copies.
	SetState(s State) error
	// Notices returns what the part has noticed since the last call, and forgets it.
	Notices() ([]Notice, error)
	// Exact values at an inverse temperature.
	Exact(beta float64) (Exact, error)
}

// Local is the value of a part's author as an Instance: it has the calls whose
// interfaces the value has.
type Local struct{ Part any }

var _ Instance = Local{}

// InstanceOf is a part as an Instance, which it may be already.
func InstanceOf(part any) Instance {
	if i, ok := part.(Instance); ok {
		return i
	}
	return Local{part}
}

// as is the value with an interface, or the error of one that it has not.
func as[T any](part any, op string, power Power) (T, error) {
	p, ok := part.(T)
	if !ok {
		return p, (&Row{Name: op, Power: power}).Lacks("")
	}
	return p, nil
}

// Init implements Instance.
func (l Local) Init(theta []float64, seed uint64) error {
	m, err := as[Model](l.Part, "initialise", "")
	if err != nil {
		return err
	}
	return m.Init(theta, seed)
}

// Load implements Instance.
func (l Local) Load(theta []float64) error {
	m, err := as[Model](l.Part, "load", "")
	if err != nil {
		return err
	}
	return m.Load(theta)
}

// Draw implements Instance.
func (l Local) Draw(dst *Batch, seed uint64, n int) error {
	m, err := as[Density](l.Part, "sample", "")
	if err != nil {
		return err
	}
	return m.Sample(dst, seed, n)
}

// Call implements Instance.
func (l Local) Call(r *Row, c *Call) error { return r.On(l.Part, c) }

// State implements Instance.
func (l Local) State() (State, error) {
	m, err := as[Walker](l.Part, "state", PowerWalk)
	if err != nil {
		return State{}, err
	}
	return m.State()
}

// SetState implements Instance.
func (l Local) SetState(s State) error {
	m, err := as[Walker](l.Part, "set_state", PowerWalk)
	if err != nil {
		return err
	}
	return m.SetState(s)
}

// Notices implements Instance.
func (l Local) Notices() ([]Notice, error) {
	m, err := as[Noticer](l.Part, "notices", PowerNotices)
	if err != nil {
		return nil, err
	}
	return m.Notices()
}

// Exact implements Instance.
func (l Local) Exact(beta float64) (Exact, error) {
	e, err := as[Exacter](l.Part, "exact values", PowerExact)
	if err != nil {
		return Exact{}, err
	}
	return e.Exact(beta)
}

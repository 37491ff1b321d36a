package core

// Coupling says which starts and ends of paths belong together. The zero value leaves them
// as they are drawn.
type Coupling struct {
	// Block is the number of configurations among which the starts are dealt to the ends.
	Block int `json:"block,omitempty"`
	// Particles tells that those of a configuration are identical: which of a start goes
	// to which of an end is chosen too.
	Particles bool `json:"particles,omitempty"`
}

// Coupler deals starts to ends.
type Coupler interface {
	// Couple writes to start the configurations of unpaired, in the order of the ends that
	// they belong to. The arrays have n configurations, of which the first is number from
	// of its batch, and the last the batch's last if last is set.
	Couple(start, unpaired, end []float64, from, n int, last bool) error
}

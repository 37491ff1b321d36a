package core

// MostGlimpsed is how many numbers a glimpse has at most: its file stays below half a megabyte, and is written with each
// checkpoint.
const MostGlimpsed = 1 << 14

// Glimpse is some configurations of a step of the training, for people to see what is drawn.
type Glimpse struct {
	Step int64 `json:"step"`
	// X are whole configurations, one after the other.
	X []float64 `json:"x"`
}

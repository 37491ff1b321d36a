package core

// PowerComplete declares that the model is a Completer.
const PowerComplete Power = "complete"

// Completer is a model of spins or levels that draws what is missing of a configuration.
type Completer interface {
	// Complete writes into each y_i a draw of p(y | y_j = x_ij for all j that are known):
	// y_ij = x_ij where known_ij is 1, and where it is 0 x_ij means nothing. u_ij in
	// [0, 1) is the random number by which component j is drawn.
	//
	// A model may be able to do so for some sets of components only, as one that draws
	// in a fixed order given the first ones: others are an error of kind Unsupported. A
	// part that is given and has probability zero is one of kind Invalid.
	// len(y) = len(x) = len(known) = len(u).
	Complete(y, x []float64, known []int32, u []float64) error
}

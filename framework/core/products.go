package core

// A natural gradient whose Fisher matrix nobody makes. Each rank keeps the scores of its own configurations where they were
// computed, and is asked for products with vectors,
//
//	n F v = sum_i O_i (O_i . v),
//
// the sum of its nodes. What makes a direction of them, as conjugate gradients do, is not the model's business.

// PowerNaturalProducts declares that the model is a NaturalMultiplier.
const PowerNaturalProducts Power = "natural_products"

// NaturalMultiplier is a model that multiplies vectors with its Fisher matrix, that of [NaturalPuller], which is never put
// together. For a batch each rank calls NaturalKeep of all its [Nodes], and next NaturalProduct of each of them, any number of
// times, with the same parameters. All results are sums over nodes.
type NaturalMultiplier interface {
	Model
	// NaturalKeep writes the node's sum of the gradient of StatePull (of Pull where v is nil) into grad, and the sums of
	// Spec().Scores numbers of each configuration into sums: whatever the products need the means of. It keeps what products with
	// the node need, until other parameters are loaded. It copies what it keeps of the arguments.
	NaturalKeep(grad, sums []float64, b *Batch, w []float64, v []complex128) error
	// NaturalProduct writes the node's sum of O_i (O_i . step) into product. Of b it has the place of a node that was kept, and
	// no configurations. sums are those of all configurations of the whole batch, in all calls the same.
	NaturalProduct(product, step, sums []float64, b *Batch) error
}

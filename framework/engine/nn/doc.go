// Package nn holds layers of neural networks as ops on a grad.Tape: small
// final types, each one idea. A layer's parameters (a struct like MaskedDense)
// are shared by the chunks of a batch; its On method binds them to the Vars of
// one chunk and returns the op. T is the type of weights, activations, adjoints and of what
// Accumulate sums; starting values and the gradients of Params are float64.
//
// # A new layer
//
//   - A struct holds its Params and sizes, its constructor names them; On
//     checks the shapes of x and y (a panic: they are a programmer's mistake)
//     and returns an unexported op with all the scratch memory it needs.
//   - Forward writes y.Val. Backward adds to x.Adj, which is nil for data if
//     the layer may be the first. Neither allocates or looks at the number of
//     threads. A layer that can as well set x.Adj is a grad.Setter.
//   - With parameters it is grad.Weighted: Accumulate adds dL/dParam to one of
//     Tiles disjoint pieces, longest first. Scratch that it reads is per op and
//     made by Backward; scratch that it writes allows one tile only.
//   - To be sampled site by site it is Causal: Begin and Site together write
//     the bits that Forward would have, so that what is drawn has the ln p of the same
//     configuration given.
//   - A sample's numbers depend on that sample alone: use tensor.MulAdd, whose
//     bits do not depend on how a product is cut, where outputs are made, and
//     tensor.Gemm only for gradients.
//
// PReLU is the shortest example with parameters, Add without. A line in
// layerCases (layers_test.go) with the layer's definition written out tests all
// of this in both precisions: values, pieces, gradients by central differences. One in TestScores
// tests gradients of single samples.
//
// # A transformer
//
// Embedding, LayerNorm, AttentionOn, GELU and SiteDense are the layers of a causal
// transformer, on Maps with Width 1: the products of a site are as wide as the chunk.
// SiteDense.Onto ends a residual block.
//
// # Token by token
//
// Linear and Attention are the layers of a transformer that is sampled token by
// token, on Tokens instead of a Map. They are no ops of a tape: natural gradients
// ask for the score of every sample, which LinearScores has for a whole chunk at
// once.
//
// # Without a tape
//
// MLP and Chain are the small networks inside the steps of a flow. They keep no
// activations: their Backward is given the inputs, and computes the rest again.
package nn

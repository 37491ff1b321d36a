package optim

// AddDecay adds to grad the slope of a quadratic penalty on the parameters,
//
//	g += weight theta,   the gradient of weight |theta|^2 / 2,
//
// before an optimiser sees it. This is what programs call weight decay in
// their Adam, and not the decoupled decay of Loshchilov and Hutter 2019
// (arXiv:1711.05101), which Adam's normalisation does not touch.
func AddDecay(grad, theta []float64, weight float64) {
	if weight == 0 {
		return
	}
	for i, x := range theta {
		grad[i] += weight * x
	}
}

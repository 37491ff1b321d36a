package core

// PowerWeak declares that the model is a WeakDeriver.
const PowerWeak Power = "weak"

// WeakDeriver is a model whose density has, in each of its P parameters, a weak derivative:
// a multiple of the difference of two densities (Pflug 1989, Int. J. Syst. Sci. 20, 1711;
// measure-valued gradients: Mohamed, Rosca, Figurnov and Mnih 2020, arXiv:1906.10652,
// section 6),
//
//	dp/dtheta_k = c_k (p_k^+ - p_k^-),
//	d<f>/dtheta_k = c_k ( <f>_{p_k^+} - <f>_{p_k^-} ),
//
// for any f, smooth or not.
type WeakDeriver interface {
	// Pairs returns, for each configuration x_i and each parameter in turn, a draw of p_k^+
	// and one of p_k^-, with their weights c_k and -c_k: 2 n P configurations y, those of the
	// first x first. The x_i are draws of p, and the uniform numbers u, as many as x has, are
	// independent of them; f varies little between the two of a pair that are made of the
	// same numbers. The slices are the model's, and valid until the next call.
	Pairs(x, u []float64) (y, weight []float64, err error)
}

// RolePair is that of the configurations of weak derivatives.
const RolePair = "pair"

// weakDerivative is the weak derivative in every parameter of a function f of which each
// configuration has 2 P values f_j with weights w_j: D_k = w_2k f_2k + w_2k+1 f_2k+1.
func weakDerivative(d, weight, f []float64) {
	for k := range d {
		d[k] = weight[2*k]*f[2*k] + weight[2*k+1]*f[2*k+1]
	}
}

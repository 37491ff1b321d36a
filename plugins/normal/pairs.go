package normal

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// independent is an affine map with a diagonal L, whose density has weak derivatives
// (Mohamed, Rosca, Figurnov and Mnih 2020, arXiv:1906.10652, table 1). Of one component
// x = m + sigma z, with W from Weibull(2, sqrt 2) = Rayleigh(1) and M from the double-sided
// Maxwell density m^2 exp(-m^2/2)/sqrt(2 pi),
//
//	dp/dm = 1/(sigma sqrt(2 pi)) [ m + sigma W  -  (m - sigma W) ],
//	dp/ds = [ m + sigma M  -  (m + sigma z) ],   s = ln sigma,
//
// and the other components are those of x. The two of a pair have the same W; in the second,
// z = v M with v uniform in [0, 1), so that of a given z
//
//	M = sign(z) sqrt(z^2 + W^2),   W = sqrt(-2 ln (1 - u)).
type independent struct {
	*affine
	y, weight []float64
}

var _ flow.Pairer[float64] = (*independent)(nil)

// Pairs implements flow.Pairer.
func (a *independent) Pairs(x, u []float64) (y, weight []float64, err error) {
	d, n := a.d, len(x)/a.d
	const number = 8 // bytes
	if err := core.Afford(number*4*float64(len(x))*float64(d), "model "+name, fmt.Sprintf("pairs of %d configurations of %d components", n, d), `gradient = "pathwise"`); err != nil {
		return nil, nil, err
	}
	a.y, a.weight = core.Resize(a.y, 4*n*d*d), core.Resize(a.weight, 4*n*d)
	for i := range n {
		from := x[i*d : (i+1)*d]
		y, weight := a.y[4*i*d*d:4*(i+1)*d*d], a.weight[4*i*d:4*(i+1)*d]
		for k := range 4 * d {
			copy(y[k*d:(k+1)*d], from)
		}
		for j, at := range from {
			m, sigma := a.mean.Val[j], math.Exp(a.logWidth.Val[j])
			z, w := (at-m)/sigma, math.Sqrt(-2*math.Log1p(-u[i*d+j]))
			c, k := 1/(sigma*math.Sqrt(2*math.Pi)), 2*j
			y[k*d+j], y[(k+1)*d+j] = m+sigma*w, m-sigma*w
			weight[k], weight[k+1] = c, -c
			k += 2 * d
			y[k*d+j] = m + sigma*math.Copysign(math.Hypot(z, w), z)
			weight[k], weight[k+1] = 1, -1
		}
	}
	return a.y, a.weight, nil
}

package host

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"gonum.org/v1/gonum/mat"
)

// All that a run says of a model's F and ln Z rests on ln p(x) being the logarithm of the density that x was
// drawn from. Two slips leave it plausible and give an F below the exact one: ln p of a draw that is not ln p of
// the same x when it is given (an inverse that does not invert, or tells the determinant of the inverse map), and
//
//	ln|det dx/dz|
//
// of a map that is not that of its Jacobian, here of central differences at one z of the base.

const (
	// densityError is what ln p may be off, relative to its size and for each coordinate of a map: a thousandth
	// is below the error of ln Z in most runs, and above what rounding in single precision and
	// the steps of an integrated flow leave.
	densityError = 1e-3
	// comparedDraws of the first batch are given back; a slip shows in any.
	comparedDraws = 64
	// widestMap has a Jacobian that takes no longer than a step of a training: 512 configurations and 6 million products.
	widestMap = 256
)

// density looks at ln p of draws and, where the model has one, at its map.
func (d *doubts) density(b *core.Batch, spec core.ModelSpec, scale float64) error {
	c := newClaims(d.subject, "ln p", max(spec.Precision, densityError))
	if err := c.givenBack(b, spec.Space.Size(), scale, d.model.LogProb); err != nil {
		return err
	}
	flat := spec.Space.Kind == core.Field || spec.Space.Kind == core.Particles && spec.Space.Box == nil // x does not come round
	if n := spec.Space.Size(); flat && n <= widestMap && slices.Contains(spec.Powers, core.PowerMap) {
		return c.jacobian(spec.Base, n, d.model.Map)
	}
	return nil
}

// givenBack compares ln p of draws with that of the same configurations given.
func (c claims) givenBack(b *core.Batch, size int, scale float64, logProb func(dst, x []float64) error) error {
	n := min(b.N, comparedDraws)
	again := make([]float64, n)
	if err := logProb(again, b.X[:n*size]); err != nil {
		return err
	}
	for i, v := range again {
		if drawn := b.LogP[i]; math.Abs(v-drawn) > c.precision*max(1, scale) {
			return c.refuse("ln p of its draw %d is %.9g, and %.9g when the same configuration is given", i, drawn, v)
		}
	}
	return nil
}

// jacobian compares ln|det dx/dz| with that of central differences at one z. Several steps are tried, as nobody knows on
// which length the map bends; the claim is false if none agrees.
func (c claims) jacobian(base *core.Base, n int, mapped func(x, lnDet, z []float64) error) error {
	r := rand.New(rand.NewPCG(19, 20))
	at := make([]float64, n)
	for j := range at {
		at[j] = r.NormFloat64()
	}
	base.Color(at, 1)
	here, there := make([]float64, 1), make([]float64, n)
	if err := mapped(there, here, at); err != nil {
		return err
	}
	nearest, told := math.Inf(1), false
	z, x, lnDet := make([]float64, 2*n*n), make([]float64, 2*n*n), make([]float64, 2*n)
	for _, step := range []float64{1e-4, 1e-5, 1e-3, 1e-6, 1e-2} {
		for j := range 2 * n { // up along each axis, then down
			copy(z[j*n:], at)
			z[j*n+j%n] += math.Copysign(step, float64(n-1-j)+0.5)
		}
		if err := mapped(x, lnDet, z); err != nil {
			return err
		}
		above, below := x[:n*n], x[n*n:]
		for k := range above {
			above[k] = (above[k] - below[k]) / (2 * step)
		}
		found := logDeterminant(above, n)
		off := math.Abs(found - here[0])
		if off <= c.precision*max(float64(n), math.Abs(here[0])) {
			return nil
		}
		if !math.IsInf(off, 0) && !math.IsNaN(off) && off < math.Abs(nearest-here[0]) {
			nearest, told = found, true
		}
	}
	if !told {
		return nil
	}
	return c.refuse("ln|det dx/dz| of its map is %.9g, where the Jacobian by differences has %.9g", here[0], nearest)
}

// logDeterminant is ln|det a| of a matrix of n rows.
func logDeterminant(a []float64, n int) float64 {
	var lu mat.LU
	lu.Factorize(mat.NewDense(n, n, a))
	found, _ := lu.LogDet()
	return found
}

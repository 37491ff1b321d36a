package host

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The map x_j = a_j z_j + sin(z_(j-1))/2 has the Jacobian prod_j a_j: below the diagonal it does not count, but in the last
// corner, 1/2^n prod_j cos z_j, which n = 24 makes smaller than the tolerance.
func TestJacobianClaim(t *testing.T) {
	const n = 24
	for _, c := range []struct {
		off  float64
		want string
	}{
		{0, ""}, {0.05, ""}, // a thousandth of ln 24! = 54.78 is 0.055
		{-0.06, "ln|det dx/dz| of its map is"}, {math.Ln2, "where the Jacobian by differences has 54.78"},
	} {
		mapped := func(x, lnDet, z []float64) error {
			for i := range lnDet {
				lnDet[i] = c.off
				for j := range n {
					a := float64(j + 1)
					lnDet[i] += math.Log(a)
					x[i*n+j] = a*z[i*n+j] + math.Sin(z[i*n+(j+n-1)%n])/2
				}
			}
			return nil
		}
		err := claims{"model m", "ln p", densityError}.jacobian(nil, n, mapped)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("off by %v: %v", c.off, err)
		}
	}
}

func TestGivenBackClaim(t *testing.T) {
	b := &core.Batch{N: 3, X: []float64{1, 2, 3}, LogP: []float64{-1, -2, -3}}
	for off, want := range map[float64]string{0: "", 0.002: "", 0.01: "ln p of its draw 2 is -3, and -2.99 when the same configuration is given"} {
		err := claims{"model m", "ln p", densityError}.givenBack(b, 1, 3, func(dst, x []float64) error {
			for i, v := range x {
				dst[i] = -v
			}
			dst[2] += off
			return nil
		})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("off by %v: %v", off, err)
		}
	}
}

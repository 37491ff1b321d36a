package estimators

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// cascade is a map of latent variables on a periodic 4 x 4 lattice,
//
//	x_i = sum_(j <= i) A_ij g(z_j),   g(z) = z + t z^3,   A_ii = 1,
//
// with known inverse and derivatives.
type cascade struct {
	a [16][16]float64
	t float64
}

func newCascade(t float64) *cascade {
	c := &cascade{t: t}
	r := rand.New(rand.NewPCG(3, 5))
	for i := range c.a {
		c.a[i][i] = 1
		for j := range i {
			c.a[i][j] = 0.3 * r.NormFloat64()
		}
	}
	return c
}

func (c *cascade) Map(x, lnDet, z []float64) error {
	clear(x)
	for s := range lnDet {
		lnDet[s] = 0
		for i := range 16 {
			v := z[16*s+i]
			lnDet[s] += math.Log(1 + 3*c.t*v*v)
			for k := i; k < 16; k++ {
				x[16*s+k] += c.a[k][i] * (v + c.t*v*v*v)
			}
		}
	}
	return nil
}

func (c *cascade) Inverse(z, lnDet, x []float64) error {
	for s := range lnDet {
		for i := range 16 {
			g := x[16*s+i]
			for j := range i {
				v := z[16*s+j]
				g -= c.a[i][j] * (v + c.t*v*v*v)
			}
			v := 0.0
			for range 60 { // Newton; g is monotone
				v -= (v + c.t*v*v*v - g) / (1 + 3*c.t*v*v)
			}
			z[16*s+i] = v
		}
	}
	x = make([]float64, len(x))
	return c.Map(x, lnDet, z)
}

func (c *cascade) MapPull(zbar, z, xbar, lbar []float64) error {
	for s := range lbar {
		for j := range 16 {
			v := z[16*s+j]
			slope, sum := 1+3*c.t*v*v, 0.0
			for i := j; i < 16; i++ {
				sum += c.a[i][j] * xbar[16*s+i]
			}
			zbar[16*s+j] = slope*sum + lbar[s]*6*c.t*v/slope
		}
	}
	return nil
}

// scales of a hierarchy on 4 x 4 sites: one in four goes on to the next.
var scales = []int{2, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0}

func latentSetting(m core.Mapper) core.Setting {
	space := core.Space{Kind: core.Field, Shape: []int{4, 4}, Periodic: true}
	return core.Setting{Beta: 1, Chains: true, Map: m, Energy: core.EnergySpec{Space: space}, Model: core.ModelSpec{Space: space, LatentScale: scales}}
}

// images makes chains of configurations x = f(z) with single draws.
func images(t *testing.T, m core.Mapper, n int, z []float64) *core.Batch {
	t.Helper()
	b := &core.Batch{N: n, X: make([]float64, len(z)), E: make([]float64, n), Chains: n}
	if err := m.Map(b.X, make([]float64, n), z); err != nil {
		t.Fatal(err)
	}
	for i := range b.E {
		b.E[i] = squares(b.X[16*i : 16*i+16])
	}
	return b
}

// Latent variables z_i = c y + sqrt(1 - c^2) y_i with a common y for each scale
// are normal and have the correlation c^2 in pairs: I = -1/2 ln(1 - c^4) at every
// distance of their scale.
func TestLatentMutualInformation(t *testing.T) {
	const n = 40000
	c := []float64{0.5, 0.8, 0}
	r := rand.New(rand.NewPCG(4, 5))
	z := make([]float64, 16*n)
	for s := range n {
		common := [3]float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		for i, scale := range scales {
			z[16*s+i] = c[scale]*common[scale] + math.Sqrt(1-c[scale]*c[scale])*r.NormFloat64()
		}
	}
	m := newCascade(0.1)
	e, err := build("latent_mutual_information", nil, latentSetting(m))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(images(t, m, n, z)); err != nil {
		t.Fatal(err)
	}
	report, _ := e.Report()
	got := report[0]
	// On 4 x 4 sites, periodic, the largest distance is sqrt(8), rounded 3.
	if len(got.Axes) != 2 || len(got.Axes[0].Values) != 3 || len(got.Axes[1].Values) != 3 {
		t.Fatalf("axes %+v", got.Axes)
	}
	// Distances of sites of scale 0: 1 to sqrt(8); of scale 1, (0,2), (2,0) and
	// (2,2): 2 and sqrt(8). A single latent has no pair.
	has := [3][3]bool{{true, true, true}, {false, true, true}, {}}
	for s := range 3 {
		for k := range 3 {
			v, stderr := got.Value[3*s+k], got.Stderr[3*s+k]
			want := -math.Log1p(-math.Pow(c[s], 4)) / 2
			if has[s][k] && (!(math.Abs(v-want) < 4*stderr) || stderr > 0.1*want) || !has[s][k] && !math.IsNaN(v) {
				t.Errorf("scale %d, distance %d: %v +- %v, want %v", s, k+1, v, stderr, want)
			}
		}
	}
}

// Independent latents have none, and the 1/(2n) of chance is taken away.
func TestIndependentLatentsHaveNoInformation(t *testing.T) {
	const n = 500
	r := rand.New(rand.NewPCG(5, 5))
	m := newCascade(0)
	mean, plain := 0.0, 0.0
	for range 40 {
		z := make([]float64, 16*n)
		for i := range z {
			z[i] = r.NormFloat64()
		}
		e, err := build("latent_mutual_information", nil, latentSetting(m))
		if err != nil {
			t.Fatal(err)
		}
		e.Add(images(t, m, n, z))
		report, _ := e.Report()
		mean += report[0].Value[0] / 40
		plain += plainInformation(z) / 40
	}
	if math.Abs(plain*2*n-1) > 0.2 || math.Abs(mean) > 0.2*plain {
		t.Errorf("mean information %v, %v without the jackknife; 1/(2n) = %v", mean, plain, 1/(2.0*n))
	}
}

// plainInformation averages -1/2 ln(1 - rho^2) over the pairs of scale 0
// whose distance rounds to 1.
func plainInformation(z []float64) float64 {
	var sum, count float64
	for i := range 16 {
		for j := range i {
			if scales[i] != 0 || scales[j] != 0 || math.Round(distance(latentSetting(nil).Energy.Space, i, j)) != 1 {
				continue
			}
			var a, b, aa, bb, ab float64
			n := float64(len(z) / 16)
			for s := 0; s < len(z); s += 16 {
				a += z[s+i] / n
				b += z[s+j] / n
				aa += z[s+i] * z[s+i] / n
				bb += z[s+j] * z[s+j] / n
				ab += z[s+i] * z[s+j] / n
			}
			sum -= math.Log1p(-(ab-a*b)*(ab-a*b)/((aa-a*a)*(bb-b*b))) / 2
			count++
		}
	}
	return sum / count
}

// The response is a column of the Jacobian: against the rows that MapPull gives,
// averaged over the draws.
func TestResponseIsAColumnOfTheJacobian(t *testing.T) {
	const n = 50
	m := newCascade(0.1)
	r := rand.New(rand.NewPCG(6, 5))
	z := make([]float64, 16*n)
	for i := range z {
		z[i] = r.NormFloat64()
	}
	b := images(t, m, n, z)
	e, err := build("response", nil, latentSetting(m))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(b); err != nil {
		t.Fatal(err)
	}
	report, _ := e.Report()
	got := report[0]
	if len(got.Value) != 3*16 || len(got.Axes[1].Values) != 16 {
		t.Fatalf("%+v", got)
	}
	want := make([]float64, 3*16)
	xbar, zbar := make([]float64, len(z)), make([]float64, len(z))
	for i := range 16 {
		clear(xbar)
		for s := range n {
			xbar[16*s+i] = 1
		}
		m.MapPull(zbar, z, xbar, make([]float64, n))
		// The middle of the lattice is site 10, of scale 1; the nearest of scale 0
		// is the first of its four neighbours, and of scale 2 there is only site 0.
		for scale, a := range []int{6, 10, 0} {
			for s := range n {
				want[16*scale+i] += zbar[16*s+a] / n
			}
		}
	}
	for k, v := range want {
		// h^2/6 of the third derivative, 6 t A, and rounding 1e-15/h
		if math.Abs(got.Value[k]-v) > 1e-9 {
			t.Errorf("scale %d, site %d: %v, want %v", k/16, k%16, got.Value[k], v)
		}
	}
	if want[6] == 0 || want[16+10] == 0 || want[32+15] == 0 {
		t.Error("nothing is tested")
	}
}

func TestLatentsNeedScales(t *testing.T) {
	s := latentSetting(nil)
	s.Map = nil
	for _, name := range []string{"latent_mutual_information", "response"} {
		_, err := build(name, nil, s)
		if want := "latent variables with scales"; err == nil || core.KindOf(err) != core.Mismatch || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v", err)
		}
	}
}

// Latent variables that have just the correlations of the map's base density have no information
// of each other: of u = L^-1 (z - m) every entry is zero within its error. L couples neighbours in
// the order of the sites, rho = 0.5/1.25, which is 0.087 nats of a pair.
func TestLatentsOfACorrelatedBaseHaveNoInformation(t *testing.T) {
	const n = 20000
	base := &core.Base{Mean: make([]float64, 16), Factor: make([]float64, 16*16)}
	for i := range 16 {
		base.Mean[i], base.Factor[17*i] = float64(i), 1
		if i > 0 {
			base.Factor[17*i-1] = 0.5
		}
	}
	r := rand.New(rand.NewPCG(6, 5))
	z := make([]float64, 16*n)
	for i := range z {
		z[i] = r.NormFloat64()
	}
	for i := range n {
		base.Color(z[16*i:16*(i+1)], 1)
	}
	m := newCascade(0)
	s := latentSetting(m)
	s.Model.Base = base
	e, err := build("latent_mutual_information", nil, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(images(t, m, n, z)); err != nil {
		t.Fatal(err)
	}
	report, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for k, v := range report[0].Value {
		if math.IsNaN(v) {
			continue
		}
		seen++
		if stderr := report[0].Stderr[k]; math.Abs(v) > 4*stderr || !(stderr < 1e-3) {
			t.Errorf("entry %d: %v +- %v", k, v, stderr)
		}
	}
	if seen != 5 { // as in TestLatentMutualInformation
		t.Errorf("%d entries", seen)
	}
}

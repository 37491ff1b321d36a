package estimators

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// freeField is the Gaussian field on a periodic 4 x 6 lattice,
//
//	E = 1/2 sum_x [sum_mu (phi_x - phi_(x+mu))^2 + M^2 phi_x^2],   beta = 1,
//
// whose modes are independent with <|phi_k|^2> = 1/(M^2 + sum_mu 4 sin^2(k_mu/2)):
// every observable is known in closed form.
type freeField struct {
	re, im [][]float64 // of mode k at x: sqrt(S(k)/N) exp(i k x)
}

const (
	ly, lx = 4, 6
	volume = ly * lx
	mass2  = 0.8
)

var latticeSpace = core.Space{Kind: core.Field, Shape: []int{ly, lx}, Periodic: true}

func latticeSetting() core.Setting {
	return core.Setting{Beta: 1, Chains: true, Energy: core.EnergySpec{Space: latticeSpace, Units: "1", Powers: []core.Power{core.PowerSlope}}}
}

func newFreeField() *freeField {
	f := &freeField{}
	for py := range ly {
		for px := range lx {
			ky, kx := 2*math.Pi*float64(py)/ly, 2*math.Pi*float64(px)/lx
			amplitude := math.Sqrt(structure(ky, kx) / volume)
			re, im := make([]float64, volume), make([]float64, volume)
			for i := range re {
				s, c := math.Sincos(ky*float64(i/lx) + kx*float64(i%lx))
				re[i], im[i] = amplitude*c, amplitude*s
			}
			f.re, f.im = append(f.re, re), append(f.im, im)
		}
	}
	return f
}

func structure(ky, kx float64) float64 {
	return 1 / (mass2 + 4*math.Pow(math.Sin(ky/2), 2) + 4*math.Pow(math.Sin(kx/2), 2))
}

// correlation is G at a distance.
func correlation(dy, dx int) float64 {
	sum := 0.0
	for py := range ly {
		for px := range lx {
			ky, kx := 2*math.Pi*float64(py)/ly, 2*math.Pi*float64(px)/lx
			sum += structure(ky, kx) * math.Cos(ky*float64(dy)+kx*float64(dx)) / volume
		}
	}
	return sum
}

// draw adds a field, times a factor, to x.
func (f *freeField) draw(x []float64, factor float64, r *rand.Rand) {
	for k := range f.re {
		a, b := factor*r.NormFloat64(), factor*r.NormFloat64()
		for i := range x {
			x[i] += a*f.re[k][i] + b*f.im[k][i]
		}
	}
}

// fill makes a batch of chains whose fields are autoregressive with the
// coefficient a, or of independent draws for chains = 0.
func (f *freeField) fill(b *core.Batch, r *rand.Rand, chains, draws int, a float64) {
	m := max(1, chains)
	b.Reset(m*draws, volume)
	b.LogP = b.LogP[:0]
	b.Chains = chains
	clear(b.X)
	for i := range b.N {
		x := b.X[i*volume : (i+1)*volume]
		if i < m || a == 0 {
			f.draw(x, 1, r)
			continue
		}
		for j := range x {
			x[j] = a * b.X[(i-m)*volume+j]
		}
		f.draw(x, math.Sqrt(1-a*a), r)
	}
	b.E, b.Slope, b.Accept = core.Resize(b.E, b.N), core.Resize(b.Slope, len(b.X)), core.Resize(b.Accept, b.N)
	for i := range b.N {
		x, s := b.X[i*volume:(i+1)*volume], b.Slope[i*volume:(i+1)*volume]
		b.E[i], b.Accept[i] = 0, math.Floor(2*r.Float64())
		for j, v := range x {
			y, k := j/lx, j%lx
			s[j] = (4+mass2)*v - x[(y+1)%ly*lx+k] - x[(y+ly-1)%ly*lx+k] - x[y*lx+(k+1)%lx] - x[y*lx+(k+lx-1)%lx]
			b.E[i] += v * s[j] / 2
		}
	}
}

// Over many replicas, the mean squared distance of all observables of a field
// from their exact values is the mean of their squared standard errors, in
// chains as in independent draws: their ratio is 1 with the standard error
// sqrt(2/R), 4 of which are allowed, and 0.15 for observables that are not
// normal. (Pulls would not do for the Binder cumulant, whose value and error
// fluctuate together.)
func TestFieldErrorsAreHonest(t *testing.T) {
	f := newFreeField()
	exact := map[string][]float64{
		"energy":                {volume / 2.0}, // equipartition
		"heat_capacity":         {volume / 2.0},
		"magnetization":         {0},
		"magnetization_abs":     {math.Sqrt(2 / math.Pi / mass2 / volume)},
		"magnetization_squared": {1 / mass2 / volume},
		"binder_cumulant":       {0}, // m is normal
		"field_squared":         {correlation(0, 0)},
		"susceptibility":        {1 / mass2},
		"correlation_length":    {1 / math.Sqrt(mass2), 1 / math.Sqrt(mass2)},
		"two_point_correlation": {
			correlation(0, 0), correlation(1, 0), correlation(2, 0), math.NaN(), // half of ly is 2
			correlation(0, 0), correlation(0, 1), correlation(0, 2), correlation(0, 3)},
		"virial_residual": {0},
		"acceptance":      {0.5},
	}
	for _, c := range []struct {
		name                    string
		chains, draws, replicas int
		a                       float64
	}{{"chains", 40, 20, 400, 0.5}, {"few chains", 5, 400, 100, 0.95}, {"draws", 0, 400, 400, 0}} {
		square, claimed := map[string][]float64{}, map[string][]float64{}
		r := rand.New(rand.NewPCG(8, 0))
		var b core.Batch
		for range c.replicas {
			all := open(t, latticeSetting())
			f.fill(&b, r, c.chains, c.draws, c.a)
			if c.chains == 0 {
				delete(all, "acceptance")
			}
			add(t, all, &b)
			for name, e := range all {
				report, err := e.Report()
				if err != nil || len(report[0].Value) != len(exact[name]) {
					t.Fatalf("%s: %+v, error %v", name, report, err)
				}
				if square[name] == nil {
					square[name], claimed[name] = make([]float64, len(exact[name])), make([]float64, len(exact[name]))
				}
				for j, v := range report[0].Value {
					square[name][j] += math.Pow(v-exact[name][j], 2)
					claimed[name][j] += math.Pow(report[0].Stderr[j], 2)
				}
			}
		}
		if len(square) < 11 {
			t.Fatalf("%s: only %d observables", c.name, len(square))
		}
		for name, all := range square {
			for j, s := range all {
				if ratio := s / claimed[name][j]; !math.IsNaN(exact[name][j]) && !(math.Abs(ratio-1) < 4*math.Sqrt(2/float64(c.replicas))+0.15) {
					t.Errorf("%s: %s[%d] has %v of the variance that it claims", c.name, name, j, ratio)
				}
			}
		}
	}
}

// tau of a product of two fields is that of a^2: (1 + a^2)/(1 - a^2).
func TestChainsReportTheirCorrelation(t *testing.T) {
	var b core.Batch
	newFreeField().fill(&b, rand.New(rand.NewPCG(9, 0)), 100, 100, 0.8)
	all := open(t, latticeSetting())
	add(t, all, &b)
	for name, want := range map[string]float64{
		"magnetization": 1.8 / 0.2, "energy": 1.64 / 0.36, "susceptibility": 1.64 / 0.36, "two_point_correlation": 1.64 / 0.36, "acceptance": 1,
	} {
		r, _ := all[name].Report()
		e := r[0]
		if math.Abs(e.Tau/want-1) > 0.15 || !(e.RHat > 0.99 && e.RHat < 1.1) || e.N != int64(b.N) {
			t.Errorf("%s: tau %v, want %v; R-hat %v of %d", name, e.Tau, want, e.RHat, e.N)
		}
	}
}

func TestCautionsOfChains(t *testing.T) {
	f := newFreeField()
	r := rand.New(rand.NewPCG(10, 0))
	for _, c := range []struct {
		name          string
		chains, draws int
		a             float64
		shift         float64 // of half of the chains
		want          string
	}{
		{"sound", 100, 100, 0.2, 0, ""},
		{"unmixed", 100, 100, 0.2, 0.3, "chains are not mixed: R-hat 1."},
		{"few draws", 100, 3, 0, 0, "fewer than four draws of each chain"},
		{"few effective draws", 4, 20, 0, 0, "80 draws are worth only"},
	} {
		var b core.Batch
		f.fill(&b, r, c.chains, c.draws, c.a)
		for i := range b.N {
			for j := range volume {
				b.X[i*volume+j] += c.shift * float64(i%2)
			}
		}
		all := open(t, latticeSetting())
		add(t, all, &b)
		for _, name := range []string{"magnetization", "two_point_correlation"} {
			r, _ := all[name].Report()
			if got := r[0].Caution(); !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
				t.Errorf("%s of %s chains: caution %q, want %q", name, c.name, got, c.want)
			}
		}
	}
}

// The columns of very many numbers are not kept along few chains: 31 of them are too few to be blocks, and
// 600 draws make blocks of 16, less than 5 tau.
func TestCautionWhereBlocksAreShort(t *testing.T) {
	const size = mostColumns + 1
	f := &function{size: size, blocks: stats.NewBlocks(size), of: func(dst, mean []float64) { copy(dst, mean) },
		add: func(sums []float64, b *core.Batch, i int) float64 { sums[0] += b.E[i]; return b.E[i] }}
	var b core.Batch
	newFreeField().fill(&b, rand.New(rand.NewPCG(11, 0)), 31, 600, 0.8)
	if err := f.Add(&b); err != nil {
		t.Fatal(err)
	}
	r, _ := f.Report()
	if want := "too few draws of too few chains"; !strings.HasPrefix(r[0].Caution(), want) {
		t.Errorf("caution %q, want %q", r[0].Caution(), want)
	}
}

// The two-point function against its definition, site by site, in three
// dimensions; connected, less the square of the mean.
func TestTwoPointCorrelationPlainly(t *testing.T) {
	shape := []int{4, 1, 5, 6}
	s := latticeSetting()
	s.Energy.Space.Shape = shape
	n := 4 * 5 * 6
	r := rand.New(rand.NewPCG(12, 0))
	b := core.Batch{N: 1, X: make([]float64, n), E: []float64{0}}
	mean := 0.0
	for i := range b.X {
		b.X[i] = 0.3 + r.NormFloat64()
		mean += b.X[i] / float64(n)
	}
	for _, connected := range []bool{false, true} {
		e, err := build("two_point_correlation", core.Settings{"connected": connected}, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		got, _ := e.Report()
		if a := got[0].Axes; len(a) != 2 || !slices.Equal(a[0].Values, []float64{0, 2, 3}) || !slices.Equal(a[1].Values, []float64{0, 1, 2, 3}) {
			t.Fatalf("%+v", got[0])
		}
		for k, got := range got[0].Value {
			axis, d := k/4, k%4
			if d > []int{4, 5, 6}[axis]/2 {
				if !math.IsNaN(got) {
					t.Errorf("axis %d: G(%d) = %v beyond half of the lattice", axis, d, got)
				}
				continue
			}
			step := [3]int{}
			step[axis] = d
			want := 0.0
			for z := range 4 {
				for y := range 5 {
					for x := range 6 {
						at := func(z, y, x int) float64 { return b.X[z%4*30+y%5*6+x%6] }
						want += at(z, y, x) * at(z+step[0], y+step[1], x+step[2]) / float64(n)
					}
				}
			}
			if connected {
				want -= mean * mean
			}
			if math.Abs(got-want) > 1e-14 {
				t.Errorf("connected %v, axis %d: G(%d) = %v, want %v", connected, axis, d, got, want)
			}
		}
	}
}

func TestLatticeObservablesNeedALattice(t *testing.T) {
	s := latticeSetting()
	s.Energy.Space.Periodic = false
	for _, name := range []string{"two_point_correlation", "correlation_length"} {
		_, err := build(name, nil, s)
		if want := name + ": it needs a periodic lattice, and the space is field [4 6]"; err == nil || core.KindOf(err) != core.Mismatch || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v", err)
		}
	}
	s.Energy.Space.Periodic, s.Energy.Space.Shape = true, []int{1, 1}
	if _, err := build("two_point_correlation", nil, s); err == nil || !strings.Contains(err.Error(), "it needs a lattice of more than one site, and the space is field [1 1]") {
		t.Errorf("error %v", err)
	}
	s = latticeSetting()
	s.Energy.Powers = nil
	if _, err := build("virial_residual", nil, s); err == nil || !strings.Contains(err.Error(), "it needs an energy with forces") {
		t.Errorf("error %v", err)
	}
}

// An antiferromagnetic pattern has its structure factor at the edge of the zone.
func TestCorrelationLengthMayNotExist(t *testing.T) {
	e, err := build("correlation_length", nil, latticeSetting())
	if err != nil {
		t.Fatal(err)
	}
	b := core.Batch{N: 8, X: make([]float64, 8*volume), E: make([]float64, 8)}
	for i := range b.X {
		b.X[i] = math.Cos(2 * math.Pi * float64(i) / lx)
	}
	e.Add(&b)
	if r, _ := e.Report(); !math.IsNaN(r[0].Value[0]) || !strings.HasPrefix(r[0].Caution(), "the structure factor is not largest at k = 0") {
		t.Errorf("%+v", r[0])
	}
}

// The spins behind a field, summed over all of their states.
func TestSpinMagnetizationSquaredSumsOverSpins(t *testing.T) {
	x := []float64{0.3, -1.2, 0.7, 2}
	want := 0.0
	for s := range 16 {
		p, m := 1.0, 0.0
		for i, v := range x {
			spin := float64(2*(s>>i&1) - 1)
			p /= 1 + math.Exp(-2*v*spin)
			m += spin / 4
		}
		want += p * m * m
	}
	s := latticeSetting()
	s.Energy.Space = core.Space{Kind: core.Field, Shape: []int{4}}
	e, err := build("spin_magnetization_squared", nil, s)
	if err != nil {
		t.Fatal(err)
	}
	e.Add(&core.Batch{N: 1, X: x, E: []float64{0}})
	if r, _ := e.Report(); math.Abs(r[0].Value[0]-want) > 1e-15 {
		t.Errorf("%v, want %v", r[0].Value[0], want)
	}
}

package thermo

import (
	"math"
	"math/rand/v2"
	"testing"
)

// fermions are free fermions of one spin in two dimensions at N = L^2/pi in the units of an electron gas: F, E
// and S of N of them at the absolute temperature t and volume v in Bohr radii squared and Ry, of one level
// density g = v/(4 pi) per energy (c = hbar^2/2m = 1): beta mu = ln(exp(beta N/g) - 1).
func fermions(n, t, v float64) (f, e, s float64) {
	g := v / (4 * math.Pi)
	mu := t * math.Log(math.Expm1(n/(g*t)))
	// Omega = -T g int ln(1 + exp((mu - eps)/T)) deps, E = -Omega in two dimensions.
	omega, step := 0.0, t/400
	for eps := step / 2; eps < max(mu, 0)+40*t; eps += step {
		omega -= t * g * math.Log1p(math.Exp((mu-eps)/t)) * step
	}
	f, e = omega+mu*n, -omega
	return f, e, (e - f) / t
}

// points of a gas of n particles at r_s, in units r_s and 1/r_s^2, where V' = pi n, at T'.
func gas(n float64, rs []float64, t func(rs float64) float64) (l Line, f, e, s []Value) {
	for _, r := range rs {
		v := math.Pi * n * r * r
		ff, ee, ss := fermions(n, t(r)/(r*r), v)
		l.LogVolume, l.LogUnit = append(l.LogVolume, math.Log(v)), append(l.LogUnit, -2*math.Log(r))
		l.Volume, l.Temperature = append(l.Volume, math.Pi*n), append(l.Temperature, t(r))
		f, e, s = append(f, Value{Mean: ff * r * r}), append(e, Value{Mean: ee * r * r}), append(s, Value{Mean: ss})
	}
	return l, f, e, s
}

// P V = E of free fermions in two dimensions, whatever temperature is held constant: that in units of the
// point, the absolute one, or none. The integral over energies has an error of 1e-6.
func TestPressure(t *testing.T) {
	rs := []float64{1, 1.2, 1.5, 2, 2.5}
	for name, temperature := range map[string]func(rs float64) float64{
		"T/T_F":    func(float64) float64 { return 0.8 },
		"absolute": func(rs float64) float64 { return 0.8 * rs * rs / 2 },
		"none":     func(rs float64) float64 { return 0.8 + 0.1*rs },
	} {
		l, f, e, s := gas(10, rs, temperature)
		if got := l.Isothermal(); got != (name == "absolute") {
			t.Errorf("%s: isothermal %v", name, got)
		}
		p := l.Pressure(f, s)
		for i, got := range p {
			want := e[i].Mean / l.Volume[i]
			if math.Abs(got.Mean-want) > 0.01*want+2*got.Err || got.Err > 0.1*want {
				t.Errorf("%s, r_s = %g: pressure %v, want %.5f", name, rs[i], got, want)
			}
		}
		if name != "absolute" {
			continue
		}
		// K = -V dP/dV by the difference of pressures E/V at volumes 1e-4 apart.
		for i, got := range l.BulkModulus(p) {
			r, h := rs[i], 1e-3
			pressure := func(v float64) float64 { _, e, _ := fermions(10, 0.4, v); return e / v }
			v := math.Pi * 10 * r * r
			want := -(pressure(v*(1+h)) - pressure(v*(1-h))) / (2 * h) * math.Pow(r, 4)
			if math.Abs(got.Mean-want) > 0.05*want+2*got.Err || got.Err > 0.5*want {
				t.Errorf("r_s = %g: bulk modulus %v, want %.5f", r, got, want)
			}
		}
	}
}

// (ds/dn)_T = -(dmu/dT)_n on a grid of densities and temperatures, and both are those of differences of the
// exact mu.
func TestMaxwell(t *testing.T) {
	const n = 10
	rs, thetas := []float64{1, 1.25, 1.5, 1.75, 2}, []float64{0.6, 0.7, 0.8, 0.9, 1.0}
	var lines []Line
	var mu, entropy [][]Value // by theta, r_s
	for _, theta := range thetas {
		l, f, e, s := gas(n, rs, func(float64) float64 { return 4 * theta })
		row := make([]Value, len(rs))
		for i := range rs {
			row[i] = GibbsPerParticle(n, l.Volume[i], f[i], Value{Mean: e[i].Mean / l.Volume[i]})
		}
		lines, mu, entropy = append(lines, l), append(mu, row), append(entropy, s)
	}
	column := func(table [][]Value, i int) (c []Value) {
		for _, row := range table {
			c = append(c, row[i])
		}
		return c
	}
	byT := make([][]Value, len(thetas))
	var cooling [][]Value // -(dmu/dT)_n by r_s, theta
	temperatures := make([]float64, len(thetas))
	for k, theta := range thetas {
		temperatures[k] = 4 * theta
		byT[k] = make([]Value, len(rs))
	}
	for i := range rs {
		for k, v := range Derivative(temperatures, column(entropy, i)) {
			byT[k][i] = v
		}
		cooling = append(cooling, Slopes(temperatures, column(mu, i), nil, all(len(thetas), -1)))
	}
	for k, theta := range thetas {
		got := lines[k].EntropyByDensity(n, entropy[k], byT[k])
		for i := range rs {
			g := lines[k].Volume[i] / (4 * math.Pi) // in the units of the point
			exact := func(t float64) float64 { return t * math.Log(math.Expm1(n/(g*t))) }
			at, h := 4*theta, 1e-4
			want := -(exact(at+h) - exact(at-h)) / (2 * h)
			for what, v := range map[string]Value{"(ds/dn)_T": got[i], "-(dmu/dT)_n": cooling[i][k]} {
				if math.Abs(v.Mean-want) > 0.01*math.Abs(want)+2*v.Err || v.Err > 0.2*math.Abs(want) {
					t.Errorf("%s at r_s = %g, theta = %g: %v, want %.5f", what, rs[i], theta, v, want)
				}
			}
		}
	}
}

// F(N) of free fermions at constant density is N f, so that F(N+1) - F(N) is f; with P dV it is mu.
func TestChemicalPotential(t *testing.T) {
	const temperature = 3.0
	numbers := []float64{12, 10, 11, 13}
	var f, s, p []Value
	var v []float64
	for _, n := range numbers {
		volume := math.Pi * n
		ff, ee, ss := fermions(n, temperature, volume)
		f, s, p, v = append(f, Value{ff, 0.01}), append(s, Value{ss, 0.01}), append(p, Value{ee / volume, 0.001}), append(v, volume)
	}
	want := temperature * math.Log(math.Expm1(4/temperature)) // N/g = 4 pi N/V = 4
	mu := ChemicalPotentials(numbers, all(4, temperature), v, f, s, p)
	for i, got := range mu {
		if numbers[i] == 10 {
			if got.Known() {
				t.Errorf("the smallest number has %v", got)
			}
			continue
		}
		// dF has sqrt(2) 0.01, the mean of two pressures 0.001/sqrt(2), times pi.
		if sigma := math.Hypot(0.01*math.Sqrt2, 0.001/math.Sqrt2*math.Pi); math.Abs(got.Mean-want) > 1e-4 || math.Abs(got.Err-sigma) > 1e-12 {
			t.Errorf("mu at %g: %v, want %.5f +- %.5f", numbers[i], got, want, sigma)
		}
	}
	if got := GibbsPerParticle(2, 1, Value{1, 1}, Unknown()); got.Known() || got.Err-got.Err == 0 {
		t.Errorf("without a pressure F + PV is %v", got)
	}
	if mu := ChemicalPotentials(numbers, all(4, temperature), v, f, s, nil); mu[0].Known() {
		t.Errorf("without a pressure it is %v", mu[0])
	}
	if mu := ChemicalPotentials(numbers, all(4, temperature), nil, f, s, nil); math.Abs(mu[0].Mean-(f[0].Mean-f[2].Mean)) > 1e-12 {
		t.Errorf("in a trap it is %v", mu[0])
	}
}

// The limit of -1 + 2/N, with noise: right within its error in the mean, and better known the more sizes.
// Of two sizes, whether there is a correction at all is not known.
func TestLimit(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var pulls []float64
	for range 200 {
		var per []Value
		numbers := []float64{10, 16, 24, 40}
		for _, n := range numbers {
			per = append(per, Value{-1 + 2/n + 0.002*r.NormFloat64(), 0.002})
		}
		limit, tested := Limit(numbers, per)
		if !(tested > 0 && tested < 1) {
			t.Fatalf("%v of the weight is tested", tested)
		}
		pulls = append(pulls, (limit.Mean+1)/limit.Err)
	}
	if rms := rms(pulls); rms > 1.15 || rms < 0.3 {
		t.Errorf("the limit is %.2f errors away in the mean", rms)
	}
	if limit, tested := Limit([]float64{10, 20}, []Value{{-0.8, 1e-4}, {-0.9, 1e-4}}); math.Abs(limit.Mean+1) > 1e-6 || tested != 0 {
		t.Errorf("of two sizes the limit is %v, of which %v is tested", limit, tested)
	}
	if limit, _ := Limit([]float64{10, 20}, []Value{{1, 0}, Unknown()}); limit.Known() {
		t.Errorf("of one size the limit is %v", limit)
	}
}

// What no polynomial in 1/N describes, a + b ln N as of a heat capacity at a critical point, is known by that only those
// fit that pass through all that they have; what does is tested, also where it does not change.
func TestLimitIsTested(t *testing.T) {
	numbers := []float64{16, 36, 64, 144, 256}
	for name, c := range map[string]struct {
		of   func(n float64) float64
		want bool
	}{
		"logarithm": {func(n float64) float64 { return 0.2 + 0.25*math.Log(n) }, false},
		"constant":  {func(float64) float64 { return 1 }, true},
		"1/N":       {func(n float64) float64 { return 1 + 3/n }, true},
	} {
		var per []Value
		for _, n := range numbers {
			per = append(per, Value{c.of(n), 0.005})
		}
		limit, tested := Limit(numbers, per)
		if (tested >= LeastTested) != c.want {
			t.Errorf("%s: %v of the weight is tested; the limit is %v", name, tested, limit)
		}
		if c.want && math.Abs(limit.Mean-1) > limit.Err {
			t.Errorf("%s: the limit is %v", name, limit)
		}
	}
}

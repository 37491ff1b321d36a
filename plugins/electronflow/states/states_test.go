package states

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// open returns a model of n electrons in the first m orbitals below eMax = 25, and a
// theta all of whose parameters matter.
func open(t testing.TB, n, m int, prior bool) (*Model, []float64) {
	t.Helper()
	return openOptions(t, Options{Particles: n, Orbitals: PlaneWaves(2, 25, []float64{0.25, 0.25})[81-m:], Prior: prior, Theta: 0.5})
}

func openOptions(t testing.TB, o Options) (*Model, []float64) {
	t.Helper()
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	theta := make([]float64, m.Parameters())
	if err := m.Init(theta, 1); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range theta {
		theta[i] += 0.3 * r.NormFloat64()
	}
	m.Load(theta)
	return m, theta
}

// sets are all increasing lists of n of m orbitals, one behind the other.
func sets(n, m int) (all []int32) {
	var add func(chosen []int32, from int)
	add = func(chosen []int32, from int) {
		if len(chosen) == n {
			all = append(all, chosen...)
			return
		}
		for k := from; k < m; k++ {
			add(append(slices.Clip(chosen), int32(k)), k+1)
		}
	}
	add(nil, 0)
	return all
}

func logProb(t testing.TB, m *Model, k []int32) []float64 {
	t.Helper()
	logP := make([]float64, len(k)/m.n)
	if err := m.LogProb(logP, k); err != nil {
		t.Fatal(err)
	}
	return logP
}

// All 210 sets of 4 of 10 orbitals, and others: one electron, all orbitals taken.
func TestNormalised(t *testing.T) {
	for _, c := range []struct{ n, m, sets int }{{4, 10, 210}, {1, 10, 10}, {6, 6, 1}, {5, 6, 6}, {2, 81, 3240}} {
		for _, prior := range []bool{false, true} {
			m, _ := open(t, c.n, c.m, prior)
			logP := logProb(t, m, sets(c.n, c.m))
			if len(logP) != c.sets {
				t.Fatalf("%d sets, want %d", len(logP), c.sets)
			}
			sum := 0.0
			for _, v := range logP {
				sum += math.Exp(v)
			}
			if math.Abs(sum-1) > 1e-12 {
				t.Errorf("%+v prior %v: probabilities add up to 1%+.1e", c, prior, sum-1)
			}
			if c.sets > 1 && math.Abs(logP[0]-logP[1]) < 1e-3 {
				t.Errorf("%+v prior %v: the density is uniform", c, prior)
			}
		}
	}
}

// With all parameters of the logits zero, p(K) is exp(-sum eps)/Z for every state, so
// that T (sum eps + ln p) is the free energy whatever K. In units of Ry/r_s^2, T is 4
// theta and F that of another program (canonical recursion, T/T_F = 0.15).
func TestPriorIsTheFreeGas(t *testing.T) {
	for _, c := range []struct {
		n     int
		twist []float64
		f, s  float64
	}{
		{5, nil, 9.918234, 1.100149},
		{13, []float64{0.25, 0.25}, 24.811052, 4.522011},
		{29, []float64{0.25, 0.25}, 54.701205, 12.099678},
	} {
		m, err := New(Options{Particles: c.n, Orbitals: PlaneWaves(2, 25, c.twist), Prior: true, Theta: 0.15})
		if err != nil {
			t.Fatal(err)
		}
		theta := make([]float64, m.Parameters())
		if err := m.Init(theta, 1); err != nil {
			t.Fatal(err)
		}
		m.Load(theta)
		const n = 1000
		k, logP := make([]int32, n*c.n), make([]float64, n)
		if err := m.Sample(k, logP, 7, 0); err != nil {
			t.Fatal(err)
		}
		mean, variance := 0.0, 0.0
		for b, v := range logP {
			e := 0.0
			for _, orbital := range k[b*c.n:][:c.n] {
				e += m.energies[orbital]
			}
			if f := 4 * 0.15 * (e + v); math.Abs(f-c.f) > 1e-6 {
				t.Fatalf("N = %d, state %d: F = %.7f, want %.6f", c.n, b, f, c.f)
			}
			mean += v / n
			variance += v * v / n
		}
		variance -= mean * mean
		if math.Abs(-mean-c.s) > 4*math.Sqrt(variance/n) || variance == 0 {
			t.Errorf("N = %d: S = %.4f, want %.4f", c.n, -mean, c.s)
		}
	}
}

// Frequencies of all 28 states against their probabilities, those expected less than
// 10 times counted as one: chi^2 of at most 27 degrees of freedom exceeds 58 once in
// 2000 seeds.
func TestSampleIsTheDistribution(t *testing.T) {
	m, _ := open(t, 2, 8, true)
	const n = 20000
	k, logP := make([]int32, n*2), make([]float64, n)
	if err := m.Sample(k, logP, 5, 0); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(logP, logProb(t, m, k)) {
		t.Error("ln p of the draw is not that of the states drawn")
	}
	count := map[[2]int32]float64{}
	for b := range n {
		count[[2]int32{k[2*b], k[2*b+1]}]++
	}
	all := sets(2, 8)
	chi2, kept := 0.0, 0
	rest, restWant := 0.0, 0.0
	for b, v := range logProb(t, m, all) {
		got, want := count[[2]int32{all[2*b], all[2*b+1]}], n*math.Exp(v)
		if want < 10 {
			rest, restWant = rest+got, restWant+want
			continue
		}
		chi2 += (got - want) * (got - want) / want
		kept++
	}
	if restWant > 0 {
		chi2 += (rest - restWant) * (rest - restWant) / max(restWant, 1)
	}
	if chi2 > 58 || kept < 12 {
		t.Errorf("chi^2 = %v from %d states", chi2, kept)
	}
}

// Sample i depends on its number alone, and nothing on the number of threads.
func TestBatchesAndThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	m, theta := open(t, 5, 20, true)
	const n = 3*width + 7
	k, logP := make([]int32, n*5), make([]float64, n)
	if err := m.Sample(k, logP, 6, 0); err != nil {
		t.Fatal(err)
	}
	for _, few := range []int{1, width, n - 1} {
		part, lnP := make([]int32, few*5), make([]float64, few)
		if err := m.Sample(part, lnP, 6, 0); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(part, k[:few*5]) || !slices.Equal(lnP, logP[:few]) {
			t.Errorf("the first %d of %d samples are others alone", few, n)
		}
	}
	var want []float64
	for _, threads := range []int{1, 3} {
		runtime.GOMAXPROCS(threads)
		grad, scores := make([]float64, len(theta)), make([]float64, n*len(theta))
		if m.Pull(grad, par.All(len(logP)), k, logP) != nil || m.Scores(scores, m.Parameters(), k) != nil {
			t.Fatal("no gradient")
		}
		got := slices.Concat(grad, scores, logProb(t, m, k))
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d threads give other results", threads)
		}
	}
}

func TestDoesNotAllocate(t *testing.T) {
	m, theta := open(t, 3, 9, true)
	const n = 2 * width
	k, logP, scores := make([]int32, 3*n), make([]float64, n), make([]float64, n*len(theta))
	step := func() {
		if m.Sample(k, logP, 1, 0) != nil || m.LogProb(logP, k) != nil || m.Pull(theta, par.All(len(logP)), k, logP) != nil || m.Scores(scores, m.Parameters(), k) != nil {
			t.Fatal("an error")
		}
	}
	step()
	if a := testing.AllocsPerRun(5, step); a >= 1 {
		t.Errorf("%v allocations", a)
	}
}

func TestPlaneWaves(t *testing.T) {
	// Numbers of orbitals of arXiv:2201.03156, appendix.
	for eMax, want := range map[int]int{25: 81, 36: 113, 49: 149} {
		waves := PlaneWaves(2, eMax, []float64{0.25, 0.25})
		if len(waves) != want {
			t.Errorf("%d orbitals with |n|^2 <= %d, want %d", len(waves), eMax, want)
		}
		if !slices.IsSortedFunc(waves, func(a, b []float64) int { return cmp.Compare(norm2(b), norm2(a)) }) {
			t.Error("the energies do not fall")
		}
		if last := waves[want-1]; !slices.Equal(last, []float64{0.25, 0.25}) {
			t.Errorf("the lowest orbital is %v", last)
		}
	}
	if got := fmt.Sprint(PlaneWaves(1, 1, nil), len(PlaneWaves(3, 1, nil))); got != "[[-1] [1] [0]] 7" {
		t.Error(got)
	}
}

// 4368 + 18 M parameters, as the network of arXiv:2201.03156 has.
func TestParameters(t *testing.T) {
	m, _ := open(t, 13, 81, false)
	sum := 0
	for _, b := range m.Blocks() {
		sum += b.Size()
	}
	if m.Parameters() != 4368+18*81 || sum != m.Parameters() {
		t.Errorf("%d parameters, %d in blocks", m.Parameters(), sum)
	}
}

func TestBadOptionsAndStates(t *testing.T) {
	waves := PlaneWaves(2, 1, nil)
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Particles: 0, Orbitals: waves}, "0 electrons"},
		{Options{Particles: 6, Orbitals: waves}, "6 electrons do not fit into 5 orbitals (raise e_max)"},
		{Options{Particles: 7, Kinds: []int{6, 1}, Orbitals: waves}, "6 electrons do not fit into 5 orbitals (raise e_max)"},
		{Options{Particles: 2, Orbitals: waves, Prior: true}, "the free gas needs a temperature, theta_0 > 0, got 0"},
		{Options{Particles: 2, Orbitals: waves, Pretrain: 3}, "the free gas needs a temperature, theta_0 > 0, got 0"},
		{Options{Particles: 2, Orbitals: waves, Theta: 1, Prior: true, Pretrain: 3}, "there is nothing to pretrain"},
	} {
		if _, err := New(c.o); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.o, err, c.want)
		}
	}
	m, theta := open(t, 2, 5, false)
	for _, k := range [][]int32{{1, 1}, {2, 1}, {-1, 2}, {3, 5}} {
		err := m.LogProb(make([]float64, 2), append([]int32{0, 1}, k...))
		if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "state 1 is") {
			t.Errorf("%v: error %v", k, err)
		}
	}
	theta[0] = math.NaN()
	m.Load(theta)
	if err := m.Sample(make([]int32, 6), make([]float64, 3), 1, 0); core.KindOf(err) != core.Numeric {
		t.Errorf("a NaN among the parameters: error %v", err)
	}
}

// A network without prior learns the free gas: F - F_0 of a small one, over all its
// states, in units of the temperature.
func TestPretrain(t *testing.T) {
	o := Options{Particles: 2, Orbitals: PlaneWaves(2, 1, []float64{0.25, 0.25}), Theta: 0.5, Width: 4, Layers: 1, Heads: 1, Hidden: 4}
	all := sets(2, 5)
	excess := func(pretrain int) float64 {
		o.Pretrain = pretrain
		m, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		theta := make([]float64, m.Parameters())
		if err := m.Init(theta, 1); err != nil {
			t.Fatal(err)
		}
		m.Load(theta)
		f, z := 0.0, 0.0
		for b, logP := range logProb(t, m, all) {
			e := m.energies[all[2*b]] + m.energies[all[2*b+1]]
			f += math.Exp(logP) * (e + logP)
			z += math.Exp(-e)
		}
		return f + math.Log(z)
	}
	before, after := excess(0), excess(60)
	if !(before > 0.1 && after > 0 && after < 1e-3) {
		t.Errorf("F - F_0 falls from %v to %v", before, after)
	}
}

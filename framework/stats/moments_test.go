package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func normals(seed uint64, n int, mean, sigma float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, n)
	for i := range x {
		x[i] = mean + sigma*r.NormFloat64()
	}
	return x
}

// powers are the sums of (x - mean)^k, k = 2, 3, 4, in two plain passes.
func powers(x []float64) (mean, m2, m3, m4 float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		m2 += math.Pow(v-mean, 2)
		m3 += math.Pow(v-mean, 3)
		m4 += math.Pow(v-mean, 4)
	}
	return mean, m2, m3, m4
}

// However the values are cut into sets, the moments are those of all. The
// values are skewed, so that no odd moment vanishes.
func TestMomentsDoNotDependOnTheCut(t *testing.T) {
	x := normals(1, 1000, 3, 2)
	for i, v := range x {
		x[i] = v * v
	}
	mean, m2, m3, m4 := powers(x)
	for _, size := range []int{1, 7, 400, 1000} {
		var m, right Moments
		for lo := 0; lo < 600; lo += size {
			m.Add(x[lo:min(lo+size, 600)])
		}
		for lo := 600; lo < len(x); lo += size {
			right.Add(x[lo:min(lo+size, len(x))])
		}
		m.Add(nil)
		m.Merge(right)
		m.Merge(Moments{})
		if m.N() != 1000 || off(m.Mean(), mean) || off(m.m2, m2) || off(m.m3, m3) || off(m.m4, m4) {
			t.Errorf("sets of %d: %+v, want mean %v and sums %v, %v, %v", size, m, mean, m2, m3, m4)
		}
		if off(m.Variance(), m2/999) || off(m.Stderr(), math.Sqrt(m2/999/1000)) {
			t.Errorf("sets of %d: variance %v, error %v", size, m.Variance(), m.Stderr())
		}
	}
}

// off tells whether got misses want by more than the rounding of 1000 terms.
func off(got, want float64) bool { return !(math.Abs(got-want) <= 1e-12*math.Abs(want)) }

// A spread of one on a mean of 1e9: sums of squares would lose every digit.
func TestMomentsDoNotCancel(t *testing.T) {
	x := normals(2, 1000, 0, 1)
	var small, large Moments
	small.Add(x)
	for i := range x {
		large.Add([]float64{x[i] + 1e9})
	}
	// x + 1e9 is rounded to 1e-7.
	if math.Abs(large.Variance()-small.Variance()) > 1e-6 || small.Variance() < 0.5 {
		t.Errorf("variance %v, want %v", large.Variance(), small.Variance())
	}
}

func TestVarianceStderrIsTheJackknife(t *testing.T) {
	x := normals(3, 40, 5, 2)
	var all Moments
	all.Add(x)
	n := float64(len(x))
	without := make([]float64, len(x))
	for i := range x {
		var m Moments
		m.Add(x[:i])
		m.Add(x[i+1:])
		without[i] = m.Variance()
	}
	_, m2, _, _ := powers(without)
	if want := math.Sqrt((n - 1) / n * m2); off(all.VarianceStderr(), want) {
		t.Errorf("error of the variance %v, want %v", all.VarianceStderr(), want)
	}
}

func TestMomentsOfFewValues(t *testing.T) {
	var m Moments
	if !math.IsNaN(m.Mean()) || !math.IsNaN(m.Variance()) || !math.IsNaN(m.Stderr()) {
		t.Errorf("nothing has mean %v, variance %v", m.Mean(), m.Variance())
	}
	m.Add([]float64{2})
	if m.Mean() != 2 || !math.IsNaN(m.Variance()) || !math.IsNaN(m.Stderr()) {
		t.Errorf("one value: mean %v, variance %v", m.Mean(), m.Variance())
	}
	m.Add([]float64{4})
	if m.Mean() != 3 || m.Variance() != 2 || m.Stderr() != 1 || !math.IsNaN(m.VarianceStderr()) {
		t.Errorf("two values: %v, %v, %v, %v", m.Mean(), m.Variance(), m.Stderr(), m.VarianceStderr())
	}
	m.Add([]float64{math.NaN()})
	if !math.IsNaN(m.Mean()) {
		t.Error("a NaN was lost")
	}
}

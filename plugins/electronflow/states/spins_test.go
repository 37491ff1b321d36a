package states

import (
	"math"
	"strings"
	"testing"
)

// Both spins: all pairs of sets have the sum 1; without the network each spin is a free gas of
// its own, at the temperature in units of the majority's Fermi energy; and draws are of p.
func TestBothSpins(t *testing.T) {
	o := Options{Particles: 3, Kinds: []int{2, 1}, Orbitals: PlaneWaves(2, 1, []float64{0.25, 0.1}), Prior: true, Theta: 0.5}
	up, down := sets(2, 5), sets(1, 5)
	var k []int32
	for i := range 10 {
		for _, other := range down {
			k = append(k, up[2*i], up[2*i+1], other)
		}
	}
	free, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	theta := make([]float64, free.Parameters())
	if err := free.Init(theta, 1); err != nil {
		t.Fatal(err)
	}
	free.Load(theta)
	unit := 4 * math.Pi * math.Pi / (4 * math.Pi * 2) / 0.5 // |n + twist|^2 over that at k_F L = (4 pi N_up)^(1/2)
	logP, z := logProb(t, free, k), 0.0
	energy := func(k []int32) (e float64) {
		for _, orbital := range k {
			e += unit * norm2(o.Orbitals[orbital])
		}
		return e
	}
	for i := range logP {
		z += math.Exp(-energy(k[3*i : 3*i+3]))
	}
	for i, l := range logP {
		if want := -energy(k[3*i:3*i+3]) - math.Log(z); math.Abs(l-want) > 1e-12 {
			t.Errorf("free electrons in %v have ln p = %v, want %v", k[3*i:3*i+3], l, want)
		}
	}
	m, _ := openOptions(t, o)
	sum, p := 0.0, map[[3]int32]float64{}
	for i, l := range logProb(t, m, k) {
		sum += math.Exp(l)
		p[[3]int32(k[3*i:])] = math.Exp(l)
	}
	if math.Abs(sum-1) > 1e-12 || len(p) != 50 {
		t.Errorf("%d states have the sum %v", len(p), sum)
	}
	const draws = 20000
	drawn, of, seen := make([]int32, 3*draws), make([]float64, draws), map[[3]int32]float64{}
	if err := m.Sample(drawn, of, 5, 0); err != nil {
		t.Fatal(err)
	}
	for i := range of {
		seen[[3]int32(drawn[3*i:])]++
	}
	chi2 := 0.0
	for k, p := range p {
		chi2 += (seen[k] - p*draws) * (seen[k] - p*draws) / (p * draws)
	}
	if free := 49.0; chi2 > free+5*math.Sqrt(2*free) { // its mean and standard deviation
		t.Errorf("chi^2 of the draws is %v", chi2)
	}
	if err := m.LogProb(make([]float64, 1), []int32{1, 0, 2}); err == nil || !strings.Contains(err.Error(), "no increasing list of orbitals 0 ... 4 for each of [2 1] electrons") {
		t.Errorf("error %v", err)
	}
}

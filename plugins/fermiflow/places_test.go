package fermiflow

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/helmholtz-physics/helmholtz/framework/engine/det"
)

// The numbers of states up to 0, ..., 4 quanta of excitation in the plane, by
// another program.
func TestStates(t *testing.T) {
	for n, want := range map[int][]int{3: {1, 7, 21, 53, 116}, 4: {3, 13, 46, 120, 281}, 6: {1, 13, 54, 186, 524}, 10: {1, 21, 120, 516, 1781}} {
		for excitation, count := range want {
			o, err := newOrbitals(n, 2, excitation)
			if err != nil {
				t.Fatal(err)
			}
			s, err := enumerate(o, n, excitation)
			if err != nil {
				t.Fatal(err)
			}
			if s.count() != count || s.excitation[0] != 0 || s.excitation[count-1] != excitation {
				t.Errorf("n = %d: %d states up to %d quanta, want %d", n, s.count(), excitation, count)
			}
			for k, occupied := range s.occupied {
				if s.find(occupied) != k {
					t.Fatalf("n = %d: state %d is found as %d", n, k, s.find(occupied))
				}
			}
		}
	}
}

// Orbitals are orthonormal, by Gauss-Legendre quadrature.
func TestOrbitalsAreOrthonormal(t *testing.T) {
	const points = 400
	z, w := make([]float64, points), make([]float64, points)
	quad.Legendre{}.FixedLocations(z, w, -18, 18)
	var sum [mostQuanta + 1][mostQuanta + 1]float64
	h := make([]float64, mostQuanta+1)
	for i, x := range z {
		hermite(h, x)
		for a, u := range h {
			for b, v := range h {
				sum[a][b] += w[i] * u * v * math.Exp(-x*x)
			}
		}
	}
	for a, row := range sum {
		for b, s := range row {
			want := 0.0
			if a == b {
				want = 1
			}
			if math.Abs(s-want) > 1e-10 {
				t.Errorf("<h_%d|h_%d> = %v", a, b, s)
			}
		}
	}
}

// Draws of a line have the distribution function of its density: the largest
// deviation of the empirical one exceeds 2/sqrt(n) with probability 2 exp(-8)
// (Dvoretzky, Kiefer, Wolfowitz, Massart).
func TestLine(t *testing.T) {
	const n = 40000
	r := rand.New(rand.NewPCG(1, 2))
	for _, q := range []int{0, 1, 4, 23, mostQuanta} {
		l := newLine(q)
		for z := l.low; z < -l.low; z += 1e-3 {
			if i := int((z - l.low) / l.width); l.density(z) > l.step[i] {
				t.Fatalf("q = %d: the density at %v is above its step", q, z)
			}
		}
		draws := make([]float64, n)
		for i := range draws {
			draws[i] = l.draw(r)
		}
		sort.Float64s(draws)
		const h = 1e-3
		cdf, i := 0.0, 0
		for z := l.low; z < -l.low; z += h {
			cdf += h * l.density(z+h/2)
			for i < n && draws[i] < z+h {
				i++
			}
			if math.Abs(cdf-float64(i)/n) > 2/math.Sqrt(n) {
				t.Fatalf("q = %d: %d of %d draws are below %v, expected %.4f", q, i, n, z+h, cdf)
			}
		}
		if math.Abs(cdf-1) > 1e-6 {
			t.Errorf("q = %d: the density adds up to %v", q, cdf)
		}
	}
}

// Two fermions in the plane: frequencies of the 256 cells that the edges -1, 0
// and 1 of each coordinate make, against integrals of |Phi|^2 by quadrature.
func TestDrawsFollowPhi(t *testing.T) {
	const n = 60000
	o, err := newOrbitals(2, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	var lines []*line
	for q := range o.top + 1 {
		lines = append(lines, newLine(q))
	}
	edges, nodes := []float64{-5, -1, 0, 1, 5}, 7
	var z, weight []float64
	for i := range 4 {
		x, w := make([]float64, nodes), make([]float64, nodes)
		quad.Legendre{}.FixedLocations(x, w, edges[i], edges[i+1])
		z, weight = append(z, x...), append(weight, w...)
	}
	for _, k := range [][]int32{{0, 1}, {1, 5}, {2, 3}} {
		wave, p, total := newWave(o, 2), make([]float64, 256), 0.0
		for at := range len(z) * len(z) * len(z) * len(z) {
			one, w, cell := make([]float64, 4), 1.0, 0
			for c, i := 0, at; c < 4; c, i = c+1, i/len(z) {
				j := i % len(z)
				one[c], w, cell = z[j], w*weight[j], cell*4+j/nodes
			}
			wave.at(one)
			l, _ := wave.logPhi(k)
			p[cell] += w * math.Exp(2*l)
			total += w * math.Exp(2*l)
		}
		if math.Abs(total-1) > 1e-3 { // 7 nodes for 4 lengths
			t.Errorf("state %v: |Phi|^2 adds up to %v", k, total)
		}
		counts, d, r := make([]float64, 256), det.NewProcess(newPlaces(o, lines), 2, 2), rand.New(rand.NewPCG(3, uint64(k[1])))
		for range n {
			one, cell := make([]float64, 4), 0
			d.Draw(one, k, r)
			for _, x := range one {
				cell = cell*4 + sort.SearchFloat64s(edges[1:4], x)
			}
			counts[cell]++
		}
		// mean 255, standard deviation sqrt(2 255) = 23
		chi := 0.0
		for cell, c := range counts {
			want := n * p[cell] / total
			chi += (c - want) * (c - want) / want
		}
		if chi < 255-5*23 || chi > 255+5*23 {
			t.Errorf("state %v: chi^2 = %.1f for 255 degrees of freedom", k, chi)
		}
	}
}

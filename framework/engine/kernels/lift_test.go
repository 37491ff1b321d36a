package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// TestLift compares the rates with sums over all derivatives of v and div v,
// by central differences of the definitions. f = exp(-rho/2) - rho/5.
func TestLift(t *testing.T) {
	const n = 16
	for _, c := range []struct{ dim, particles int }{{1, 3}, {2, 3}, {3, 2}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			s := Lift{Dim: c.dim, Size: c.dim * c.particles}
			var pairs []Pair
			for a := range int32(c.particles) {
				pairs = append(pairs, Pair{a, -1})
				for b := range a {
					pairs = append(pairs, Pair{a, b})
				}
			}
			state, rates, l := random(s.Rows()*n), make([]float64, s.Rows()*n), make([]float64, n)
			jet := radialJets(s, pairs, state, n)
			s.Add(rates, l, state, pairs, &jet, n)
			testLiftFirst(t, s, rates, l, state, pairs, jet, n)
			for j := range n {
				one, got := make([]float64, s.Rows()), make([]float64, s.Rows())
				for i := range one {
					one[i], got[i] = state[i*n+j], rates[i*n+j]
				}
				wantL, want := plainLift(s, pairs, one)
				if math.Abs(l[j]-wantL) > 1e-7*(1+math.Abs(wantL)) {
					t.Errorf("configuration %d: l' = %v, want %v", j, l[j], wantL)
				}
				for i, w := range want {
					if math.Abs(got[i]-w) > 1e-6*(1+math.Abs(w)) {
						t.Errorf("configuration %d, row %d: %v, want %v", j, i, got[i], w)
					}
				}
			}
		})
	}
}

// testLiftFirst compares the rates without second derivatives, whose rows stay as they are.
func testLiftFirst(t *testing.T, s Lift, rates, l, state []float64, pairs []Pair, jet [5][]float64, n int) {
	t.Helper()
	first, firstL := make([]float64, len(rates)), make([]float64, n)
	jet[4] = make([]float64, len(jet[4])) // is not read
	for i := range jet[4] {
		jet[4][i] = math.NaN()
	}
	s.First = true
	s.Add(first, firstL, state, pairs, &jet, n)
	for i, got := range first {
		want := rates[i]
		if row := i / n; row >= s.LRow(0) && row < s.GRow(0) || row == s.HRow() {
			want = 0
		}
		if got != want && math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
			t.Errorf("row %d without second derivatives: %v, want %v", i/n, got, want)
		}
	}
	if !slices.Equal(firstL, l) {
		t.Errorf("l' without second derivatives: %v, want %v", firstL, l)
	}
}

const liftSoftening = 0.7

func liftDisplacement(s Lift, p Pair, z []float64) (delta []float64, rho float64) {
	square := liftSoftening * liftSoftening
	for c := range s.Dim {
		x := z[int(p.A)*s.Dim+c]
		if p.B >= 0 {
			x -= z[int(p.B)*s.Dim+c]
		}
		delta = append(delta, x)
		square += x * x
	}
	return delta, math.Sqrt(square)
}

func radialJets(s Lift, pairs []Pair, state []float64, n int) (jet [5][]float64) {
	for _, p := range pairs {
		for j := range n {
			z := make([]float64, s.Size)
			for i := range z {
				z[i] = state[i*n+j]
			}
			_, rho := liftDisplacement(s, p, z)
			e := math.Exp(-rho / 2)
			for k, v := range []float64{rho, e - rho/5, -e/2 - 1./5, e / 4, -e / 8} {
				jet[k] = append(jet[k], v)
			}
		}
	}
	return jet
}

// plainLift is the definition: v and div v as functions, differentiated
// numerically.
func plainLift(s Lift, pairs []Pair, state []float64) (l float64, rates []float64) {
	const h = 3e-3
	// v and, last, div v
	field := func(z []float64) []float64 {
		v := make([]float64, s.Size+1)
		for _, p := range pairs {
			delta, rho := liftDisplacement(s, p, z)
			f, df := math.Exp(-rho/2)-rho/5, -math.Exp(-rho/2)/2-1./5
			div := float64(s.Dim)*f + df/rho*(rho*rho-liftSoftening*liftSoftening)
			for c, x := range delta {
				v[int(p.A)*s.Dim+c] += f * x
				if p.B >= 0 {
					v[int(p.B)*s.Dim+c] -= f * x
				}
			}
			if v[s.Size] += div; p.B >= 0 {
				v[s.Size] += div
			}
		}
		return v
	}
	z := state[:s.Size]
	at := func(i, j int, di, dj float64) []float64 {
		moved := append([]float64(nil), z...)
		moved[i] += di
		moved[j] += dj
		return field(moved)
	}
	v, rates := field(z), make([]float64, s.Rows())
	copy(rates, v[:s.Size])
	for i := range z {
		// fourth order in h: first derivatives
		up, down, up2, down2 := at(i, i, h, 0), at(i, i, -h, 0), at(i, i, 2*h, 0), at(i, i, -2*h, 0)
		for k := range v {
			d := (8*(up[k]-down[k]) - (up2[k] - down2[k])) / (12 * h)
			if k == s.Size {
				for p := range s.Size {
					rates[s.GRow(p)] += d * state[s.JRow(i, p)]
				}
				rates[s.HRow()] += d * state[s.LRow(i)]
				continue
			}
			for p := range s.Size {
				rates[s.JRow(k, p)] += d * state[s.JRow(i, p)]
			}
			rates[s.LRow(k)] += d * state[s.LRow(i)]
		}
		for j := range z {
			metric := 0.0
			for p := range s.Size {
				metric += state[s.JRow(i, p)] * state[s.JRow(j, p)]
			}
			// fourth order in h: second derivatives
			a, b, c, e := at(i, j, h, h), at(i, j, h, -h), at(i, j, -h, h), at(i, j, -h, -h)
			a2, b2, c2, e2 := at(i, j, 2*h, 2*h), at(i, j, 2*h, -2*h), at(i, j, -2*h, 2*h), at(i, j, -2*h, -2*h)
			for k := range v {
				row := s.HRow()
				if k < s.Size {
					row = s.LRow(k)
				}
				near, far := a[k]-b[k]-c[k]+e[k], a2[k]-b2[k]-c2[k]+e2[k]
				rates[row] += metric * (16*near - far) / (48 * h * h)
			}
		}
	}
	return v[s.Size], rates
}

func BenchmarkLift(b *testing.B) {
	for _, particles := range []int{2, 6, 10} {
		const n = 8
		s := Lift{Dim: 2, Size: 2 * particles}
		var pairs []Pair
		for a := range int32(particles) {
			pairs = append(pairs, Pair{a, -1})
			for b := range a {
				pairs = append(pairs, Pair{a, b})
			}
		}
		state, rates, l := random(s.Rows()*n), make([]float64, s.Rows()*n), make([]float64, n)
		jet := radialJets(s, pairs, state, n)
		b.Run(fmt.Sprint("particles=", particles), func(b *testing.B) {
			for range enginetest.Loop(b) {
				s.Add(rates, l, state, pairs, &jet, n)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/configuration")
		})
	}
}

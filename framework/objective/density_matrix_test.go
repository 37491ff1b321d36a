package objective

import (
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// hopping is a density matrix on three sites,
//
//	rho = sum_K p(K) |Psi_K><Psi_K|,   Psi_K = exp(-i turn A) exp(-i twist B) e_K,   K = 0, 1,
//
// with p(1) = 1/(1 + exp(-logit)). A rotation by Hermitian A and B keeps the
// Psi_K orthonormal and makes them complex; its phases turn with the parameters.
type hopping struct{ logit, turn, twist float64 }

type matrix [3][3]complex128

// The numbers of the Hermitian matrices are arbitrary; no symmetry makes a
// gradient vanish.
var (
	hamiltonian = matrix{{1.3, -0.4 + 0.2i, 0.3}, {-0.4 - 0.2i, -0.6, 0.5i}, {0.3, -0.5i, 0.9}}
	generatorA  = matrix{{0.2, 0.7, -0.1i}, {0.7, -0.5, 0.4 + 0.3i}, {0.1i, 0.4 - 0.3i, 0.8}}
	generatorB  = matrix{{-0.3, 0.2i, 0.6}, {-0.2i, 0.7, 0.1}, {0.6, 0.1, 0.4}}
)

func (m matrix) times(v [3]complex128) (w [3]complex128) {
	for i := range m {
		for j, x := range v {
			w[i] += m[i][j] * x
		}
	}
	return w
}

// rotate is exp(-i t m) v by its series; 30 terms of norms below 2 leave less
// than 2^30/30! = 4e-24.
func (m matrix) rotate(t float64, v [3]complex128) [3]complex128 {
	sum, term := v, v
	for k := 1; k <= 30; k++ {
		term = m.times(term)
		for i := range term {
			term[i] *= complex(0, -t/float64(k))
			sum[i] += term[i]
		}
	}
	return sum
}

func (h hopping) logP(k int) float64 {
	return -math.Log1p(math.Exp(h.logit * float64(1-2*k)))
}

func (h hopping) psi(k int) [3]complex128 {
	var e [3]complex128
	e[k] = 1
	return generatorA.rotate(h.turn, generatorB.rotate(h.twist, e))
}

// target is beta F, or E in the ground state, summed over states and sites.
func (h hopping) target(beta float64) (sum float64) {
	for k := range 2 {
		psi, energy := h.psi(k), 0.0
		for i, x := range hamiltonian.times(psi) {
			energy += real(cmplx.Conj(psi[i]) * x)
		}
		if p := math.Exp(h.logP(k)); math.IsInf(beta, 1) {
			sum += p * energy
		} else {
			sum += p * (h.logP(k) + beta*energy)
		}
	}
	return sum
}

// draw is one of the six outcomes of a sample.
type draw struct {
	k           int32
	probability float64 // p(K) |Psi_K(x)|^2
	logP        float64
	energy      complex128    // the local one
	states      [3]float64    // grad ln p(K)
	wave        [3]complex128 // grad ln Psi_K(x), by central difference
}

func (h hopping) draws() (all []draw) {
	const step = 1e-5
	for k := range 2 {
		psi, p := h.psi(k), math.Exp(h.logP(k))
		local := hamiltonian.times(psi)
		right := [2]hopping{{h.logit, h.turn + step, h.twist}, {h.logit, h.turn, h.twist + step}}
		left := [2]hopping{{h.logit, h.turn - step, h.twist}, {h.logit, h.turn, h.twist - step}}
		for x := range psi {
			d := draw{k: int32(k), logP: h.logP(k), energy: local[x] / psi[x]}
			d.probability = p * real(psi[x]*cmplx.Conj(psi[x]))
			d.states[0] = float64(2*k-1) * (1 - p)
			for j := range right {
				d.wave[j+1] = (right[j].psi(k)[x] - left[j].psi(k)[x]) / (2 * step * psi[x])
			}
			all = append(all, d)
		}
	}
	return all
}

func batchOfDraws(draws ...draw) *core.Batch {
	b := &core.Batch{N: len(draws)}
	for _, d := range draws {
		b.K, b.LogP = append(b.K, d.k), append(b.LogP, d.logP)
		b.E, b.EIm = append(b.E, real(d.energy)), append(b.EIm, imag(d.energy))
	}
	return b
}

// The estimate is unbiased for every size of the batch and whatever states it
// has: the exact mean over all batches of n draws of what StatePull would give
// is the gradient of the summed free energy. Both are central differences with
// errors of 1e-10.
func TestStateGradientIsUnbiased(t *testing.T) {
	h := hopping{0.4, 0.7, -0.5}
	all := h.draws()
	for _, beta := range []float64{0.8, math.Inf(1)} {
		want := exactStateGradient(h, beta)
		for n := 2; n <= 4; n++ {
			var c core.Batch
			var got [3]float64
			batch := make([]draw, n)
			for code := range int(math.Pow(float64(len(all)), float64(n))) {
				weight := 1.0
				for i := range batch {
					batch[i] = all[code%len(all)]
					code /= len(all)
					weight *= batch[i].probability
				}
				if _, err := cotangents(&DensityMatrix{}, &c, batchOfDraws(batch...), beta); err != nil {
					t.Fatal(err)
				}
				for i, d := range batch {
					for k := range got {
						got[k] += weight * (c.LogP[i]*d.states[k] + real(cmplx.Conj(core.LogPsi.Of(&c)[i])*d.wave[k]))
					}
				}
			}
			for k := range got {
				if math.Abs(want[k]) < 0.05 || math.Abs(got[k]-want[k]) > 1e-8 {
					t.Errorf("beta %v, n %d: component %d is %v, want %v (not small)", beta, n, k, got[k], want[k])
				}
			}
		}
	}
}

func exactStateGradient(h hopping, beta float64) (g [3]float64) {
	const step = 1e-5
	for k := range g {
		up, down := h, h
		*[]*float64{&up.logit, &up.turn, &up.twist}[k] += step
		*[]*float64{&down.logit, &down.turn, &down.twist}[k] -= step
		g[k] = (up.target(beta) - down.target(beta)) / (2 * step)
	}
	return g
}

// Weights by hand: three samples of one state and one of another, at beta 2.
// E - b is (1-4.5, 2-4, 7-1.5) for the three, and 30 less the mean 10/3 of all
// others for the one; V is 2 beta/n = 1 times that. f = ln p + 2 E =
// (0, 2, 12, 59) has the mean 73/4.
func TestStateWeightsByHand(t *testing.T) {
	b := &core.Batch{N: 4, K: []int32{0, 3, 1, 2, 0, 3, 0, 3}, LogP: []float64{-2, -1, -2, -2},
		E: []float64{1, 30, 2, 7}, EIm: []float64{1, -2, 0, 0.5}}
	var c core.Batch
	if _, err := cotangents(&DensityMatrix{}, &c, b, 2); err != nil {
		t.Fatal(err)
	}
	wantV := []complex128{-3.5 + 1i, 30 - 10.0/3 - 2i, -2, 5.5 + 0.5i}
	wantW := []float64{-73.0 / 12, (59 - 73.0/4) / 3, (2 - 73.0/4) / 3, (12 - 73.0/4) / 3}
	for i := range b.N {
		if cmplx.Abs(core.LogPsi.Of(&c)[i]-wantV[i]) > 1e-14 || math.Abs(c.LogP[i]-wantW[i]) > 1e-14 {
			t.Errorf("sample %d: weights %v and %v, want %v and %v", i, c.LogP[i], core.LogPsi.Of(&c)[i], wantW[i], wantV[i])
		}
	}
}

// The order in which samples were drawn changes sums by rounding alone.
func TestStateWeightsFollowTheirSamples(t *testing.T) {
	draws := hopping{0.4, 0.7, -0.5}.draws()
	order := []int{3, 0, 5, 4, 1, 2}
	var plain, shuffled core.Batch
	var moved []draw
	for _, i := range order {
		moved = append(moved, draws[i])
	}
	o := &DensityMatrix{Clip: 1}
	cotangents(o, &plain, batchOfDraws(draws...), 0.8)
	cotangents(o, &shuffled, batchOfDraws(moved...), 0.8)
	for j, i := range order {
		if cmplx.Abs(core.LogPsi.Of(&plain)[i]-core.LogPsi.Of(&shuffled)[j]) > 1e-14 || math.Abs(plain.LogP[i]-shuffled.LogP[j]) > 1e-14 || core.LogPsi.Of(&plain)[i] == 0 {
			t.Errorf("sample %d: weights %v and %v, %v and %v elsewhere", i, plain.LogP[i], core.LogPsi.Of(&plain)[i], shuffled.LogP[j], core.LogPsi.Of(&shuffled)[j])
		}
	}
}

// One local energy far off: of (0, 0, 0, 8) the mean is 2 and the mean absolute
// deviation 3, so that Clip = 1 makes (-2, -2, -2, 3) of the deviations, less
// their mean -3/4. Nothing else knows.
func TestClippingReachesOneGradientAlone(t *testing.T) {
	b := &core.Batch{N: 4, K: make([]int32, 4), LogP: make([]float64, 4), E: []float64{0, 0, 0, 8}, EIm: []float64{-8, 0, 0, 0}}
	var none, wide, clipped core.Batch
	loss, err := cotangents(&DensityMatrix{}, &none, b, 1)
	unclipped, err5 := cotangents(&DensityMatrix{Clip: 5}, &wide, b, 1)
	same, err1 := cotangents(&DensityMatrix{Clip: 1}, &clipped, b, 1)
	if err != nil || err5 != nil || err1 != nil || !slices.Equal(loss, unclipped) || !slices.Equal(loss, same) || loss[3] != 2 || b.E[3] != 8 || b.EIm[0] != -8 {
		t.Errorf("losses %+v, %+v and %+v of %v, %v", loss, unclipped, same, b.E, b.EIm)
	}
	if !slices.Equal(core.LogPsi.Of(&none), core.LogPsi.Of(&wide)) || core.LogPsi.Of(&none)[3] != 4 || core.LogPsi.Of(&none)[0] != -4.0/3-4i {
		t.Errorf("weights %v, and %v without clipping", core.LogPsi.Of(&wide), core.LogPsi.Of(&none))
	}
	// 2 beta/n m/(m-1) = 2/3, and 2 beta/n = 1/2 for the imaginary part.
	if v := core.LogPsi.Of(&clipped); cmplx.Abs(v[3]-2.0/3*3.75) > 1e-15 || cmplx.Abs(v[0]-(-2.0/3*1.25-1i)) > 1e-15 {
		t.Errorf("clipped to %v", v)
	}
	if !slices.Equal(clipped.LogP, none.LogP) || none.LogP[3] != 2 {
		t.Errorf("weights of states %v, and %v without clipping", clipped.LogP, none.LogP)
	}
}

// States of very different energies, each constant: what is clipped are
// deviations within a state, so that there is nothing to move.
func TestClippingSparesTheEnergiesOfStates(t *testing.T) {
	b := &core.Batch{N: 22, K: make([]int32, 22), LogP: make([]float64, 22), E: make([]float64, 22), EIm: make([]float64, 22)}
	b.K[20], b.E[20], b.K[21], b.E[21] = 1, 100, 1, 101
	var c core.Batch
	if _, err := cotangents(&DensityMatrix{Clip: 50}, &c, b, 1); err != nil {
		t.Fatal(err)
	}
	if want := complex(2.0/22, 0); core.LogPsi.Of(&c)[0] != 0 || cmplx.Abs(core.LogPsi.Of(&c)[21]-want) > 1e-14 || cmplx.Abs(core.LogPsi.Of(&c)[20]+want) > 1e-14 {
		t.Errorf("weights %v, want 0 and -+2/22 at the end", core.LogPsi.Of(&c))
	}
}

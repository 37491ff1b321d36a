package states

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// plain is ln p of one state by the formulas, electron by electron and number by
// number.
func plain(m *Model, theta []float64, k []int32) float64 {
	apply := func(l nn.Linear[float64], x []float64) []float64 {
		y := make([]float64, l.Out)
		w := l.W.In(theta)
		for i := range y {
			for j, v := range append(slices.Clip(x), 1) {
				y[i] += w[i*(l.In+1)+j] * v
			}
		}
		return y
	}
	tanh := func(x []float64) []float64 {
		y := make([]float64, len(x))
		for i, v := range x {
			y[i] = math.Tanh(v)
		}
		return y
	}
	plus := func(x, y []float64) []float64 {
		z := slices.Clone(x)
		for i, v := range y {
			z[i] += v
		}
		return z
	}
	net, logP := m.net, 0.0
	past := make([][][]float64, len(net.layers)) // qkv of the tokens so far
	logits := apply(net.first, nil)
	for i, chosen := range k {
		lo, sum, left := 0, 0.0, m.n-1-i // left of its spin
		if i > 0 && (len(m.kinds) == 1 || i != m.kinds[0]) {
			lo = int(k[i-1]) + 1
		}
		if len(m.kinds) == 2 && i < m.kinds[0] {
			left -= m.kinds[1]
		}
		for j := lo; j < m.m-left; j++ {
			sum += math.Exp(logits[j] + m.prior[i*m.m+j])
		}
		logP += logits[chosen] + m.prior[i*m.m+int(chosen)] - math.Log(sum)
		token := m.orbitals[chosen]
		if len(m.kinds) == 2 {
			mark := map[bool][]float64{true: {1, 0}, false: {0, 1}}
			token = slices.Concat(token, mark[i < m.kinds[0]], mark[i+1 < m.kinds[0]])
		}
		h := tanh(apply(net.embed, token))
		for l, layer := range net.layers {
			past[l] = append(past[l], apply(layer.qkv, h))
			q, size := past[l][i], net.heads*net.key
			out := make([]float64, size)
			for head := range net.heads {
				sum, from := 0.0, head*net.key
				weights := make([]float64, i+1)
				for u, key := range past[l] {
					for c := range net.key {
						weights[u] += q[from+c] * key[size+from+c]
					}
					weights[u] = math.Exp(weights[u] / math.Sqrt(float64(net.key)))
					sum += weights[u]
				}
				for u, value := range past[l] {
					for c := range net.key {
						out[from+c] += weights[u] / sum * value[2*size+from+c]
					}
				}
			}
			h = plus(h, apply(layer.out, out))
			h = plus(h, apply(layer.down, tanh(apply(layer.up, h))))
		}
		logits = apply(net.readout, tanh(h))
	}
	return logP
}

func TestLogProbIsTheFormula(t *testing.T) {
	for _, o := range []Options{
		{Particles: 4, Orbitals: PlaneWaves(3, 2, nil), Prior: true, Theta: 1},
		{Particles: 5, Orbitals: PlaneWaves(2, 4, []float64{0.1, -0.3}), Width: 3, Layers: 3, Heads: 2, Key: 5, Hidden: 4},
		{Particles: 3, Orbitals: PlaneWaves(1, 9, nil), Heads: 1},
		{Particles: 5, Kinds: []int{3, 2}, Orbitals: PlaneWaves(2, 4, []float64{0.1, -0.3}), Prior: true, Theta: 1},
		{Particles: 2, Kinds: []int{1, 1}, Orbitals: PlaneWaves(2, 2, nil), Width: 3, Layers: 1},
	} {
		m, theta := openOptions(t, o)
		k, logP := make([]int32, 100*m.n), make([]float64, 100)
		if err := m.Sample(k, logP, 3, 0); err != nil {
			t.Fatal(err)
		}
		for b, got := range logP {
			// Some thousand operations on numbers of order 10.
			if want := plain(m, theta, k[b*m.n:][:m.n]); math.Abs(got-want) > 1e-12 {
				t.Fatalf("%d electrons, state %d: ln p = %.15g, want %.15g", m.n, b, got, want)
			}
		}
	}
}

// Gradients of a batch that is no multiple of the chunks against central differences,
// whose error is of order (1e-5)^2 and 1e-16/1e-5.
func TestPullAndScores(t *testing.T) {
	for _, prior := range []bool{false, true} {
		m, theta := open(t, 4, 12, prior)
		const n = width + 5
		k, logP := make([]int32, n*m.n), make([]float64, n)
		if err := m.Sample(k, logP, 4, 0); err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(3, 4))
		w := make([]float64, n)
		for i := range w {
			w[i] = r.NormFloat64()
		}
		p := len(theta)
		grad, scores := make([]float64, p), make([]float64, n*p)
		if err := m.Pull(grad, par.All(len(w)), k, w); err != nil {
			t.Fatal(err)
		}
		if err := m.Scores(scores, m.Parameters(), k); err != nil {
			t.Fatal(err)
		}
		for j := range theta {
			sum := 0.0
			for b, v := range w {
				sum += v * scores[b*p+j]
			}
			if math.Abs(sum-grad[j]) > 1e-12*n {
				t.Fatalf("parameter %d: scores give %v, Pull %v", j, sum, grad[j])
			}
		}
		const h = 1e-5
		from := 0
		for _, p := range m.net.params.Blocks() {
			for range 12 {
				j := from + r.IntN(p.Size())
				at := func(v float64) (sum float64) {
					moved := slices.Clone(theta)
					moved[j] = v
					m.Load(moved)
					for b, v := range logProb(t, m, k) {
						sum += w[b] * v
					}
					return sum
				}
				if want := (at(theta[j]+h) - at(theta[j]-h)) / (2 * h); math.Abs(grad[j]-want) > 1e-7*(1+math.Abs(want)) {
					t.Errorf("%s, parameter %d: %v, want %v", p.Name, j, grad[j], want)
				}
			}
			from += p.Size()
			if !slices.ContainsFunc(p.In(grad), func(v float64) bool { return math.Abs(v) > 1e-3 }) {
				t.Errorf("%s has no gradient", p.Name)
			}
		}
	}
}

// The mean of the scores over p is zero, summed over all states.
func TestScoresHaveNoMean(t *testing.T) {
	m, _ := open(t, 3, 8, true)
	all := sets(3, 8)
	p := m.Parameters()
	scores := make([]float64, len(all)/3*p)
	if err := m.Scores(scores, p, all); err != nil {
		t.Fatal(err)
	}
	mean := make([]float64, p)
	for b, logP := range logProb(t, m, all) {
		for j := range mean {
			mean[j] += math.Exp(logP) * scores[b*p+j]
		}
	}
	for j, v := range mean {
		if math.Abs(v) > 1e-12 {
			t.Fatalf("parameter %d has the mean score %v", j, v)
		}
	}
}

package vae

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		space    core.Space
		settings core.Settings
	}{
		"linear": {core.Space{Kind: core.Field, Shape: []int{2}}, core.Settings{"latents": 1}},
		"reals":  {core.Space{Kind: core.Field, Shape: []int{2}}, core.Settings{"latents": 2, "hidden": []float64{5}, "activation": "tanh", "sigma": 0.8}},
		"spins":  {core.Space{Kind: core.Spins, Shape: []int{5}}, core.Settings{"latents": 2, "hidden": []float64{6, 4}}},
		"levels": {core.Space{Kind: core.Levels, Levels: 2, Shape: []int{2, 2}}, core.Settings{"latents": 3, "hidden": []float64{5}}},
	} {
		t.Run(name, func(t *testing.T) { coretest.ModelPart(t, Part, c.settings, c.space, coretest.ModelOptions{}) })
	}
}

// A linear decoder with orthogonal columns w_k, x = b + sum_k w_k z_k + sigma n, has a
// normal posterior whose latent variables are independent (Tipping and Bishop 1999, J. R.
// Stat. Soc. B 61, 611),
//
//	z_k ~ N(w_k.(x - b)/M_k, sigma^2/M_k),   M_k = sigma^2 + |w_k|^2.
//
// With it as the encoder ln w = ln p(x) for every z, the density of probabilistic principal
// components,
//
//	ln p = -1/2 [ d ln 2 pi + sum_k ln M_k + (d - q) ln sigma^2
//	              + |r|^2/sigma^2 - sum_k (w_k.r)^2/(sigma^2 M_k) ],   r = x - b.
func TestBoundIsTightAtTheTruePosterior(t *testing.T) {
	const d, q, variance = 3, 2, 0.3
	w := [q][d]float64{{1, 2, 2}, {0.5, -0.5, 0.25}} // their product is 0
	b := [d]float64{0.2, -1, 0.5}
	m, err := config{Latents: q, Sigma: 1}.model(core.Space{Kind: core.Field, Shape: []int{d}})
	if err != nil {
		t.Fatal(err)
	}
	var theta []float64
	var squares [q]float64
	for k := range q {
		squares[k] = variance
		for _, v := range w[k] {
			squares[k] += v * v
		}
		for _, v := range w[k] {
			theta = append(theta, v/squares[k])
		}
	}
	theta = append(theta, make([]float64, q*d)...) // l does not depend on x
	for k := range q {
		mean := 0.0
		for j, v := range w[k] {
			mean -= v * b[j] / squares[k]
		}
		theta = append(theta, mean)
	}
	for k := range q {
		theta = append(theta, math.Log(variance/squares[k])/2)
	}
	for j := range d {
		theta = append(theta, w[0][j], w[1][j])
	}
	theta = append(append(theta, b[:]...), math.Log(variance))
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	const n = 20
	random := rand.New(rand.NewPCG(1, 2))
	x, eps, lnW := make([]float64, n*d), make([]float64, n*q), make([]float64, n)
	for i := range x {
		x[i] = 2 * random.NormFloat64()
	}
	for i := range eps {
		eps[i] = random.NormFloat64()
	}
	if err := m.Bound(lnW, x, eps); err != nil {
		t.Fatal(err)
	}
	for i, got := range lnW {
		want := d*math.Log(2*math.Pi) + (d-q)*math.Log(variance)
		for k := range q {
			along := 0.0
			for j, v := range w[k] {
				along += v * (x[i*d+j] - b[j])
			}
			want += math.Log(squares[k]) - along*along/(variance*squares[k])
		}
		for j := range d {
			r := x[i*d+j] - b[j]
			want += r * r / variance
		}
		if want /= -2; math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
			t.Errorf("ln w = %v of configuration %d, and ln p = %v", got, i, want)
		}
	}
}

func TestSpacesAndSettings(t *testing.T) {
	for name, c := range map[string]struct {
		config config
		space  core.Space
		want   string
	}{
		"three levels":           {config{Latents: 1}, core.Space{Kind: core.Levels, Levels: 3, Shape: []int{2}}, "build model: vae: needs real numbers, spins, or levels of which there are 2, the energy has levels [2] of 3 levels"},
		"a layer of half a unit": {config{Latents: 1, Hidden: []float64{0.5}}, core.Space{Kind: core.Spins, Shape: []int{2}}, ""},
		"out of memory":          {config{Latents: 1 << 16, Hidden: []float64{1 << 20, 1 << 20}}, core.Space{Kind: core.Spins, Shape: []int{2}}, ""},
	} {
		_, err := c.config.model(c.space)
		if err == nil || c.want != "" && err.Error() != c.want {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

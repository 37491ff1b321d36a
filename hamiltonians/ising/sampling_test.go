package ising

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// chainMeans draws from chains that do not know of each other, and gives the mean of what of(s) says
// with its standard error, from the scatter of the chains' means.
func chainMeans(t *testing.T, c Config, beta float64, o sample.Options, draws int, of func(e float64, s []float64) float64) (mean, stderr float64) {
	t.Helper()
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sample.New(o, core.Target{Energy: e, Beta: beta})
	if err != nil {
		t.Fatal(err)
	}
	state, err := s.Init(11)
	for left := 1; err == nil && left > 0; {
		state, left, err = s.Burn(state)
	}
	var b core.Batch
	if err == nil {
		_, err = s.Next(&b, state, draws*o.Chains)
	}
	if err != nil {
		t.Fatal(err)
	}
	n := len(b.X) / b.N
	means := make([]float64, o.Chains)
	for i := range b.N {
		means[i%o.Chains] += of(b.E[i], b.X[i*n:(i+1)*n]) / float64(draws)
	}
	for _, m := range means {
		mean += m / float64(o.Chains)
	}
	for _, m := range means {
		stderr += (m - mean) * (m - mean)
	}
	return mean, math.Sqrt(stderr / float64(o.Chains) / float64(o.Chains-1))
}

// Clusters and single spins at the critical point, where single spins are slow: energies by Kaufman,
// <m^2> and <|m|> by enumeration (4 x 4) and <m^2> by the transfer matrix in a field (8 x 8, as in
// runs/neuralrg/ising-8.toml).
func TestChainsAtTheCriticalPoint(t *testing.T) {
	critical := math.Log(1+math.Sqrt2) / 2
	kaufman16 := lattice{lx: 16, ly: 16, periodic: true, j: 1}
	all4 := lattice{lx: 4, ly: 4, periodic: true, j: 1}
	tilted := lattice{lx: 4, ly: 4, periodic: true, j: 1, field: 0.1}
	energy := func(e float64, _ []float64) float64 { return e }
	square := func(_ float64, s []float64) float64 { m := sum(s) / float64(len(s)); return m * m }
	size := func(_ float64, s []float64) float64 { return math.Abs(sum(s)) / float64(len(s)) }
	single := sample.Options{Method: sample.MethodSingleSite, Chains: 64, BurnIn: 300, Thin: 2}
	tempered := sample.Options{Method: sample.MethodSingleSite, Chains: 64, BurnIn: 100, Thin: 2, Temperatures: []float64{2.5, 3}}
	clusters := sample.Options{Method: sample.MethodWolff, Chains: 64, BurnIn: 60, Thin: 3}
	for name, c := range map[string]struct {
		config  Config
		o       sample.Options
		draws   int
		of      func(e float64, s []float64) float64
		want    float64
		largest float64 // error, so that the test can fail
	}{
		"clusters, L = 16, energy":     {Config{L: 16}, clusters, 150, energy, solve(t, kaufman16.kaufman, critical)["energy"], 1},
		"clusters, L = 4, |m|":         {Config{L: 4}, clusters, 100, size, solve(t, all4.enumerate, critical)["magnetization_abs"], 0.005},
		"clusters, L = 4, m^2":         {Config{L: 4}, clusters, 100, square, solve(t, all4.enumerate, critical)["magnetization_squared"], 0.005},
		"clusters, L = 4, h, energy":   {Config{L: 4, Field: 0.1}, clusters, 100, energy, solve(t, tilted.enumerate, critical)["energy"], 0.2},
		"clusters, L = 8, m^2":         {Config{L: 8}, clusters, 100, square, 0.6469115, 0.006},
		"single spins, L = 8, m^2":     {Config{L: 8}, single, 300, square, 0.6469115, 0.02},
		"tempered, L = 8, m^2":         {Config{L: 8}, tempered, 200, square, 0.6469115, 0.02},
		"single spins, L = 4, |m|":     {Config{L: 4}, single, 100, size, solve(t, all4.enumerate, critical)["magnetization_abs"], 0.01},
		"single, L = 4, h, energy":     {Config{L: 4, Field: 0.1}, single, 100, energy, solve(t, tilted.enumerate, critical)["energy"], 0.3},
		"single, triangular, L = 4, E": {Config{L: 4, J: -1, Lattice: triangular}, single, 100, energy, solve(t, lattice{lx: 4, ly: 4, triangular: true, periodic: true, j: -1}.enumerate, critical)["energy"], 0.1},
	} {
		if c.config.J == 0 {
			c.config.J = 1
		}
		c.config.Boundary = periodic
		got, stderr := chainMeans(t, c.config, critical, c.o, c.draws, c.of)
		if !(math.Abs(got-c.want) <= 4*stderr) || stderr > c.largest {
			t.Errorf("%s: %.5f +- %.5f, want %.5f, %.1f standard errors off, which may be %v", name, got, stderr, c.want, (got-c.want)/stderr, c.largest)
		}
	}
}

// Couplings that no configuration satisfies are no bonds for clusters.
func TestFrustratedLattices(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   bool
	}{
		{Config{L: 6, J: -1}, false}, {Config{Lx: 6, Ly: 5, J: -1}, true}, {Config{Lx: 6, Ly: 5, J: -1, Boundary: open}, false},
		{Config{L: 6, J: -1, Field: 0.3}, false}, {Config{L: 6, J: -1, Lattice: triangular}, true}, {Config{L: 6, J: 1, Lattice: triangular}, false},
	} {
		if c.config.Boundary == "" {
			c.config.Boundary = periodic
		}
		e, err := New(c.config)
		if err != nil {
			t.Fatal(err)
		}
		b, err := e.Bonds()
		if err != nil {
			t.Fatal(err)
		}
		declared := len(e.Spec().Powers) > 0 && e.Spec().Powers[0] == core.PowerClusters
		if b.Frustrated() != c.want || declared == c.want {
			t.Errorf("%+v: frustrated %v, clusters declared %v", c.config, b.Frustrated(), declared)
		}
	}
}

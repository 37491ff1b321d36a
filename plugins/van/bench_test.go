package van

import (
	"maps"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// benchModel builds a model on an L x L lattice with its starting parameters.
func benchModel(tb testing.TB, l int, s core.Settings) core.Model {
	full, problems := core.Complete(Part.Keys(), s)
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	m, err := Part.NewModel(full, core.Space{Kind: core.Spins, Shape: []int{l, l}, Periodic: true})
	if err != nil {
		tb.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 1); err != nil {
		tb.Fatal(err)
	}
	if err := m.Load(theta); err != nil {
		tb.Fatal(err)
	}
	return m
}

// The networks whose speed docs/performance.md compares with the authors'
// program, at its batch sizes.
var benchMADE = core.Settings{"network": "made", "depth": int64(3), "width": int64(4), "z2": true}

// macs is the number of live multiply-adds per sample of drawing and of pulling
// back with z2, from those of one pass and of its first layer: two passes (s and
// -s), their weight gradients and their input gradients. The first layer needs
// no input gradient, and that of -s neither product nor gradient of its own.
func macs(pass, first float64) (sample, pull float64) {
	return pass + (pass - first), pass + 3*(pass-first)
}

// macsMADE is macs with t = N(N-1)/2, u = N(N+1)/2 pairs of sites and width w: a
// pass takes w t + w^2 u + w u, its first layer w t.
func macsMADE(l, w int) (sample, pull float64) {
	n := float64(l * l)
	t, u, c := n*(n-1)/2, n*(n+1)/2, float64(w)
	return macs(c*t+c*c*u+c*u, c*t)
}

// benchStep measures a network on L x L sites in each precision.
func benchStep(b *testing.B, l int, s core.Settings, batch int, sample, pull bool, macs float64) {
	for _, p := range core.Precisions {
		s := maps.Clone(s)
		s["precision"] = string(p)
		b.Run(string(p), func(b *testing.B) { benchOne(b, l, s, batch, sample, pull, macs) })
	}
}

func benchOne(b *testing.B, l int, s core.Settings, batch int, sample, pull bool, macs float64) {
	defer par.Spare()()
	m := benchModel(b, l, s)
	var x core.Batch
	grad, w := make([]float64, m.Spec().Parameters), make([]float64, batch)
	for i := range w {
		w[i] = float64(i%7-3) / float64(batch)
	}
	if err := m.Sample(&x, 1, batch); err != nil {
		b.Fatal(err)
	}
	if err := m.Pull(grad, &x, w); err != nil {
		b.Fatal(err)
	}
	r := rates.Start(b)
	for k := range b.N {
		if sample {
			if err := m.Sample(&x, uint64(k), batch); err != nil {
				b.Fatal(err)
			}
		}
		if pull {
			if err := m.Pull(grad, &x, w); err != nil {
				b.Fatal(err)
			}
		}
	}
	r.Report(rates.Work{MultiplyAdds: float64(batch) * macs, Single: s["precision"] == string(core.Float32)})
}

func BenchmarkStepMADE(b *testing.B) {
	sample, pull := macsMADE(16, 4)
	benchStep(b, 16, benchMADE, 1000, true, true, sample+pull)
}

func BenchmarkStepSmallMADE(b *testing.B) {
	sample, pull := macsMADE(8, 4)
	benchStep(b, 8, benchMADE, 1000, true, true, sample+pull)
}

func BenchmarkSampleMADE(b *testing.B) {
	sample, _ := macsMADE(16, 4)
	benchStep(b, 16, benchMADE, 1000, true, false, sample)
}

func BenchmarkPullMADE(b *testing.B) {
	_, pull := macsMADE(16, 4)
	benchStep(b, 16, benchMADE, 1000, false, true, pull)
}

package host

import (
	"math/rand/v2"
	"os"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// BenchmarkPythonEnergy is a call of an energy in another language, 1000 configurations on 32 x 32 sites through the border: the
// energy jax-phi4 of python/tests/parts/jax_phi4.py, whose path is in HELMHOLTZ_BENCH_PHI4. python/bench_border.py
// calls the same function of JAX in a loop, and runs this between.
func BenchmarkPythonEnergy(b *testing.B) {
	path := os.Getenv("HELMHOLTZ_BENCH_PHI4")
	if path == "" {
		b.Skip("HELMHOLTZ_BENCH_PHI4 is not set")
	}
	const batch, l = 1000, 32
	h := New(Options{})
	b.Cleanup(func() { _ = h.Close() })
	found, err := h.Find(core.KindEnergy, "jax-phi4", path, "")
	if err != nil {
		b.Fatal(err)
	}
	e, err := h.OpenEnergy(found, core.Settings{"L": int64(l)})
	if err != nil {
		b.Fatal(err)
	}
	var x core.Batch
	x.Reset(batch, l*l)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range x.X {
		x.X[i] = random.NormFloat64()
	}
	energies, slopes := make([]float64, batch), make([]float64, len(x.X))
	smooth := e.(core.EnergySloper)
	for name, call := range map[string]func() error{
		"value": func() error { return e.Eval(energies, &x) },
		"slope": func() error { return smooth.Slope(slopes, energies, &x) },
	} {
		b.Run(name, func(b *testing.B) {
			for range enginetest.Loop(b) {
				if err := call(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

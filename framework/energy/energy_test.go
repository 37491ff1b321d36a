package energy

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// quartic is E = sum_j c_j x_j^4 over three numbers, c = 1, 2, 3.
func quartic(energies, slope, x []float64) {
	clear(energies)
	for k, v := range x {
		c := float64(k%3 + 1)
		energies[k/3] += c * v * v * v * v
		if slope != nil {
			slope[k] = 4 * c * v * v * v
		}
	}
}

func smooth(name string, values func(e, slope, x []float64)) *Smooth {
	return NewSmooth(name, core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{3}}}, exact.Solution{}, values)
}

// wave is a batch large enough for several chunks.
func wave(n int) *core.Batch {
	b := &core.Batch{N: n, X: make([]float64, 3*n)}
	for k := range b.X {
		b.X[k] = math.Sin(float64(k))
	}
	return b
}

func TestThreadsAndAllocations(t *testing.T) {
	n := 3*ChunkSize(3) + 17
	b := wave(n)
	e, wantSlope, want := make([]float64, n), make([]float64, 3*n), make([]float64, n)
	quartic(want, wantSlope, b.X)
	v := smooth("quartic", quartic)
	slope := make([]float64, 3*n)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, threads := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(threads)
		clear(e)
		if err := v.Eval(e, b); err != nil || !slices.Equal(e, want) {
			t.Fatalf("%d threads: energies differ, error %v", threads, err)
		}
		clear(e)
		if err := v.Slope(slope, e, b); err != nil || !slices.Equal(e, want) || !slices.Equal(slope, wantSlope) {
			t.Fatalf("%d threads: slopes differ, error %v", threads, err)
		}
	}
	allocs := testing.AllocsPerRun(20, func() { _, _ = v.Eval(e, b), v.Slope(slope, e, b) })
	if allocs != 0 {
		t.Errorf("%v allocations per call", allocs)
	}
	if err := v.Slope(nil, nil, &core.Batch{}); err != nil {
		t.Error(err)
	}
}

// An energy beyond float64 is that of a forbidden configuration, without a
// slope; NaN and -Inf are errors that name the configuration.
func TestNumbersOutOfRange(t *testing.T) {
	v := smooth("quartic", quartic)
	b := wave(4)
	b.X[3*2+1] = 1e100
	e, slope := make([]float64, 4), make([]float64, 12)
	if err := v.Slope(slope, e, b); err != nil || !math.IsInf(e[2], 1) || !slices.Equal(slope[6:9], []float64{0, 0, 0}) || slope[5] == 0 || slope[9] == 0 {
		t.Errorf("error %v, energies %v, slope %v", err, e, slope)
	}
	b.X[3*2+1] = math.NaN()
	err := v.Eval(e, b)
	if core.KindOf(err) != core.Numeric || !strings.Contains(err.Error(), "quartic: configuration 2 of 4 has energy NaN") {
		t.Errorf("error %v", err)
	}
	minus := smooth("minus", func(energies, _, x []float64) { energies[1] = math.Inf(-1) })
	if err := minus.Eval(e, wave(4)); core.KindOf(err) != core.Numeric || !strings.Contains(err.Error(), "configuration 1 of 4 has energy -Inf") {
		t.Errorf("error %v", err)
	}
}

func TestWrongLengthsPanic(t *testing.T) {
	v := smooth("quartic", quartic)
	for name, f := range map[string]func(){
		"energies":       func() { _ = v.Eval(make([]float64, 3), wave(4)) },
		"configurations": func() { _ = v.Eval(make([]float64, 4), &core.Batch{N: 4, X: make([]float64, 11)}) },
		"slope":          func() { _ = v.Slope(make([]float64, 11), make([]float64, 4), wave(4)) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("wrong length of %s: no panic", name)
				}
			}()
			f()
		}()
	}
}

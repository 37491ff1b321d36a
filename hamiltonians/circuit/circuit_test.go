package circuit

import (
	"fmt"
	"math"
	"math/cmplx"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/engine/qubits"
)

func open(t *testing.T, c Config) *Device {
	t.Helper()
	d, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func grid(rows, cols, cycles, seed int) Config {
	return Config{Rows: rows, Cols: cols, Cycles: cycles, Seed: seed, Fidelity: 1}
}

func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.12g, want %.12g", what, got, want)
	}
}

// Entropy and linear cross-entropy of instances, of a noisy one, and the probabilities of
// 00000000 and 11111111 in the first: from a statevector in NumPy that applies each gate by
// einsum, written on its own from the definition in random.go and state.go. Digits are as printed.
func TestInstances(t *testing.T) {
	noisy := grid(2, 4, 10, 1)
	noisy.Fidelity = 0.391
	large := grid(3, 4, 14, 1)
	large.Fidelity = 0.391
	for _, c := range []struct {
		Config
		entropy, xeb float64
	}{
		{grid(2, 4, 10, 1), 5.1143512891, 1.0241537035},
		{grid(2, 3, 8, 1), 3.7362423498, 0.9390058975},
		{grid(2, 5, 12, 1), 6.5314140766, 0.9140767097},
		{grid(3, 4, 14, 1), 7.8965632118, 0.9779123817},
		{grid(3, 4, 14, 2), 7.8855150625, 1.0175338804},
		{grid(4, 4, 14, 1), 10.6685842355, 0.9969507569},
		{noisy, 5.4783096871, 0.4004440981},
		{large, 8.2527475698, 0.3823637412},
	} {
		what := fmt.Sprintf("%+v", c.Config)
		x, err := open(t, c.Config).Exact(1)
		if err != nil {
			t.Fatal(err)
		}
		within(t, what+": entropy", x.Values["entropy"], c.entropy, 6e-11)
		within(t, what+": energy", x.Values["energy"], c.entropy, 6e-11)
		within(t, what+": xeb", x.Values["xeb"], c.xeb, 6e-11)
		within(t, what+": fidelity", x.Values["fidelity"], c.Fidelity, 0)
		within(t, what+": log_z", x.Values["log_z"], 0, 0)
		within(t, what+": free_energy", x.Values["free_energy"], 0, 0)
	}

	d := open(t, grid(2, 4, 10, 1))
	e := make([]float64, 2)
	if err := d.Eval(e, &core.Batch{N: 2, X: []float64{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1}}); err != nil {
		t.Fatal(err)
	}
	within(t, "p(00000000)", math.Exp(-e[0]), 4.691046050e-3, 6e-13)
	within(t, "p(11111111)", math.Exp(-e[1]), 5.772459765e-3, 6e-13)
}

// Gates are unitary: the norm drifts by less than 1e-16 for each of 300 gates.
func TestNorm(t *testing.T) {
	norm := 0.0
	for _, a := range grid(3, 4, 20, 7).run() {
		norm += real(a)*real(a) + imag(a)*imag(a)
	}
	within(t, "norm", norm, 1, 1e-12)
}

// The square of a root is its Pauli matrix but for a phase: that of 0 -> 1 is taken off.
func TestRoots(t *testing.T) {
	w := cmplx.Rect(1, -math.Pi/4) // <0|X + Y|1>/sqrt 2 = (1 - i)/sqrt 2
	for i, pauli := range []qubits.Gate{{0, 1, 1, 0}, {0, -1i, 1i, 0}, {0, w, cmplx.Conj(w), 0}} {
		square := product(kron(matrix(roots[i])), kron(matrix(roots[i])))
		f := square[0][1] / pauli[1]
		within(t, "a phase", cmplx.Abs(f), 1, 1e-15)
		for k, v := range pauli {
			within(t, fmt.Sprintf("root %d, entry %d", i, k), cmplx.Abs(square[k/2][k%2]-f*v), 0, 1e-15)
		}
	}
}

// Dense matrices.

func matrix(g qubits.Gate) [][]complex128 { return [][]complex128{{g[0], g[1]}, {g[2], g[3]}} }

func product(a, b [][]complex128) [][]complex128 {
	c := make([][]complex128, len(a))
	for i := range c {
		c[i] = make([]complex128, len(b[0]))
		for k, v := range a[i] {
			for j, w := range b[k] {
				c[i][j] += v * w
			}
		}
	}
	return c
}

// kron is the Kronecker product of square factors, the first the most significant.
func kron(factors ...[][]complex128) [][]complex128 {
	all := [][]complex128{{1}}
	for _, f := range factors {
		next := make([][]complex128, len(all)*len(f))
		for i := range next {
			next[i] = make([]complex128, len(next))
			for j := range next {
				next[i][j] = all[i/len(f)][j/len(f)] * f[i%len(f)][j%len(f)]
			}
		}
		all = next
	}
	return all
}

// on is a product of factors on some of six qubits.
func on(factor map[int][][]complex128) [][]complex128 {
	var all [][][]complex128
	for q := range 6 {
		f, has := factor[q]
		if !has {
			f = matrix(qubits.Gate{1, 0, 0, 1})
		}
		all = append(all, f)
	}
	return kron(all...)
}

// Six qubits by dense Kronecker products. The gate on two qubits is a sum of products of
// operators |b><a| on each; the circuit's patterns are written out.
func TestKroneckerProducts(t *testing.T) {
	patterns := map[byte][][2]int{ // of the grid 0 1 2 / 3 4 5
		'A': {{0, 3}, {2, 5}}, 'B': {{1, 4}}, 'C': {{0, 1}, {4, 5}}, 'D': {{1, 2}, {3, 4}},
	}
	psi := make([][]complex128, 64)
	for x := range psi {
		psi[x] = []complex128{0}
	}
	psi[0][0] = 1
	stream, last := disorder.Stream(1), []int{0, 0, 0, 0, 0, 0}
	layer := func(first bool) {
		for q := range last {
			u := stream.Uint64()
			switch {
			case first:
				last[q] = int(u % 3)
			case u%2 == 0:
				last[q]++
			default:
				last[q] += 2
			}
			last[q] %= 3
			psi = product(on(map[int][][]complex128{q: matrix(roots[last[q]])}), psi)
		}
	}
	moves := func(from, to int) [][]complex128 {
		var g qubits.Gate
		g[2*to+from] = 1
		return matrix(g)
	}
	for cycle, name := range []byte("ABCDCDAB") {
		layer(cycle == 0)
		for _, p := range patterns[name] {
			fsim := make([][]complex128, 64)
			for x := range fsim {
				fsim[x] = make([]complex128, 64)
			}
			for _, term := range []struct {
				a, b, to, into int // |a b> -> |to into>
				by             complex128
			}{{0, 0, 0, 0, 1}, {0, 1, 1, 0, -1i}, {1, 0, 0, 1, -1i}, {1, 1, 1, 1, cmplx.Exp(-1i * math.Pi / 6)}} {
				for x, row := range on(map[int][][]complex128{p[0]: moves(term.a, term.to), p[1]: moves(term.b, term.into)}) {
					for y, v := range row {
						fsim[x][y] += term.by * v
					}
				}
			}
			psi = product(fsim, psi)
		}
	}
	layer(false)
	for x, a := range grid(2, 3, 8, 1).run() {
		if cmplx.Abs(a-psi[x][0]) > 1e-14 { // some 70 gates
			t.Errorf("amplitude of %06b is %v, and %v by products", x, a, psi[x][0])
		}
	}
}

func TestConformance(t *testing.T) {
	for _, s := range []core.Settings{
		{"rows": 2, "cols": 3, "cycles": 8, "validation": 10, "test": 1000},
		{"rows": 3, "cols": 3, "cycles": 5, "seed": 3, "fidelity": 0.4, "shots": 1, "shot_seed": 9},
		{"rows": 1, "cols": 12, "cycles": 9, "shots": 0},
	} {
		coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{})
	}
}

func TestPart(t *testing.T) {
	spec := open(t, grid(2, 3, 8, 1)).Spec()
	if got := fmt.Sprint(spec.Powers, spec.Space.Shape, spec.Space.Levels); got != "[exact ground] [2 3] 2" {
		t.Errorf("without shots: %s", got)
	}
	c := grid(2, 3, 8, 1)
	c.Shots, c.Test = 100, 20
	spec = open(t, c).Spec()
	if got := fmt.Sprint(spec.Powers, spec.Rows); got != "[rows exact ground] [{train 0 100} {test 100 120}]" {
		t.Errorf("with shots: %s", got)
	}
	if err := open(t, c).Rows(make([]float64, 6), []int32{120}); err == nil || !strings.Contains(err.Error(), "there is no draw 120 of 120") {
		t.Errorf("row 120 of 120: error %v", err)
	}
	_, err := New(grid(7, 8, 20, 1))
	if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "2^56 amplitudes need 2.0 EiB of memory") {
		t.Errorf("56 qubits: error %v", err)
	}
	for _, bad := range []core.Settings{{}, {"rows": int64(2), "cols": int64(2)}, {"rows": int64(2), "cols": int64(2), "cycles": int64(0)},
		{"rows": int64(2), "cols": int64(2), "cycles": int64(3), "fidelity": 0.0}} {
		if _, problems := core.Complete(Part.Params, bad); problems == nil {
			t.Errorf("settings %v were accepted", bad)
		}
	}
}

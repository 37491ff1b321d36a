package grammar

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func TestConformance(t *testing.T) {
	coretest.EnergyPart(t, Part, core.Settings{"length": 3, "train": 50, "validation": 5, "test": 7}, coretest.EnergyOptions{Betas: []float64{0.5, 1}, Forbids: true})
}

// write is the numbers of a string's symbols, to a length.
func write(t *testing.T, s string, length int) (x []float64) {
	t.Helper()
	for len(s) > 0 {
		best := -1
		for k, symbol := range symbols {
			if len(s) >= len(symbol.name) && s[:len(symbol.name)] == symbol.name && (best < 0 || len(symbol.name) > len(symbols[best].name)) {
				best = k
			}
		}
		if best < 0 {
			t.Fatalf("no symbol begins %q", s)
		}
		x, s = append(x, float64(best)), s[len(symbols[best].name):]
	}
	for len(x) < length {
		x = append(x, end)
	}
	return x
}

// Molecules that chemists write are of the language, and what has atoms with too many bonds,
// open rings or brackets that do not match is not.
func TestLanguage(t *testing.T) {
	const length = 24
	l, err := New(Config{Length: length})
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]bool{
		"C": true, "CCO": true, "CC(=O)O": true, "N#N": true, "C1CCCCC1": true, "C(F)(F)F": true, "CC(C)(C)C": true, "C1=CC=CC=C1": true,
		"C1CC2CCC1C2": true, "C(C(Cl)Br)=O": true, "OS": true, "C=": false, "=C": false, "F=C": false, "C#O": false, "FF": true, "FFF": false,
		"C1CC": false, "C(C": false, "CC)": false, "C(C(C(C)C)C)C": false, "C()C": false, "C11": false, "CC(=O)(=O)O": false, "C(C)1CC1": false, "O(C)C": true, "O(C)(C)C": false,
		"C12CC1C2": true, "C(=O)=O": true, "C(=C)(=C)C": false,
	} {
		e := []float64{0}
		if err := l.Eval(e, &core.Batch{N: 1, X: write(t, s, length)}); err != nil {
			t.Fatal(err)
		}
		if got := !math.IsInf(e[0], 1); got != want {
			t.Errorf("%s is of the language: %t, want %t (E = %v)", s, got, want, e[0])
		}
	}
}

// Of all 21^4 strings of four symbols, the probabilities add up to one, and so do their
// -p ln p to the entropy of the chain rule.
func TestEntropyIsThatOfAllStrings(t *testing.T) {
	l, err := New(Config{Length: 4})
	if err != nil {
		t.Fatal(err)
	}
	total, h := 0.0, 0.0
	x, e, q := make([]float64, 4), make([]float64, 1), len(symbols)
	for word := range q * q * q * q {
		for i, rest := 0, word; i < 4; i, rest = i+1, rest/q {
			x[i] = float64(rest % q)
		}
		if err := l.Eval(e, &core.Batch{N: 1, X: x}); err != nil {
			t.Fatal(err)
		}
		if !math.IsInf(e[0], 1) {
			total += math.Exp(-e[0])
			h += e[0] * math.Exp(-e[0])
		}
	}
	if logZ, want, _ := l.moments(1); math.Abs(total-1) > 1e-12 || math.Abs(logZ) > 1e-12 || math.Abs(h-want) > 1e-12 {
		t.Errorf("all strings have probability %v and entropy %v, want exp(%v) and %v", total, h, logZ, want)
	}
}

// Rows are strings of the language that end in time, and the mean of their E is the entropy.
func TestRowsAreDraws(t *testing.T) {
	const n, length = 4000, 20
	l, err := New(Config{Length: length, Seed: 5, Train: n})
	if err != nil {
		t.Fatal(err)
	}
	number, x, e := make([]int32, n), make([]float64, n*length), make([]float64, n)
	for i := range number {
		number[i] = int32(i)
	}
	if err := l.Rows(x, number); err != nil {
		t.Fatal(err)
	}
	if err := l.Eval(e, &core.Batch{N: n, X: x}); err != nil {
		t.Fatal(err)
	}
	var sum, square float64
	for _, e := range e {
		sum += e / n
		square += e * e / n
	}
	_, h, _ := l.moments(1)
	if stderr := math.Sqrt((square - sum*sum) / n); !(math.Abs(sum-h) < 4*stderr) {
		t.Errorf("mean of E is %v +- %v, entropy %v", sum, stderr, h)
	}
	if err := l.Rows(x[:length], []int32{n}); err == nil {
		t.Error("there is a row behind the last")
	}
}

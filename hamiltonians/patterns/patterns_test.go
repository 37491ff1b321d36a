package patterns

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func TestConformance(t *testing.T) {
	for name, s := range map[string]core.Settings{
		"pictures": {"set": "bars_and_stripes", "rows": 2, "cols": 3, "kind": "spins"},
		"parity":   {"set": "parity", "sites": 5, "validation": 3},
		"dicke":    {"set": "dicke", "sites": 6, "ones": 2, "train": 40, "kind": "spins"},
	} {
		t.Run(name, func(t *testing.T) {
			coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{Betas: []float64{0.5, 1}, Forbids: true})
		})
	}
}

// The rows are all strings that the energy allows, each once, and there are as many of
// them as are known: 2^3 + 2^3 - 2 = 14, 2^2 + 2^4 - 2 = 18, 2^(n-1), (n choose k).
func TestStrings(t *testing.T) {
	for _, c := range []struct {
		Config
		count int
	}{
		{Config{Set: "bars_and_stripes", Rows: 3, Cols: 3}, 14},
		{Config{Set: "bars_and_stripes", Rows: 2, Cols: 4}, 18},
		{Config{Set: "bars_and_stripes", Rows: 1, Cols: 4}, 16},
		{Config{Set: "bars_and_stripes", Rows: 4, Cols: 1, Kind: "spins"}, 16},
		{Config{Set: "parity", Sites: 1}, 1},
		{Config{Set: "parity", Sites: 9, Kind: "spins"}, 256},
		{Config{Set: "dicke", Sites: 10, Ones: 3}, 120},
		{Config{Set: "dicke", Sites: 4, Ones: 4}, 1},
	} {
		p, err := New(c.Config)
		if err != nil {
			t.Fatalf("%+v: %v", c.Config, err)
		}
		n := p.sites()
		if p.count() != c.count {
			t.Errorf("%+v has %d strings, want %d", c.Config, p.count(), c.count)
		}
		number := make([]int32, c.count)
		for k := range number {
			number[k] = int32(k)
		}
		x, e := make([]float64, c.count*n), make([]float64, 1<<n)
		if err := p.Rows(x, number); err != nil {
			t.Fatal(err)
		}
		seen := map[int]bool{}
		for i := range c.count {
			word := 0
			for j, v := range x[i*n : (i+1)*n] {
				if v == 1 {
					word |= 1 << j
				} else if v != p.zero {
					t.Fatalf("%+v: string %d has the number %v", c.Config, i, v)
				}
			}
			seen[word] = true
		}
		all := make([]float64, n<<n)
		for word := range 1 << n {
			for j := range n {
				all[word*n+j] = p.zero
				if word>>j&1 == 1 {
					all[word*n+j] = 1
				}
			}
		}
		if err := p.Eval(e, &core.Batch{N: 1 << n, X: all}); err != nil {
			t.Fatal(err)
		}
		for word, e := range e {
			if allowed := e == 0; allowed != seen[word] || !allowed && !math.IsInf(e, 1) {
				t.Fatalf("%+v: E of %0*b is %v, and among the rows is it: %t", c.Config, n, word, e, seen[word])
			}
		}
	}
}

// Rows of a range go through the strings from the first on, over and over.
func TestRowsComeAround(t *testing.T) {
	p, err := New(Config{Set: "dicke", Sites: 4, Ones: 1, Train: 6, Test: 5})
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 11*4)
	if err := p.Rows(x, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}); err != nil {
		t.Fatal(err)
	}
	for k, want := range []int{0, 1, 2, 3, 0, 1, 0, 1, 2, 3, 0} {
		if x[4*k+want] != 1 || ones(x[4*k:4*k+4]) != 1 {
			t.Errorf("row %d is %v, want a one at %d", k, x[4*k:4*k+4], want)
		}
	}
	if err := p.Rows(x[:4], []int32{11}); err == nil {
		t.Error("row 11 of 11 is there")
	}
}

func TestSettingsThatDoNotFit(t *testing.T) {
	for want, c := range map[string]Config{
		"rows must be given for the set bars_and_stripes": {Set: "bars_and_stripes", Cols: 3},
		"sites has no effect on the set bars_and_stripes": {Set: "bars_and_stripes", Rows: 3, Cols: 3, Sites: 9},
		"ones must be 4 or less, the number of sites":     {Set: "dicke", Sites: 4, Ones: 5},
		"the set parity has some":                         {Set: "parity", Sites: 40},
		"the set dicke has some":                          {Set: "dicke", Sites: 60, Ones: 30},
		"rows are more than":                              {Set: "parity", Sites: 4, Train: 500_000_000, Validation: 500_000_000, Test: 500_000_000 * 3},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", c, err, want)
		}
	}
}

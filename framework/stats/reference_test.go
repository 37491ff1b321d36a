package stats

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
)

// reference is a line of testdata/reference.json: what another program says of a column.
// testdata/reference.py made it, and its header has the versions.
type reference struct {
	Of, Kind      string
	Seed          uint64
	Chains, Draws int
	A             float64
	Values        map[string]number
}

// number is one of JSON, or a string where it is none there.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	v, err := strconv.ParseFloat(string(b), 64)
	*n = number(v)
	return err
}

// is gives a value of the reference.
func (r reference) is(t *testing.T, name string) float64 {
	t.Helper()
	v, ok := r.Values[name]
	if !ok {
		t.Fatalf("%+v has no %q", r, name)
	}
	return float64(v)
}

// references are all lines of a kind of number.
func references(t *testing.T, of string) (some []reference) {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Cases []reference }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, r := range all.Cases {
		if r.Of == of {
			some = append(some, r)
		}
	}
	if len(some) == 0 {
		t.Fatalf("no references of %q", of)
	}
	return some
}

// uniformAt is output i of splitmix64 from a seed as a number in (0, 1).
func uniformAt(seed uint64, i int) float64 {
	z := seed + uint64(i+1)*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return (float64((z^z>>31)>>11) + 0.5) * 0x1p-53
}

func normalAt(seed uint64, i int) float64 {
	return math.Sqrt(-2*math.Log(uniformAt(seed, 2*i))) * math.Cos(2*math.Pi*uniformAt(seed, 2*i+1))
}

// column makes the numbers that reference.py made, x[t*chains+c].
func (r reference) column(t *testing.T) []float64 {
	t.Helper()
	x := r.make()
	if x == nil {
		t.Fatalf("no column %q", r.Kind)
	}
	return x
}

func (r reference) make() []float64 {
	x := make([]float64, r.Chains*r.Draws)
	for i := range x {
		u := uniformAt(r.Seed, i)
		switch r.Kind {
		case "normal":
			x[i] = r.A * normalAt(r.Seed, i)
		case "pareto":
			x[i] = math.Pow(u, -r.A)
		case "log_pareto":
			x[i] = -r.A * math.Log(u)
		case "cauchy":
			x[i] = math.Tan(math.Pi * (u - 0.5))
		case "levels":
			x[i] = math.Floor(r.A * u)
		case "autoregressive", "stuck", "wide", "start":
			a := r.A
			if r.Kind == "start" {
				a = 0.8
			}
			if x[i] = normalAt(r.Seed, i); i >= r.Chains {
				x[i] = a*x[i-r.Chains] + math.Sqrt(1-a*a)*x[i]
			}
		default:
			return nil
		}
	}
	for i := range x { // only now, as the numbers above go on from each other
		upper := i%r.Chains >= r.Chains/2
		switch {
		case r.Kind == "stuck" && upper:
			x[i] += 3
		case r.Kind == "wide" && upper:
			x[i] *= 3
		case r.Kind == "start":
			x[i] += 10 * math.Exp(-float64(i/r.Chains)/r.A)
		}
		x[i] = math.RoundToEven(x[i]*(1<<20)) / (1 << 20)
	}
	return x
}

// near tells that two numbers are the same to a relative accuracy, or both infinite.
func near(got, want, accuracy float64) bool {
	return got == want || math.Abs(got-want) <= accuracy*math.Abs(want)
}

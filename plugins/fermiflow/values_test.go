package fermiflow

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

var update = flag.Bool("update", false, "write testdata/values.json")

const valuesFile = "testdata/values.json"

// values are what the model says of some configurations, for other programs to compare with: by
// automatic differentiation of the same formula, python/tests/test_density.py.
type values struct {
	Settings map[string]float64 `json:"settings"`
	Shape    []int              `json:"shape"`
	Theta    []float64          `json:"theta"`
	// Quanta of the occupied orbitals of each configuration, one orbital after the other.
	Quanta []float64 `json:"quanta"`
	X      []float64 `json:"x"`
	LogP   []float64 `json:"log_p"`
	// LogPsi is ln|Psi|, Lap lap Psi/Psi, Slope grad ln|Psi|.
	LogPsi []float64 `json:"log_psi"`
	Lap    []float64 `json:"lap"`
	Slope  []float64 `json:"slope"`
	// W and V are weights of ln p(K) and of ln|Psi|, Grad is the gradient that they have.
	W    []float64 `json:"w"`
	V    []float64 `json:"v"`
	Grad []float64 `json:"grad"`
}

// What is in the file is what the model says: 1e-10 is rounding of some hundred operations on each
// of the derivatives, which are of the order of 10.
func TestValues(t *testing.T) {
	got := computeValues(t)
	if *update {
		text, err := json.MarshalIndent(got, "", " ")
		if err == nil {
			err = os.MkdirAll("testdata", 0o755)
		}
		if err == nil {
			err = os.WriteFile(valuesFile, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(valuesFile)
	if err != nil {
		t.Fatal(err)
	}
	var want values
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2][]float64{"theta": {got.Theta, want.Theta}, "quanta": {got.Quanta, want.Quanta}, "x": {got.X, want.X},
		"ln p": {got.LogP, want.LogP}, "ln Psi": {got.LogPsi, want.LogPsi}, "lap Psi/Psi": {got.Lap, want.Lap}, "slope": {got.Slope, want.Slope}, "gradient": {got.Grad, want.Grad}} {
		if len(pair[0]) != len(pair[1]) {
			t.Fatalf("%d numbers of %s, in the file %d", len(pair[0]), name, len(pair[1]))
		}
		for i, v := range pair[0] {
			if !(math.Abs(v-pair[1][i]) <= 1e-10*(1+math.Abs(v))) {
				t.Errorf("number %d of %s is %.15g, in the file %.15g", i, name, v, pair[1][i])
			}
		}
	}
}

// computeValues are at configurations that the model did not draw, in each of its states once.
func computeValues(t *testing.T) values {
	const n, dim = 2, 2
	settings := map[string]float64{"excitation": 1, "hidden": 3, "softening": 0.5, "steps": 1}
	s := core.Settings{}
	for key, v := range settings {
		if s[key] = int64(v); key == "softening" {
			s[key] = v
		}
	}
	m, theta := model(t, s, particles(n, dim), 0)
	for i := range theta {
		theta[i] += 0.2 * math.Sin(float64(3*i+1))
	}
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	v := values{Settings: settings, Shape: []int{n, dim}, Theta: theta}
	b := &core.Batch{N: m.states.count()}
	for k, occupied := range m.states.occupied {
		for _, orbital := range occupied {
			v.Quanta = append(v.Quanta, m.spec.Orbitals[orbital]...)
		}
		b.K = append(b.K, occupied...)
		for i := range m.d {
			b.X = append(b.X, 1.5*math.Sin(float64(5*k*m.d+7*i+2)))
		}
	}
	psi, lap, slope := make([]complex128, b.N), make([]complex128, b.N), make([]complex128, len(b.X))
	pull := make([]complex128, b.N)
	for i := range b.N {
		v.W, v.V = append(v.W, math.Cos(float64(i))), append(v.V, math.Cos(float64(2*i+1)))
		pull[i] = complex(v.V[i], 0)
	}
	v.X, v.LogP, v.Grad = b.X, make([]float64, b.N), make([]float64, len(theta))
	for _, err := range []error{m.LogPsi(psi, v.LogP, b), m.Laplacian(lap, b), m.StateSlope(slope, b), m.StatePull(v.Grad, b, v.W, pull)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	v.LogPsi, v.Lap, v.Slope = reals(psi), reals(lap), reals(slope)
	return v
}

func reals(v []complex128) (r []float64) {
	for _, z := range v {
		r = append(r, real(z))
	}
	return r
}

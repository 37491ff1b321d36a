package flowtest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// Each fault breaks one rule of the contract; the battery must fail in the
// subtest named. A failure ends its test, so each runs in a process of its own:
// this test binary with FAULT set.
var faults = map[string]struct {
	subtest string
	on      func(w *autoregressionOn) flow.Workspace[float64]
}{
	"another inverse":           {"inverse", func(w *autoregressionOn) flow.Workspace[float64] { return shifted{w} }},
	"l of the other sign":       {"inverse", func(w *autoregressionOn) flow.Workspace[float64] { return otherSign{w} }},
	"l not the determinant":     {"jacobian", func(w *autoregressionOn) flow.Workspace[float64] { return longer{w} }},
	"n in the numbers":          {"place", func(w *autoregressionOn) flow.Workspace[float64] { return crowded{w} }},
	"lbar ignored":              {"forward_slopes", func(w *autoregressionOn) flow.Workspace[float64] { return deafForward{w} }},
	"lbar ignored in Inverse":   {"inverse_slopes", func(w *autoregressionOn) flow.Workspace[float64] { return deafInverse{w} }},
	"a parameter without slope": {"forward_slopes", func(w *autoregressionOn) flow.Workspace[float64] { return lazy{w} }},
	"gradient written":          {"gradients", func(w *autoregressionOn) flow.Workspace[float64] { return writing{w} }},
	"theta not wanted":          {"gradients", func(w *autoregressionOn) flow.Workspace[float64] { return eager{w} }},
	"theta changes zbar":        {"gradients", func(w *autoregressionOn) flow.Workspace[float64] { return moody{w} }},
	"gradient shared":           {"gradients", func(w *autoregressionOn) flow.Workspace[float64] { return sharing{w} }},
}

type shifted struct{ *autoregressionOn }

func (w shifted) Inverse(z, l, x []float64) error {
	err := w.autoregressionOn.Inverse(z, l, x)
	z[0] += 1e-6
	return err
}

type otherSign struct{ *autoregressionOn }

func (w otherSign) Inverse(z, l, x []float64) error {
	err := w.autoregressionOn.Inverse(z, l, x)
	for j := range l {
		l[j] = -l[j]
	}
	return err
}

// longer adds a constant to l both ways, which no derivative sees.
type longer struct{ *autoregressionOn }

func (w longer) Forward(x, l, z []float64) error {
	err := w.autoregressionOn.Forward(x, l, z)
	l[0] += 1e-6
	return err
}

func (w longer) Inverse(z, l, x []float64) error {
	err := w.autoregressionOn.Inverse(z, l, x)
	l[0] += 1e-6
	return err
}

type crowded struct{ *autoregressionOn }

func (w crowded) Forward(x, l, z []float64) error {
	err := w.autoregressionOn.Forward(x, l, z)
	l[0] += 1e-14 * float64(w.n)
	return err
}

type deafForward struct{ *autoregressionOn }

func (w deafForward) PullForward(zbar, xbar, lbar []float64, theta bool) {
	w.autoregressionOn.PullForward(zbar, xbar, make([]float64, w.n), theta)
}

type deafInverse struct{ *autoregressionOn }

func (w deafInverse) PullInverse(xbar, zbar, lbar []float64, theta bool) {
	w.autoregressionOn.PullInverse(xbar, zbar, make([]float64, w.n), theta)
}

// lazy takes back the gradient of the last c.
type lazy struct{ *autoregressionOn }

func (w lazy) PullForward(zbar, xbar, lbar []float64, theta bool) {
	before := w.c.Grad[w.d-1]
	w.autoregressionOn.PullForward(zbar, xbar, lbar, theta)
	w.c.Grad[w.d-1] = before
}

type writing struct{ *autoregressionOn }

func (w writing) PullForward(zbar, xbar, lbar []float64, theta bool) {
	for _, g := range w.autoregressionOn.Grads() {
		clear(g.Grad)
	}
	w.autoregressionOn.PullForward(zbar, xbar, lbar, theta)
}

type eager struct{ *autoregressionOn }

func (w eager) PullForward(zbar, xbar, lbar []float64, _ bool) {
	w.autoregressionOn.PullForward(zbar, xbar, lbar, true)
}

type moody struct{ *autoregressionOn }

func (w moody) PullInverse(xbar, zbar, lbar []float64, theta bool) {
	w.autoregressionOn.PullInverse(xbar, zbar, lbar, theta)
	if !theta {
		xbar[0] *= 1 + 1e-15
	}
}

type sharing struct{ *autoregressionOn }

var shared *grad.Param[float64]

func (w sharing) Grads() []*grad.Param[float64] {
	if shared == nil {
		shared = w.b
	}
	w.b = shared
	return []*grad.Param[float64]{shared, w.s, w.c}
}

// faulty is an autoregression whose workspaces have a fault.
type faulty struct {
	flow.Bijection[float64]
	on func(*autoregressionOn) flow.Workspace[float64]
}

func (f faulty) On(n int) flow.Workspace[float64] { return f.on(f.Bijection.On(n).(*autoregressionOn)) }

func TestFaultsAreFound(t *testing.T) {
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], "-test.run=^TestFaulty$", "-test.v")
			cmd.Env = append(os.Environ(), "FAULT="+name)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestFaulty/"+f.subtest) {
				t.Errorf("did not fail in %s:\n%s", f.subtest, out)
			}
		})
	}
}

func TestFaulty(t *testing.T) {
	f, ok := faults[os.Getenv("FAULT")]
	if !ok {
		t.Skip("run by TestFaultsAreFound")
	}
	Battery(t, faulty{Autoregression(3, 4), f.on}, Options{Dim: 3})
}

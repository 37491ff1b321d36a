package host

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// block returns the first block of code in a document that contains mark.
func block(t *testing.T, document, mark string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", document))
	if err != nil {
		t.Fatal(err)
	}
	pieces := strings.Split(string(text), "\n```")
	for i := 1; i < len(pieces); i += 2 {
		if _, code, _ := strings.Cut(pieces[i], "\n"); strings.Contains(code, mark) {
			return code + "\n"
		}
	}
	t.Fatalf("%s has no block with %q", document, mark)
	return ""
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o777); err != nil {
		t.Fatal(err)
	}
}

// The Python plugins of docs/wire.md pass the suites over both transports.
func TestDocumentedPython(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3" // the one that Debian's packages are for
	if err := exec.Command(python, "-c", "import grpc, google.protobuf").Run(); err != nil {
		t.Skip("no Python with gRPC:", err)
	}
	dir := t.TempDir()
	proto, err := filepath.Abs("../internal/wire/wirepb")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("protoc", "-I"+proto, "--python_out="+dir, "wire.proto").CombinedOutput(); err != nil {
		t.Skipf("no protoc: %v\n%s", err, out)
	}
	probe := exec.Command(python, "-c", "import wire_pb2")
	if probe.Dir = dir; probe.Run() != nil {
		t.Skip("protoc is newer than Python's protobuf")
	}
	program := strings.Replace(block(t, "wire.md", "#!/usr/bin/env python3"), "/usr/bin/env python3", python, 1)
	write(t, filepath.Join(dir, "helmholtz-plugin-parabola"), program)
	write(t, filepath.Join(dir, "helmholtz-plugin-quartic"), withPart(t, program, block(t, "wire.md", "class Quartic"), "Quartic"))
	write(t, filepath.Join(dir, "helmholtz-plugin-variance"), withPart(t, program, block(t, "wire.md", "class Variance"), "Variance"))
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			h := newHost(t, Options{SearchPath: []string{dir}, Transport: transport})
			e := openEnergy(t, h, "parabola", core.Settings{"N": 3, "k": 2.0})
			coretest.Energy(t, func(*testing.T) core.Energy { return e }, coretest.EnergyOptions{})
			// 2/2 (1 + 4 + 9) = 14
			dst, b := make([]float64, 1), &core.Batch{N: 1, X: []float64{1, -2, 3}, E: []float64{14}}
			if err := e.Eval(dst, b); err != nil || dst[0] != 14 {
				t.Errorf("E = %v, error %v, want 14", dst, err)
			}
			o := openObserver(t, h, find(t, h, core.KindEstimator, "quartic"), nil, core.System{Space: e.Spec().Space, Units: "E", Beta: 1})
			coretest.Observer(t, e.Spec().Space, func(*testing.T) core.Observer { return o }, coretest.ObserverOptions{})
			// (1 + 16 + 81)/3 = 98/3
			if err := o.Observe(dst, b); err != nil || dst[0] != 98.0/3 {
				t.Errorf("o = %v, error %v, want 98/3", dst, err)
			}
			variance(t, openObjective(t, h, find(t, h, core.KindObjective, "variance"), nil, line()))
		})
	}
}

// variance holds the objective of the documents against its formula.
func variance(t *testing.T, o core.Objective) {
	t.Helper()
	coretest.Objective(t, line(), func(*testing.T) core.Objective { return o }, coretest.ObjectiveOptions{})
	// f = 0, 2, 4 has the mean 2 and the variance 8/3; (4 - 8/3 + 4)/3 is the last cotangent.
	b := &core.Batch{N: 3, LogP: []float64{-1, -1, -1}, E: []float64{2, 6, 10}}
	var bar core.Batch
	numbers, err := o.Cotangents(&bar, b, b, 0.5)
	want := []float64{-8.0 / 9, -8.0 / 9, 16.0 / 9}
	if err != nil || !near(numbers[0], 8.0/3) || len(bar.LogP) != 3 {
		t.Fatalf("numbers %v, cotangents %v, error %v", numbers, bar.LogP, err)
	}
	for i, w := range bar.LogP {
		if !near(w, want[i]) {
			t.Errorf("cotangent %d is %v, want %v", i, w, want[i])
		}
	}
}

// withPart puts the pieces of another part, its PART and its class of this name, in the
// places of those of the energy.
func withPart(t *testing.T, program, pieces, name string) string {
	t.Helper()
	part, class, _ := strings.Cut(pieces, "\n\n")
	replace := func(from, to, by string) {
		before, rest, ok := strings.Cut(program, from)
		_, after, ended := strings.Cut(rest, to)
		if !ok || !ended {
			t.Fatalf("the program has no piece from %q to %q", from, to)
		}
		program = before + by + to + after
	}
	replace("PART = ", "\n\nif sys.argv", part)
	replace("class Energy(Part)", "\n\ndef method(", class)
	return strings.Replace(program, "Energy()", name+"()", 1)
}

// The observable of docs/writing-a-plugin.md builds, and is what it says.
func TestDocumentedObservable(t *testing.T) {
	t.Parallel()
	dir := module(t,
		"go.mod", strings.Replace(block(t, "writing-a-plugin.md", "module example.org"), "=> ../helmholtz", "=> ../../../..", 1),
		"main.go", block(t, "writing-a-plugin.md", "core.ObserverSpec{"))
	file := filepath.Join(dir, "helmholtz-plugin-staggered")
	goCommand(t, dir, "build", "-o", file, ".")
	h := newHost(t, Options{})
	f, err := h.Find(core.KindEstimator, "staggered", file, "")
	if err != nil {
		t.Fatal(err)
	}
	o := openObserver(t, h, f, nil, ringOf(4))
	coretest.Observer(t, spins(4), func(*testing.T) core.Observer { return o }, coretest.ObserverOptions{})
	// Alternating, all up, and one turned: 1, 0, (1 - 1 - 1 - 1)/4 = -1/2.
	dst := make([]float64, 3)
	b := &core.Batch{N: 3, X: []float64{1, -1, 1, -1, 1, 1, 1, 1, 1, 1, -1, 1}, E: make([]float64, 3)}
	if err := o.Observe(dst, b); err != nil || dst[0] != 1 || dst[1] != 0 || dst[2] != -0.5 {
		t.Errorf("%v, error %v, want 1, 0, -1/2", dst, err)
	}
}

// So does the objective.
func TestDocumentedObjective(t *testing.T) {
	t.Parallel()
	dir := module(t,
		"go.mod", strings.Replace(block(t, "writing-a-plugin.md", "module example.org"), "=> ../helmholtz", "=> ../../../..", 1),
		"main.go", block(t, "writing-a-plugin.md", "core.ObjectiveSpec{"))
	file := filepath.Join(dir, "helmholtz-plugin-variance")
	goCommand(t, dir, "build", "-o", file, ".")
	h := newHost(t, Options{})
	f, err := h.Find(core.KindObjective, "variance", file, "")
	if err != nil {
		t.Fatal(err)
	}
	variance(t, openObjective(t, h, f, nil, line()))
}

// The plugin of docs/writing-a-plugin.md builds, passes its own test, and
// computes what it says.
func TestDocumentedGo(t *testing.T) {
	t.Parallel()
	dir := module(t,
		"go.mod", strings.Replace(block(t, "writing-a-plugin.md", "module example.org"), "=> ../helmholtz", "=> ../../../..", 1),
		"main.go", block(t, "writing-a-plugin.md", "func main()"),
		"main_test.go", block(t, "writing-a-plugin.md", "func TestConformance"))
	file := filepath.Join(dir, "helmholtz-plugin-annni")
	goCommand(t, dir, "build", "-o", file, ".")
	goCommand(t, dir, "test", ".")
	h := newHost(t, Options{})
	f, err := h.Find(core.KindEnergy, "annni", file, "")
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.OpenEnergy(f, core.Settings{"N": 6, "J2": -0.6})
	if err != nil {
		t.Fatal(err)
	}
	// All up: -6 (J1 + J2) = -2.4. Alternating: -6 (-J1 + J2) = 9.6.
	dst := make([]float64, 2)
	if err := e.Eval(dst, &core.Batch{N: 2, X: []float64{1, 1, 1, 1, 1, 1, 1, -1, 1, -1, 1, -1}}); err != nil {
		t.Fatal(err)
	}
	if math.Abs(dst[0]+2.4) > 1e-12 || math.Abs(dst[1]-9.6) > 1e-12 {
		t.Errorf("energies %v, want -2.4 and 9.6", dst)
	}
}

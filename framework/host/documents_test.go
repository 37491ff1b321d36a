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

// The Python plugin of docs/wire.md passes the suite over both transports.
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
	file := filepath.Join(dir, "helmholtz-plugin-parabola")
	write(t, file, strings.Replace(block(t, "wire.md", "#!/usr/bin/env python3"), "/usr/bin/env python3", python, 1))
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			h := newHost(t, Options{SearchPath: []string{dir}, Transport: transport})
			e := openEnergy(t, h, "parabola", core.Settings{"N": 3, "k": 2.0})
			coretest.Energy(t, func(*testing.T) core.Energy { return e }, coretest.EnergyOptions{})
			// 2/2 (1 + 4 + 9) = 14
			dst := make([]float64, 1)
			if err := e.Eval(dst, &core.Batch{N: 1, X: []float64{1, -2, 3}}); err != nil || dst[0] != 14 {
				t.Errorf("E = %v, error %v, want 14", dst, err)
			}
		})
	}
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

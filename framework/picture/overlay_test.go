package picture

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store/storetest"
)

func overlayFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "points.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Points of other works have their source and label in the legend, and the colour of the value of the second
// key that they are of.
func TestOverlay(t *testing.T) {
	s := storetest.Sweep()
	path := overlayFile(t, "# source: Onsager 1944, Fig. 2\n# more\ntemperature, network, energy, energy_stderr, label\n3, made, -9, 0.25, N = 4\n2, made, -12,, N = 4\n\n1,pixelcnn,-20,1,\n")
	o, err := readOverlay(path, s)
	if err != nil {
		t.Fatal(err)
	}
	curves := overlayCurves(s, s.Observables[0], []*Overlay{o}, 2)
	if len(curves) != 2 || curves[0].label != "Onsager 1944, Fig. 2, network = made, N = 4" || curves[1].label != "Onsager 1944, Fig. 2, network = pixelcnn" {
		t.Fatalf("curves %+v", curves)
	}
	if m := curves[0].marks; len(m) != 2 || m[0].X != 2 || !math.IsNaN(m[0].Err) || m[1] != (Mark{3, -9, 0.25}) || curves[0].color != colors[0] || curves[1].color != colors[1] {
		t.Errorf("marks %+v", m)
	}
	if other := overlayCurves(s, s.Observables[1], []*Overlay{o}, 2); len(other) != 0 {
		t.Errorf("another observable has %+v", other)
	}
	pictures, err := Sweep(s, []*Overlay{o})
	if err != nil || len(pictures) != 2 {
		t.Fatal(err)
	}
	save(t, pictures[0].Plot)
	// The whole key, no second one, and no source.
	o, err = readOverlay(overlayFile(t, "ensemble.temperature,energy\n1,-30\n"), s)
	if err != nil {
		t.Fatal(err)
	}
	if c := overlayCurves(s, s.Observables[0], []*Overlay{o}, 2); len(c) != 1 || c[0].label != "other work" || c[0].color != colors[2] || c[0].marks[0].X != 1 {
		t.Errorf("curves %+v", c)
	}
}

func TestOverlayFaults(t *testing.T) {
	s := storetest.Sweep()
	for _, c := range []struct{ text, want string }{
		{"", "points.csv: it is empty"},
		{"# nothing\ntemperature,energy\n", "points.csv: it has no value of an observable"},
		{"energy\n1\n", `points.csv:1: there is no column "temperature"`},
		{"# a\ntemperature,enrgy\n1,2\n", `points.csv:2: the sweep has no observable "enrgy"`},
		{"temperature,energy,energy\n1,2,3\n", `points.csv:1: the column "energy" is there twice`},
		{"temperature,energy_stderr\n1,2\n", `points.csv:1: there are errors in "energy_stderr", and no column "energy"`},
		{"temperature,energy\n1,2\n1,two\n", `points.csv:3: "two" is no finite number, in the column "energy"`},
		{"temperature,energy\n1,2\ninf,2\n", `points.csv:3: "inf" is no finite number, in the column "temperature"`},
		{"temperature,energy,energy_stderr\n1,2,-1\n", `points.csv:2: the error -1 is negative`},
		{"temperature,network,energy\n1,mode,2\n", `points.csv:2: "mode" is none of the values of model.network: made, pixelcnn`},
		{"temperature,energy\n1,2,3\n", "points.csv:2: wrong number of fields"},
		{"temperature,energy\n1,\"2\n", "points.csv:2: "},
		{"temperature;energy\n1,0;2\n", "separated by commas"},
	} {
		path := overlayFile(t, c.text)
		_, err := readOverlay(path, s)
		if err == nil || core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", c.text, err, c.want)
		}
	}
	// As spreadsheets write it.
	if o, err := readOverlay(overlayFile(t, "\ufefftemperature,energy\r\n1,2\r\n"), s); err != nil || len(o.points) != 1 {
		t.Errorf("behind a byte order mark: %v", err)
	}
	if _, err := readOverlay(filepath.Join(t.TempDir(), "none.csv"), s); core.KindOf(err) != core.Storage {
		t.Errorf("no file: %v", err)
	}
}

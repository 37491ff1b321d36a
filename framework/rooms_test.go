package framework

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/helmholtz-physics/helmholtz/"

// room is a folder with all below it; it may reach the rooms listed, itself,
// and the outside modules listed. reach is about all dependencies, not only
// direct imports. A folder that ends in /* stands for the folders in it, each a
// room of its own.
type room struct {
	folder  string
	rooms   []string
	modules []string
}

var wireModules = []string{
	"github.com/hashicorp/", "github.com/fatih/color", "github.com/mattn/", "github.com/oklog/run", "github.com/golang/protobuf",
	"google.golang.org/", "golang.org/x/",
}

// The arrows. A line says what a room may depend on.
var rooms = []room{
	{"framework/core", nil, nil},
	{"framework/engine", nil, []string{"gonum.org/v1/gonum"}},
	{"framework/optim", []string{"framework/core", "framework/engine/par"}, nil},
	{"framework/stats", nil, nil},
	{"framework/thermo", nil, nil},
	{"framework/h5", []string{"framework/core"}, []string{"gonum.org/v1/hdf5"}},
	{"framework/npy", []string{"framework/core"}, nil},
	{"framework/flow", []string{"framework/core", "framework/engine"}, []string{"gonum.org/v1/gonum"}},
	{"framework/autoregressive", []string{"framework/core", "framework/engine"}, []string{"gonum.org/v1/gonum"}},
	{"framework/energy", []string{"framework/core", "framework/engine"}, []string{"gonum.org/v1/gonum"}},
	{"framework/sample", []string{"framework/core", "framework/engine/leap", "framework/engine/par"}, nil},
	{"framework/objective", []string{"framework/core", "framework/stats"}, nil},
	{"framework/group", []string{"framework/core"}, nil},
	{"framework/data", []string{"framework/core", "framework/energy/disorder", "framework/engine", "framework/h5", "framework/npy"}, []string{"gonum.org/v1/", "golang.org/x/sys"}},
	{"framework/recipe", []string{"framework/core"}, nil},
	{"framework/ranks", []string{"framework/core"}, nil},
	{"framework/batch", []string{"framework/core"}, nil},
	{"framework/scaffold", []string{"framework/core"}, nil},
	{"framework/watch", nil, nil},
	{"framework/ranks/mpi", []string{"framework/core", "framework/ranks"}, nil},
	{"framework/learn", []string{"framework/core", "framework/engine/assign", "framework/engine/par", "framework/optim", "framework/ranks", "framework/recipe"}, nil},
	{"framework/plan", []string{"framework/core", "framework/ranks", "framework/recipe", "framework/thermo"}, []string{"github.com/BurntSushi/toml"}},
	{"framework/run", []string{"framework/core", "framework/engine/assign", "framework/engine/leap", "framework/engine/par", "framework/learn", "framework/objective", "framework/optim", "framework/plan", "framework/ranks", "framework/recipe",
		"framework/sample", "framework/stats", "framework/thermo"}, []string{"github.com/BurntSushi/toml"}},
	{"framework/store", []string{"framework/core", "framework/h5"}, []string{"gonum.org/v1/hdf5", "golang.org/x/sys"}},
	{"framework/derive", []string{"framework/core", "framework/h5", "framework/stats", "framework/store", "framework/thermo"}, []string{"gonum.org/v1/hdf5", "golang.org/x/sys"}},
	{"framework/readout", []string{"framework/core", "framework/stats"}, nil},
	{"framework/folders", []string{"framework/core", "framework/h5", "framework/plan", "framework/ranks", "framework/readout", "framework/recipe", "framework/stats", "framework/store", "framework/thermo"},
		[]string{"gonum.org/v1/hdf5", "golang.org/x/sys", "github.com/BurntSushi/toml"}},
	{"framework/picture", []string{"framework/core", "framework/h5", "framework/stats", "framework/store"}, []string{"gonum.org/v1/", "git.sr.ht/", "github.com/ajstarks/svgo", "github.com/golang/freetype", "golang.org/x/", "codeberg.org/"}},
	{"framework/follow", []string{"framework/core", "framework/folders", "framework/h5", "framework/picture", "framework/plan", "framework/ranks", "framework/readout", "framework/recipe", "framework/stats", "framework/store", "framework/thermo",
		"framework/watch"}, []string{"gonum.org/v1/", "git.sr.ht/", "github.com/ajstarks/svgo", "github.com/golang/freetype", "golang.org/x/", "codeberg.org/", "github.com/BurntSushi/toml"}},
	{"framework/internal/wire", []string{"framework/core"}, wireModules},
	{"framework/sdk", []string{"framework/core", "framework/engine/leap", "framework/engine/par", "framework/internal/wire", "framework/sample"}, wireModules},
	{"framework/host", []string{"framework/core", "framework/internal/wire"}, append([]string{"gonum.org/v1/gonum"}, wireModules...)},
	{"framework/coretest", []string{"framework/core", "framework/internal/wire"}, wireModules},
	{"plugins/*", []string{"framework/autoregressive", "framework/core", "framework/engine", "framework/flow", "framework/sdk", "framework/internal/wire"}, append([]string{"gonum.org/v1/gonum"}, wireModules...)},
	{"hamiltonians", []string{"framework/core", "framework/data", "framework/energy", "framework/engine", "framework/h5", "framework/npy", "framework/sdk", "framework/internal/wire"},
		append([]string{"gonum.org/v1/"}, wireModules...)},
	{"estimators", []string{"framework/core", "framework/stats"}, []string{"gonum.org/v1/gonum"}},
	{"framework/standard", []string{"plugins", "hamiltonians", "estimators", "framework/autoregressive", "framework/core", "framework/data", "framework/energy", "framework/engine", "framework/flow", "framework/h5",
		"framework/npy", "framework/objective", "framework/optim", "framework/sample", "framework/sdk", "framework/stats", "framework/internal/wire"}, append([]string{"gonum.org/v1/"}, wireModules...)},
	// The command line is built without models and energies; it may use any module.
	{"framework/app", []string{"framework/batch", "framework/core", "framework/coretest", "framework/data", "framework/derive", "framework/energy/disorder", "framework/engine", "framework/folders", "framework/follow", "framework/group", "framework/h5", "framework/host", "framework/internal/wire",
		"framework/learn", "framework/npy", "framework/objective", "framework/optim", "framework/picture", "framework/plan", "framework/ranks", "framework/readout", "framework/recipe", "framework/run", "framework/sample",
		"framework/scaffold", "framework/sdk", "framework/stats", "framework/store", "framework/thermo", "framework/watch", "estimators"}, []string{""}},
}

func TestArrows(t *testing.T) {
	for _, r := range each(t, rooms) {
		t.Run(r.folder, func(t *testing.T) {
			packages := goList(t, "list", "../"+r.folder+"/...")
			if len(packages) == 0 {
				t.Fatalf("no packages in %s: the map is out of date", r.folder)
			}
			// testdata holds programs of their own and is not listed by go.
			args := append([]string{"list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}"}, packages...)
			for _, dep := range goList(t, args...) {
				if !r.allows(dep) {
					t.Errorf("%s reaches %s, an arrow that is not on the map", r.folder, dep)
				}
			}
		})
	}
}

// What two plugins share is a room: an arrow from one to the other is not on the map.
func TestPluginsAreApart(t *testing.T) {
	all := each(t, rooms)
	at := slices.IndexFunc(all, func(r room) bool { return r.folder == "plugins/fermiflow" })
	if at < 0 {
		t.Fatal("plugins/fermiflow is no room")
	}
	for dep, want := range map[string]bool{"plugins/backflow": false, "plugins/fermiflow/states": true, "framework/flow/manybody": true} {
		if got := all[at].allows(module + dep); got != want {
			t.Errorf("plugins/fermiflow may reach %s: %v, want %v", dep, got, want)
		}
	}
}

// each replaces folders that end in /* by the folders in them.
func each(t *testing.T, rooms []room) (all []room) {
	t.Helper()
	for _, r := range rooms {
		parent, many := strings.CutSuffix(r.folder, "/*")
		if !many {
			all = append(all, r)
			continue
		}
		folders, err := os.ReadDir("../" + parent)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range folders {
			if one := r; f.IsDir() {
				one.folder = parent + "/" + f.Name()
				all = append(all, one)
			}
		}
	}
	return all
}

// Only the wire knows gRPC, only h5 knows the HDF5 binding; the command line alone joins ranks by
// MPI, and the others see a ranks.Comm.
func TestKeptToOneRoom(t *testing.T) {
	for owner, forbidden := range map[string]string{
		"framework/internal/wire": "google.golang.org/grpc",
		"framework/h5":            "gonum.org/v1/hdf5",
		"framework/app":           module + "framework/ranks/mpi",
	} {
		format := `{{$p := .ImportPath}}{{range .Imports}}{{$p}} {{.}}{{"\n"}}{{end}}`
		for _, line := range goList(t, "list", "-f", format, "../...") {
			importer, imported, _ := strings.Cut(line, " ")
			if strings.HasPrefix(imported, forbidden) && !within(strings.TrimPrefix(importer, module), owner) {
				t.Errorf("%s imports %s, which belongs to %s", importer, imported, owner)
			}
		}
	}
}

func (r room) allows(dep string) bool {
	if inside, ok := strings.CutPrefix(dep, module); ok {
		return within(inside, r.folder) || slices.ContainsFunc(r.rooms, func(f string) bool { return within(inside, f) })
	}
	return slices.ContainsFunc(r.modules, func(m string) bool { return strings.HasPrefix(dep, m) })
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

func goList(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		if exit, ok := err.(*exec.ExitError); ok {
			t.Fatalf("go %v: %s", args, exit.Stderr)
		}
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

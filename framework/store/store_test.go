//go:build cgo

package store

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// open opens a new run folder that is released when the test ends.
func open(t *testing.T) *Folder {
	t.Helper()
	f, err := Open(filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// fullResults has something in every field. The numbers are arbitrary.
func fullResults() *core.Results {
	free := core.Scalar("free_energy", "variational free energy", -541.5, 0.25, "J", 1000)
	free.Extensive, free.Bound = true, 1
	reweighted := core.Scalar("free_energy_reweighted", "reweighted free energy", -542, math.NaN(), "J", 1000)
	reweighted.Tau = 2.5
	reweighted.Warn(core.CautionHeavyWeight, "effective sample size is 3 of 1000")
	reweighted.Warn(core.CautionNoBound, "no bound: a fold")
	reweighted.RHat, reweighted.Bulk, reweighted.Tail = 1.25, 300, 120
	reweighted.TauStderr, reweighted.StderrStderr = 0.5, 0.01
	shells := core.Axis{Name: "distance", Units: "lattice constant", Values: []float64{1, math.Sqrt2, 2}}
	correlation := core.Estimate{Name: "correlation", Long: "two-point function", Units: "1", N: 1000, Tau: 1,
		Value: []float64{0.7, 0.6, 0.5}, Stderr: []float64{0.01, 0.02, 0.03}, Axes: []core.Axis{shells}}
	profile := core.Estimate{Name: "profile", Long: "local energy by layer and distance", Units: "J", N: 1000, Tau: 1,
		Value: []float64{1, 2, 3, 4, 5, 6}, Stderr: []float64{6, 5, 4, 3, 2, 1},
		Axes: []core.Axis{{Name: "layer", Units: "1", Values: []float64{0, 1}}, shells}}
	coarse := core.Estimate{Name: "coarse", Long: "another grid of the same name", Units: "1", N: 5, Tau: 1,
		Value: []float64{8, 9}, Stderr: []float64{1, 1},
		Axes: []core.Axis{{Name: "distance", Units: "lattice constant", Values: []float64{3, 4}}}}
	coarse.Upper, free.Constant = []float64{0.25, 0.5}, true
	history := &core.History{Columns: []core.Series{
		{Name: "loss", Long: "loss", Units: "1"}, {Name: "free_energy", Long: "free energy of the batch", Units: "J"}}}
	history.Append(1, 0.5, math.Inf(1))
	history.Append(2, 0.25, -3)
	return &core.Results{
		Run: core.RunInfo{ID: "8c3f", Name: "ising-2x3", Status: core.Done, Seed: 1<<63 + 5, Started: "2024-05-01T10:00:00Z",
			Updated: "2024-05-01T10:10:00Z", WallSeconds: 600.25, Creator: "helmholtz", CreatorVersion: "0.1.0",
			GitRevision: "abc", GoVersion: "go1.26", Hostname: "node7", Units: "J",
			ConfigTOML: "# Größe\n[run]\nname = \"ising\"\n" + strings.Repeat("# long\n", 20000),
			Kernels:    "avx512", Threads: 4, ThreadsSource: "affinity", InExchanges: 0.25, LeastInExchanges: 0.125, ConfigJSON: `{"run":{}}`, PluginsJSON: `[]`, Warnings: []string{"first", "second"}},
		History:      history,
		Estimates:    []core.Estimate{free, reweighted, correlation, profile, coarse},
		Exact:        map[string]float64{"free_energy": -542.25, "log_z": 271.125},
		ExactSource:  "enumeration of 2^6 states",
		SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{2, 3}, Lattice: "square", Periodic: true},
		Conditions:   &core.Conditions{Temperature: 2, Quantum: true, Scale: core.Scale{Energy: 0.04, EnergyUnits: "Ry", Length: 5, LengthUnits: "Bohr"}},
		Samples: &core.Batch{N: 2, X: []float64{1, -1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1},
			LogP: []float64{-3.5, -4.25}, E: []float64{-2, 6}},
	}
}

func fullCheckpoint(step int64) *core.Checkpoint {
	h := &core.History{Columns: []core.Series{{Name: "loss", Long: "loss", Units: "1"}}}
	for s := range step {
		h.Append(s+1, 1/float64(s+1))
	}
	return &core.Checkpoint{Step: step, ConfigSHA256: "c0ffee", Seed: math.MaxUint64 - 3,
		Theta:     []float64{1, 2, math.Copysign(0, -1), math.NaN(), 5e-324, math.Inf(-1), 0.1},
		Blocks:    []core.Block{{Name: "layer/w", Shape: []int{2, 2}}, {Name: "z", Shape: []int{0}}, {Name: "b", Shape: []int{1}}, {Name: "b", Shape: []int{2}}},
		Base:      &core.Base{Mean: []float64{0, -1.5}, Factor: []float64{1, 0, 0.5, 2}},
		Optimizer: map[string][]float64{"m": {1, 2, 3}, "v/x": {4}, "t": {7}}, History: h, WallSeconds: 12.5, Kernels: "avx2",
		Walkers: core.State{N: 2, Rows: []float64{0.5, math.Pi, math.NaN(), 3, 4, 5}, Whole: []float64{0.5}},
		Evaluation: &core.Evaluation{ConfigSHA256: "e7a1", Phase: "sample", Done: 96, NoBound: "a fold", Walkers: core.State{N: 1, Rows: []float64{math.Pi}},
			Sampler: core.SamplerState{Seed: math.MaxUint64 - 7, Drawn: 3, Burnt: 20,
				Chains: core.State{N: 2, Rows: []float64{0.25, math.Inf(1)}, Whole: []float64{0.1}}},
			Estimators: []core.EstimatorState{{"moments": {3, math.NaN()}, "chains": {0}}, {}, {"ln_w": {-1e300}}},
			Samples:    map[string][]float64{"n": {1}, "x": {1, -1}, "k": {}}},
		Rollback: &core.Snapshot{Theta: []float64{7, 6, 5, 4, 3, 2, math.Inf(1)}, Optimizer: map[string][]float64{"m": {9}}, Walkers: core.State{Whole: []float64{-1}}}}
}

// exactly compares floats by their bits, so that NaN and -0 count.
var exactly = cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(core.Batch{}),
	cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })}

func TestResultsRoundTrip(t *testing.T) {
	field := fullResults()
	field.SamplesSpace = core.Space{Kind: core.Particles, Shape: []int{3, 2}}
	field.Samples.X[0] = math.Pi
	quantum := fullResults()
	quantum.SamplesSpace = core.Space{Kind: core.Particles, Shape: []int{3, 2}}
	quantum.Samples.K, quantum.Samples.Potential = []int32{0, 1, 4, 2, 3, 1 << 30}, []float64{0.5, math.Pi}
	levels := fullResults()
	levels.SamplesSpace = core.Space{Kind: core.Levels, Shape: []int{6}, Levels: 3}
	levels.Samples.X = []float64{0, 1, 2, 2, 1, 0, 0, 0, 1, 0, 2, 0}
	vectors := fullResults()
	vectors.SamplesSpace = core.Space{Kind: core.Sphere, Shape: []int{1, 2, 3}}
	vectors.Samples.X[0] = math.Pi
	mixed := fullResults()
	mixed.SamplesSpace = core.Space{Kind: core.Mixed, Fields: []core.NamedSpace{{Name: "nuclei", Space: core.Space{Kind: core.Particles, Shape: []int{1, 3}}},
		{Name: "angles", Space: core.Space{Kind: core.Angles, Shape: []int{3}}}}}
	mixed.Samples.X[0] = math.Pi
	images := fullResults() // data of as many numbers
	images.SamplesSpace = core.Space{Kind: core.Field, Shape: []int{2, 3}}
	core.Data.Put(images.Samples, []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, math.Pi})
	oneHot := fullResults() // three numbers of each number
	oneHot.SamplesSpace = core.Space{Kind: core.Field, Shape: []int{2, 3}}
	core.Data.Put(oneHot.Samples, []float64{0, 1, 2, 1})
	other := fullResults() // of another shape
	core.Data.Put(other.Samples, make([]float64, 2*5))
	bare := &core.Results{Run: core.RunInfo{Status: core.Running}, History: &core.History{Columns: field.History.Columns[:0]}}
	chains := fullResults() // without a model there is no ln p
	chains.Samples.LogP, chains.History = nil, nil
	own := fullResults() // a part of the name of a dataset too
	for i, name := range []string{"mine/profile", "mine/other", "energy/number"} {
		part, called, _ := strings.Cut(name, "/")
		o := core.Observed{Name: called, Long: "numbers of " + called, Units: "nm"}
		for k := range 2 - i { // the axes of the first two have one name, and differ
			o.Axes = append(o.Axes, core.Axis{Name: "at", Units: "nm", Values: []float64{1, float64(k + i), 3}})
		}
		c := core.Own(part, o)
		c.Put(own.Samples, make([]float64, 2*o.Size()))
		c.Of(own.Samples)[2*o.Size()-1] = math.Pi
		own.Columns = append(own.Columns, c)
	}
	noSteps := fullResults()
	noSteps.History = &core.History{Columns: []core.Series{{Name: "loss", Units: "1", Long: "loss"}}}
	for name, want := range map[string]*core.Results{"full": fullResults(), "evaluated again": evaluatedAgain(fullResults()), "particles": field, "levels": levels, "vectors": vectors, "mixed": mixed, "images": images, "one-hot": oneHot, "other data": other, "quantum": quantum, "bare": bare, "no steps": noSteps, "own columns": own, "chains": chains} {
		t.Run(name, func(t *testing.T) {
			f := open(t)
			if err := f.SaveResults(want); err != nil {
				t.Fatal(err)
			}
			got, err := ReadResults(f.Dir())
			if err != nil {
				t.Fatal(err)
			}
			// A part of the name of a dataset has another there.
			if n := len(want.Columns); n > 0 {
				was, is := want.Columns[n-1], got.Columns[0]
				if len(got.Columns) != n || is.Info().Name != "energy_/number" {
					t.Fatalf("columns %v", got.Columns)
				}
				is.Info().Axes, is.Info().Name, is.Info().Symbol = nil, was.Info().Name, was.Info().Symbol
				got.Columns = []core.Column{got.Columns[2], got.Columns[1], is}
			}
			for k, c := range want.Columns {
				if diff := cmp.Diff(c.Reals(want.Samples), got.Columns[k].Reals(got.Samples), exactly); diff != "" {
					t.Errorf("%s: %s", c.Info().Name, diff)
				}
				if diff := cmp.Diff(c.Info(), got.Columns[k].Info(), exactly); diff != "" {
					t.Error(diff)
				}
			}
			if want.Samples != nil {
				if diff := cmp.Diff(core.Data.Of(want.Samples), core.Data.Of(got.Samples), exactly); diff != "" {
					t.Error(diff)
				}
			}
			want.Columns, got.Columns = nil, nil
			if diff := cmp.Diff(want, got, exactly); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What a crashed plugin printed, or a long message, must not lose the results.
func TestResultsTakeAnyText(t *testing.T) {
	f := open(t)
	r := fullResults()
	r.Run.StopReason = "panic: \xff\x00 " + strings.Repeat("x", 100000)
	r.Run.Warnings = []string{"two\nlines"}
	if err := f.SaveResults(r); err != nil {
		t.Fatal(err)
	}
	got, err := ReadResults(f.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if want := "panic: \ufffd\ufffd " + strings.Repeat("x", 100000); got.Run.StopReason != want {
		t.Errorf("stop reason is %.40q, %d bytes", got.Run.StopReason, len(got.Run.StopReason))
	}
	if diff := cmp.Diff([]string{"two lines"}, got.Run.Warnings); diff != "" {
		t.Error(diff)
	}
}

func TestResultsRefuseBadNames(t *testing.T) {
	f := open(t)
	if err := f.SaveResults(fullResults()); err != nil {
		t.Fatal(err)
	}
	r := fullResults()
	r.Estimates[0].Name = "free energy"
	if err := f.SaveResults(r); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), `"free energy"`) {
		t.Errorf("got %v", err)
	}
	r = fullResults()
	r.Estimates[2].Value = r.Estimates[2].Value[:2]
	if err := f.SaveResults(r); core.KindOf(err) != core.Internal {
		t.Errorf("got %v", err)
	}
	if _, err := ReadResults(f.Dir()); err != nil {
		t.Errorf("the results of before: %v", err)
	}
}

// pythonScript reads a results file with the tools that users have, and
// prints what it found as JSON. A tool that is missing is named instead.
const pythonScript = `
import json, sys
path, fresh, found, missing = sys.argv[1], sys.argv[2], {}, []
def module(name):
    try:
        return __import__(name)
    except ImportError:
        missing.append(name)
h5py = module("h5py")
if h5py:
    with h5py.File(path) as f:
        o = f["observables"]
        found["h5py"] = dict(value=float(o["free_energy"][()]), units=o["free_energy"].attrs["units"],
            per_site=float(o["free_energy_per_site"][()]), per_site_exact=float(o["free_energy_per_site_exact"][()]),
            spins=f["samples/spins"][()].ravel().tolist(), config=f["run/config_toml"].asstr()[()][:7],
            stop=f["run"].attrs["stop_reason"], status=f["run"].attrs["status"])
xarray = module("xarray")
for engine, package in ("h5netcdf", "h5netcdf"), ("netcdf4", "netCDF4"):
    if not module(package) or not xarray:
        continue
    with xarray.open_dataset(path, group="observables", engine=engine) as o, \
         xarray.open_dataset(path, group="history", engine=engine) as h, \
         xarray.open_dataset(path, group="samples", engine=engine) as s, \
         xarray.open_dataset(path, group="run", engine=engine) as r, \
         xarray.open_dataset(path, group="evaluations/7", engine=engine) as e, \
         xarray.open_dataset(fresh, group="history", engine=engine) as nothing:
        found[engine] = dict(value=float(o.free_energy), units=o.free_energy.units, bound=o.free_energy.bound,
            dims=list(o.profile.dims), at=float(o.profile.sel(layer=1, distance=2.0)), shape=list(s.spins.shape),
            steps=h.step.values.tolist(), loss=h.loss.sel(step=2).item(), sample_dims=list(s.spins.dims),
            config=str(r.config_toml.values)[:7], tau=float(o.free_energy_reweighted_tau),
            no_steps=nothing.loss.shape[0], again=float(e.free_energy), seed=int(e.attrs["seed"]), settings=e.attrs["settings"])
print(json.dumps(dict(found=found, missing=missing)))
`

func TestPythonReadsResults(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 to read the file with")
	}
	f := open(t)
	if err := f.SaveResults(evaluatedAgain(fullResults())); err != nil {
		t.Fatal(err)
	}
	fresh := open(t) // a run before its first step
	if err := fresh.SaveResults(&core.Results{History: &core.History{Columns: []core.Series{{Name: "loss"}}}}); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(python, "-c", pythonScript, f.Path(resultsName), fresh.Path(resultsName))
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var answer struct {
		Found   map[string]map[string]any
		Missing []string
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	netcdf := map[string]any{"value": -541.5, "units": "J", "bound": "upper", "dims": []any{"layer", "distance"}, "at": 6.0,
		"shape": []any{2.0, 2.0, 3.0}, "steps": []any{1.0, 2.0}, "loss": 0.25, "sample_dims": []any{"draw", "y", "x"},
		"config": "# Größe", "tau": 2.5, "no_steps": 0.0, "again": -541.25, "seed": 7.0, "settings": `{"evaluate":{"seed":7}}`}
	want := map[string]map[string]any{"netcdf4": netcdf, "h5netcdf": netcdf,
		"h5py": {"value": -541.5, "units": "J", "per_site": -90.25, "per_site_exact": -90.375, "config": "# Größe", "status": "done", "stop": "",
			"spins": []any{1.0, -1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, 1.0, 1.0, 1.0}}}
	for tool, got := range answer.Found {
		if diff := cmp.Diff(want[tool], got); diff != "" {
			t.Errorf("%s: %s", tool, diff)
		}
	}
	if len(answer.Missing) > 0 {
		t.Skipf("python3 has no %s", strings.Join(answer.Missing, ", "))
	}
}

// h5py may change bytes of a file as soon as it has it open for writing. That is
// neither damage, nor ours to move away.
func TestResultsOpenInPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import h5py").Run() != nil {
		t.Skip("there is no python3 with h5py to open the file with")
	}
	f := open(t)
	if err := f.SaveResults(fullResults()); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(python, "-c", "import h5py, sys\nwith h5py.File(sys.argv[1], 'r+'):\n    print('open', flush=True)\n    input()", f.Path(resultsName))
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := output.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	_, notes, err := f.Results()
	if core.KindOf(err) != core.Busy || len(notes) > 0 || !strings.Contains(err.Error(), "open for writing by another program (h5py, HDFView)") {
		t.Errorf("while it is open: %v, %v", notes, err)
	}
	if _, err := input.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Fatal(err)
	}
	if r, notes, err := f.Results(); err != nil || r == nil || len(notes) > 0 {
		t.Errorf("after it was closed: %v, %v", notes, err)
	}
}

func TestH5dumpReadsResults(t *testing.T) {
	h5dump, err := exec.LookPath("h5dump")
	if err != nil {
		t.Skip("there is no h5dump to read the file with")
	}
	f := open(t)
	if err := errors.Join(f.SaveResults(fullResults()), f.SaveCheckpoint(fullCheckpoint(3), 2)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{resultsName, checkpointName(3)} {
		if out, err := exec.Command(h5dump, f.Path(name)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%.500s", name, err, out)
		}
	}
	out, err := exec.Command(h5dump, "-d", "/observables/free_energy_n", f.Path(resultsName)).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "(0): 1000") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestReadResultsExplains(t *testing.T) {
	dir := t.TempDir()
	_, err := ReadResults(dir)
	if !errors.Is(err, os.ErrNotExist) || core.KindOf(err) != core.Storage {
		t.Errorf("no file: %v", err)
	}
	os.WriteFile(filepath.Join(dir, resultsName), []byte("not HDF5"), 0o666)
	_, err = ReadResults(dir)
	if err == nil || !strings.Contains(err.Error(), "not an HDF5 file") {
		t.Errorf("other file: %v", err)
	}
}

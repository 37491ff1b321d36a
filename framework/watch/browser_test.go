package watch_test

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/helmholtz-physics/helmholtz/framework/watch/watchtest"
)

// startCommand runs the program in a folder until it is interrupted, at the end of the test if not before.
func startCommand(t *testing.T, dir string, args ...string) (cmd *exec.Cmd, out *bufio.Reader, stop func()) {
	t.Helper()
	cmd = exec.Command(watchtest.Program(t), args...)
	cmd.Dir = dir
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	ended := false
	stop = func() {
		if !ended {
			ended = true
			cmd.Process.Signal(os.Interrupt)
			io.Copy(io.Discard, pipe)
			cmd.Wait()
		}
	}
	t.Cleanup(stop)
	return cmd, bufio.NewReader(pipe), stop
}

// helmholtz runs the program to its end.
func helmholtz(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command(watchtest.Program(t), args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("helmholtz %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// startWatch serves the page of paths, and says where.
func startWatch(t *testing.T, dir string, paths ...string) (cmd *exec.Cmd, address string) {
	t.Helper()
	cmd, out, _ := startCommand(t, dir, append([]string{"watch"}, paths...)...)
	address, err := out.ReadString('\n')
	if err != nil {
		t.Fatal("helmholtz watch says nothing:", err)
	}
	return cmd, strings.TrimSpace(address)
}

// quiet checks that a page complained of nothing, and asked for nothing but what is at its address.
func quiet(t *testing.T, tab *watchtest.Tab, address string) {
	t.Helper()
	if c := tab.Complaints(); len(c) > 0 {
		t.Errorf("the console of %s: %q", address, c)
	}
	for _, asked := range tab.Asked() {
		if !strings.HasPrefix(asked, address) && !strings.HasPrefix(asked, "data:") && asked != "about:blank" {
			t.Errorf("the page asked for %s", asked)
		}
	}
}

const isingRun = `[run]
name = "watched"
[model]
plugin = "van"
[energy]
plugin = "ising"
L = 8
[ensemble]
beta = 0.4
[train]
batch = 200
steps = %d
[evaluate]
samples = 500
keep_samples = 30
`

// While a run goes on the curve moves and its exact value is a line; at its end the table is there. Then the
// same page is used by keyboard, at the width of a phone, and printed.
func TestWatchedRunMoves(t *testing.T) {
	b := watchtest.Open(t)
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "run.toml"), fmt.Sprintf(isingRun, 1000000))
	_, address := startWatch(t, dir, "run.toml") // before there is a folder
	tab := b.Tab(1200, 1000)
	tab.Go(address)
	tab.Wait(`document.body.innerText.includes("There is no run in run.toml yet")`)
	_, _, stop := startCommand(t, dir, "run", "run.toml", "--out", "watched.out")
	tab.Wait(`document.querySelector(".badge.running")`)
	tab.Wait(`document.querySelector("path.line")`)
	tab.Wait(`document.querySelector("line.exact")`)
	curve := func() (d string) {
		return tab.Text(`document.querySelector(".chart.wide path.line").getAttribute("d")`)
	}
	value := func() (d string) { return tab.Text(`document.querySelector(".numbers .value").textContent`) }
	tab.Wait(`document.querySelector("main > .why").hidden`) // that there is no run
	was, had := curve(), value()
	tab.Wait(fmt.Sprintf(`document.querySelector(".chart.wide path.line").getAttribute("d") !== %q`, was))
	if curve() == was || value() == had {
		t.Errorf("the curve has moved, and the number has not: %s", had)
	}
	for range 3 { // and moves on
		was = curve()
		tab.Wait(fmt.Sprintf(`document.querySelector(".chart.wide path.line").getAttribute("d") !== %q`, was))
	}
	stop()
	tab.Wait(`document.querySelector("article .badge.waiting")`)
	quiet(t, tab, address)

	tab.Eval(`document.querySelector(".chart.wide svg").focus() ?? true`, new(any))
	readout := func() string { return tab.Text(`document.querySelector(".chart.wide .readout").textContent`) }
	tab.Key("Home")
	tab.Wait(`/^training step .* — −?[0-9]/.test(document.querySelector(".chart.wide .readout").textContent)`)
	first := readout()
	tab.Key("ArrowRight")
	tab.Wait(fmt.Sprintf(`document.querySelector(".chart.wide .readout").textContent !== %q`, first))
	if next := readout(); !strings.HasPrefix(next, "training step ") {
		t.Errorf("the next point is %q", next)
	}

	phone := b.Tab(390, 844)
	phone.Go(address)
	phone.Wait(`document.querySelector("path.line")`)
	var wide float64
	if phone.Eval(`document.documentElement.scrollWidth`, &wide); wide > 390 {
		t.Errorf("the page is %g pixels wide on a phone of 390", wide)
	}
	var paper struct{ Data string }
	if tab.Call("Page.printToPDF", map[string]any{"printBackground": true}, &paper); len(paper.Data) < 10000 {
		t.Errorf("a print of %d bytes", len(paper.Data)) // an empty one has some 1000
	}
	quiet(t, phone, address)
}

// After two steps of training few of 500 draws have all the weight, which is said: in the live page, where the
// words can be seen, and in the report.
func TestWatchedCaution(t *testing.T) {
	b := watchtest.Open(t)
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "run.toml"), fmt.Sprintf(isingRun, 2))
	helmholtz(t, dir, "run", "run.toml", "--out", "watched.out")
	helmholtz(t, dir, "report", "watched.out")
	_, address := startWatch(t, dir, "watched.out")
	for _, at := range []string{address, "file://" + filepath.Join(dir, "watched.out", "report.html")} {
		tab := b.Tab(1200, 1000)
		tab.Go(at)
		tab.Wait(`document.querySelector(".cautions li")`)
		if text := tab.Text(`document.querySelector(".cautions").innerText`); !strings.Contains(text, "one configuration holds") || !strings.Contains(text, "heavy_weight") {
			t.Errorf("%s: cautions are %q", at, text)
		}
		var seen struct{ Height, Marked, Images, Rows float64 }
		tab.Eval(`({Height: document.querySelector(".cautions").getBoundingClientRect().height, Marked: document.querySelectorAll(".results .warn").length,
			Images: document.querySelectorAll(".samples canvas").length, Rows: document.querySelectorAll(".results tbody tr").length})`, &seen)
		// 30 samples are kept, as images, and a strip of their colours.
		if seen.Height < 20 || seen.Marked == 0 || seen.Images != 31 || seen.Rows < 15 {
			t.Errorf("%s: cautions, marks, images, rows are %+v", at, seen)
		}
		quiet(t, tab, at)
	}
}

// What a folder holds can neither become markup or script, nor keep the page from showing what is sound.
func TestWatchedHostileFolder(t *testing.T) {
	b := watchtest.Open(t)
	dir := t.TempDir()
	bad := filepath.Join(dir, `bad"><script>window.hurt=1<`) // with the / of its name a folder below
	evil := `<img src=x onerror="window.hurt=1"></script><script>window.hurt=1</script>`
	bad = filepath.Join(bad, "script>.out")
	if err := os.MkdirAll(bad, 0o777); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "secret")
	writeFile(t, secret, "for nobody else")
	writeFile(t, filepath.Join(bad, "run.resolved.toml"), fmt.Sprintf("[run]\nname = %q\n[train]\nsteps = 10\n", evil))
	writeFile(t, filepath.Join(bad, "progress.jsonl"), `{"step":1,"free_energy":-1,"free_energy_stderr":0.1,"wall_seconds":1}
{"step":2,"free_energy":NaN}
{"step":3,"free_energy":null,"wall_seconds":2}
{"step":4,"free_energy":1e400}
[[[[
{"step":5,"free_energy":-2,"__proto__":1,"wall_seconds":3,"<b>x</b>":7}
{"step":6,"free_energy":-3,"constructor":1,"free_energy_stderr":-1,"wall_seconds":"late","<b>x</b>":8}
`)
	writeFile(t, filepath.Join(bad, "plugin-model.log"), evil+"\xff\n")
	writeFile(t, filepath.Join(bad, "results.h5"), "no HDF5 at all")
	if err := os.Symlink(secret, filepath.Join(bad, "plugin-energy.log")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(bad, "pipe.log"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, address := startWatch(t, dir, bad)
	helmholtz(t, dir, "report", bad, "--out", "report.html")
	for _, at := range []string{address, "file://" + filepath.Join(dir, "report.html")} {
		tab := b.Tab(1200, 1000)
		tab.Go(at)
		tab.Wait(`document.querySelector(".curves .chart")`)
		var hurt bool
		if tab.Eval(`window.hurt === 1 || document.querySelector("article img, article script, article b") !== null`, &hurt); hurt {
			t.Errorf("%s: a text of the folder is markup", at)
		}
		if name := tab.Text(`document.querySelector("h2").textContent`); name != evil {
			t.Errorf("%s: the name is %q", at, name)
		}
		if text := tab.Text(`document.body.textContent`); strings.Contains(text, "for nobody else") || !strings.Contains(text, "not an HDF5 file") {
			t.Errorf("%s: shows what a link leads to, or not that the results are none:\n%s", at, tab.Text(`document.body.innerText`))
		}
		quiet(t, tab, at)
	}
}

// Twenty runs at once take less than a twentieth of a processor to watch. It is processor time of the server,
// from /proc, which a busy machine does not lengthen.
func TestWatchTwentyRuns(t *testing.T) {
	const runs, seconds, most = 20, 15, 0.05
	b := watchtest.Open(t)
	dir := t.TempDir()
	var folders []*store.Folder
	for i := range runs {
		f, err := store.Open(filepath.Join(dir, fmt.Sprintf("run-%02d.out", i)))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		folders = append(folders, f)
		if err := f.WriteText(store.ResolvedFile, fmt.Sprintf("[run]\nname = \"run %d\"\n[train]\nsteps = 100000\n", i)); err != nil {
			t.Fatal(err)
		}
	}
	step := int64(0)
	second := func() { // what twenty runs write in one, their snapshots one a minute each
		step++
		for i, f := range folders {
			row := map[string]any{"phase": "train", "step": step, "wall_seconds": float64(step), "free_energy": -500 + 100/float64(step), "free_energy_stderr": 0.3,
				"energy": -300.5, "entropy": 80.5, "loss": -230.25, "beta": 0.4, "learning_rate": 1e-2, "gradient_norm": 3.25}
			err := f.AppendProgress(row)
			if err == nil && (step == 1 || (step+int64(3*i))%60 == 0) {
				err = f.SaveResults(snapshotOf(step))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	second()
	second()
	cmd, address := startWatch(t, dir, ".")
	tab := b.Tab(1200, 1000)
	tab.Go(address)
	tab.Wait(`document.querySelectorAll(".list tbody tr").length === 20`)
	tab.Wait(`document.querySelector("path.line")`)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	before, begin := processorTime(t, cmd.Process.Pid), time.Now()
	for range seconds {
		<-tick.C
		second()
	}
	share := (processorTime(t, cmd.Process.Pid) - before).Seconds() / time.Since(begin).Seconds()
	t.Logf("%d runs take %.2f %% of a processor", runs, 100*share)
	if share > most {
		t.Errorf("%d runs take %.1f %% of a processor, more than %.0f", runs, 100*share, 100*most)
	}
	tab.Wait(fmt.Sprintf(`document.querySelector(".list tbody td .figures").textContent.startsWith("%d ")`, step))
	if n := tab.Text(`String(document.querySelectorAll(".compare path.line").length)`); n != "8" { // as many are compared at first
		t.Errorf("%s curves beside each other", n)
	}
	quiet(t, tab, address)
}

// snapshotOf are results with a history of some thousand steps.
func snapshotOf(step int64) *core.Results {
	h := &core.History{Columns: []core.Series{{Name: "free_energy", Units: "J"}, {Name: "free_energy_stderr", Units: "J"}, {Name: "energy", Units: "J"}, {Name: "gradient_norm", Units: "1"}}}
	for i := range int64(5000) {
		h.Append(i-5000+step, -500, 0.3, math.Sin(float64(i)), 3)
	}
	return &core.Results{Run: core.RunInfo{Name: "run", Status: core.Running, Units: "J", ConfigJSON: "{}"}, History: h,
		SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{16, 16}, Lattice: "square", Periodic: true}, Exact: map[string]float64{"free_energy": -541.5}, ExactSource: "a test"}
}

// processorTime is what a process has used: fields 14 and 15 of /proc/PID/stat, in hundredths of a second.
func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text[slices.Index(text, ')')+1:])) // from field 3
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		t.Fatal(err)
	}
	system, err := strconv.Atoi(fields[12])
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}

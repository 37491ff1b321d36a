//go:build linux

package app

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A few kills are made with each launcher; HELMHOLTZ_TEST_KILLS=200 asks for more, and HELMHOLTZ_TEST_KILLS_SEED for
// other moments.
const fewKills = 3

// goneWithin is how long ranks and plugins may outlive the process that was killed. Measured are 2 to 4 seconds.
const goneWithin = 10 * time.Second

// asked is a number of the environment.
func asked(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// Whichever process of a run is killed, and whenever, all end soon, and another number of ranks goes on to
// the digits of one process: a rank, the launcher, a plugin; at the start, in training, in checkpoints, in the evaluation.
func TestKills(t *testing.T) {
	all, dir := launchers(t), t.TempDir()
	file := filepath.Join(dir, "run.toml")
	// Checkpoints at every step make it likely that one is being written.
	text := "[model]\nplugin = \"fermiflow\"\n[energy]\nplugin = \"quantumdot\"\nn = 2\nkappa = 1\n[ensemble]\nbeta = 2\n" +
		"[train]\noptimizer = \"natural\"\nsteps = 60\nbatch = 256\n[evaluate]\nsamples = 6000\nbatch = 300\n[checkpoint]\nevery = 1\nevery_seconds = 0.05\n"
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	whole, begin := filepath.Join(dir, "whole"), time.Now()
	if out, err := exec.Command(built.helmholtz, "run", file, "--out", whole).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	k := &killer{t: t, file: file, want: endOfRun(t, whole), long: time.Since(begin),
		random: rand.New(rand.NewPCG(uint64(asked(t, "HELMHOLTZ_TEST_KILLS_SEED", 1)), 0))}
	for _, by := range sortedNames(all) {
		k.kills, k.done, k.victims, k.slowest = 0, 0, nil, 0
		for most := asked(t, "HELMHOLTZ_TEST_KILLS", fewKills); k.kills < most && !t.Failed(); {
			k.run(by, all[by], filepath.Join(dir, fmt.Sprint(by, k.done)), most)
		}
		t.Logf("%s: %d kills of %s in %d runs; all were gone within %v", by, k.kills, k.counts(), k.done, k.slowest.Round(time.Millisecond))
	}
}

func sortedNames(all map[string][]string) (names []string) {
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// killer makes runs and kills them.
type killer struct {
	t       *testing.T
	file    string
	want    ended
	long    time.Duration // of a run of one process
	random  *rand.Rand
	kills   int            // of this launcher
	done    int            // runs that came to their end
	victims map[string]int // kills of each kind of process
	slowest time.Duration
}

func (k *killer) counts() string {
	var all []string
	for what, n := range k.victims {
		all = append(all, fmt.Sprintf("%d %s", n, what))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// run starts a run again and again, each time on another number of ranks, until it is at its end.
func (k *killer) run(by string, launcher []string, out string, most int) {
	t, n := k.t, 0
	for leg := 0; !t.Failed(); leg++ {
		n = 1 + (n+k.random.IntN(3))%4 // never that of the leg before
		what := fmt.Sprintf("%s, run %d, leg %d on %d ranks", by, k.done, leg, n)
		run := launch(t, launcher, n, "run", k.file, "--out", out)
		if k.kills >= most || leg == 8 || !k.strike(run, what) {
			if code := run.exit(); code != exitDone {
				t.Fatalf("%s: exit code %d\n%s", what, code, run.said)
			}
			sameEnd(t, what, endOfRun(t, out), k.want)
			k.done++
			os.RemoveAll(out)
			return
		}
	}
}

// strike kills a process of a run after a while. It tells whether the run was still going on.
func (k *killer) strike(run started, what string) bool {
	t := k.t
	time.Sleep(time.Duration(k.random.Float64() * 0.7 * float64(k.long)))
	all := below(run.Process.Pid)
	kinds := map[string][]int{"launcher": {run.Process.Pid}}
	for _, p := range all {
		switch line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p)); {
		case strings.Contains(string(line), "\x00serve\x00"):
			kinds["plugin"] = append(kinds["plugin"], p)
		case strings.HasPrefix(string(line), built.helmholtz+"\x00run\x00"):
			kinds["rank"] = append(kinds["rank"], p)
		}
	}
	kind := []string{"rank", "rank", "rank", "launcher", "launcher", "plugin"}[k.random.IntN(6)]
	if len(kinds[kind]) == 0 {
		kind = "launcher" // which has started nothing yet
	}
	victim := kinds[kind][k.random.IntN(len(kinds[kind]))]
	syscall.Kill(victim, syscall.SIGKILL)
	begin := time.Now()
	left := k.wait(run, all)
	if took := time.Since(begin); took > k.slowest {
		k.slowest = took
	}
	if len(left) > 0 {
		t.Errorf("%s: %v after the kill of a %s there are left\n%s\n%s", what, goneWithin, kind, strings.Join(left, "\n"), run.said)
	}
	if left == nil && run.ProcessState.Success() { // it had come to its end
		return false
	}
	k.kills++
	if k.victims == nil {
		k.victims = map[string]int{}
	}
	k.victims[kind]++
	return true
}

// wait returns when a run and all processes below it are gone, or with what is left of them.
func (k *killer) wait(run started, all []int) (left []string) {
	ended := make(chan struct{})
	go func() {
		run.Wait()
		close(ended)
	}()
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		left = left[:0]
		for _, p := range all {
			if line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p)); len(line) > 0 && strings.HasPrefix(string(line), built.helmholtz) {
				left = append(left, strings.ReplaceAll(string(line), "\x00", " "))
			}
		}
		select {
		case <-ended:
			if len(left) == 0 {
				return nil
			}
		default:
			if len(left) == 0 {
				left = append(left, "the launcher")
			}
		}
		if time.Since(begin) > goneWithin {
			return left
		}
	}
}

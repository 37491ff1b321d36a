package host

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// group writes what the kernel shows of a control group, and returns a
// function that counts one kill more.
func group(t *testing.T, list, file string) (groups, func()) {
	t.Helper()
	dir := t.TempDir()
	g := groups{filepath.Join(dir, "list"), filepath.Join(dir, "root")}
	write(t, g.list, list)
	file = filepath.Join(g.root, file)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	set := func(n string) { write(t, file, "low 0\noom 5\noom_kill "+n+"\noom_group_kill 9\n") }
	set("3")
	return g, func() { set("4") }
}

// A plugin that the kernel killed for want of memory says so, where the
// counter of its control group tells.
func TestKilledForMemory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ list, file string }{
		"version 2":                 {"0::/job/step\n", "job/step/memory.events"},
		"version 2 in a container":  {"0::/elsewhere\n", "memory.events"},
		"version 1":                 {"9:pids:/\n4:memory:/job:1/step\n0::/\n", "memory/job:1/step/memory.oom_control"},
		"version 1 in a container":  {"4:memory:/elsewhere\n", "memory/memory.oom_control"},
		"version 2 under version 1": {"4:cpu:/\n0::/job\n", "job/memory.events"},
	} {
		t.Run(name, func(t *testing.T) {
			g, kill := group(t, c.list, c.file)
			if n := g.kills(); n != 3 {
				t.Fatalf("%d kills are counted, want 3", n)
			}
			h := newHost(t, Options{})
			h.groups = g
			e := openEnergy(t, h, "faulty", core.Settings{"mode": "kill -9"})
			kill()
			_, err := evalTwice(t, e)
			wantError(t, err, core.Plugin, "evaluate: energy faulty: the kernel killed it because memory ran out (signal: killed) ("+memoryHint+")")
		})
	}
	if n := (groups{"/nowhere", "/nowhere"}).kills(); n != 0 {
		t.Errorf("%d kills in no group", n)
	}
	if n := ownGroups.kills(); n < 0 {
		t.Errorf("%d kills in this group", n)
	}
}

// The same in each phase; and where a runtime says it, or somebody may have
// killed it, there is a hint.
func TestMemoryHints(t *testing.T) {
	t.Parallel()
	describe := `if [ "$1" = describe ]; then echo '{"protocols": [2], "parts": [{"kind": "energy", "name": "x"}]}'; exit; fi; `
	const maybe = "signal: killed (if nobody killed it, memory ran out: " + memoryHint + ")"
	for _, c := range []struct {
		text   string
		killed bool
		want   string
	}{
		{"kill -9 $$", false, maybe},
		{"kill -9 $$", true, "signal: killed: the kernel killed it because memory ran out (" + memoryHint + ")"},
		{"echo \"fatal error: runtime: out of memory\" >&2; exit 2", false, "out of memory (" + memoryHint},
		{describe + "kill -9 $$", true, "the kernel killed it because memory ran out (signal: killed) (" + memoryHint + ")"},
		{describe + "echo 'numpy.core._exceptions.MemoryError: Unable to allocate 8 TiB' >&2; exit 1", false, "(exit status 1) (" + memoryHint},
		{describe + "echo 'cannot open GPU' >&2; exit 1", false, "cannot open GPU (exit status 1)"},
	} {
		g, _ := group(t, "0::/\n", "memory.events")
		h := newHost(t, Options{})
		h.groups = g
		if c.killed { // by the time it ends
			counter := filepath.Join(g.root, "memory.events")
			c.text = c.text[:len(c.text)-len("kill -9 $$")] + "echo oom_kill 4 > " + counter + "; kill -9 $$"
		}
		f, err := h.Find(core.KindEnergy, "x", script(t, c.text), "")
		if err == nil {
			_, err = h.OpenEnergy(f, nil)
		}
		wantError(t, err, core.Plugin, c.want)
	}
}

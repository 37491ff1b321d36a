package host

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// install writes a plugin of energies into a folder; before is what the shell
// does first.
func install(t *testing.T, dir, name, before string, energies ...string) string {
	t.Helper()
	var parts []string
	for _, e := range energies {
		parts = append(parts, fmt.Sprintf(`{"kind": "energy", "name": "%s", "version": "1"}`, e))
	}
	file := filepath.Join(dir, "helmholtz-plugin-"+name)
	write(t, file, "#!/bin/sh\n"+before+"\necho '{\"protocols\": [2], \"parts\": ["+strings.Join(parts, ", ")+"]}'\n")
	return file
}

// Whatever is listed without a shadow is what its name finds, and whatever has
// one is not.
func TestListAgreesWithFind(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	ring := install(t, one, "ring", "", "ring", "coins", "chain")
	install(t, one, "broken", "exit 1", "broken")
	install(t, two, "ring", "", "ring", "dimer")
	install(t, two, "coins", "", "coins")
	install(t, two, "broken", "", "broken")
	if err := os.Symlink(ring, filepath.Join(two, "helmholtz-plugin-knot")); err != nil {
		t.Fatal(err)
	}
	h := newHost(t, Options{SearchPath: []string{one, two, one}})
	all, errs := h.List()
	var got []string
	for _, f := range all {
		if f.Builtin {
			continue
		}
		text := f.Name + " in " + filepath.Base(f.File)
		if f.Shadow != "" {
			text += " shadowed by " + strings.NewReplacer(one, "1", two, "2").Replace(f.Shadow)
		}
		got = append(got, text)
		found, err := h.Find(core.KindEnergy, f.Name, "", "")
		if same := err == nil && found.File == f.File; same != (f.Shadow == "") {
			t.Errorf("%s: found %+v, error %v", text, found, err)
		}
	}
	want := []string{
		"broken in helmholtz-plugin-broken shadowed by 1/helmholtz-plugin-broken",
		"chain in helmholtz-plugin-ring shadowed by built in",
		"chain in helmholtz-plugin-knot shadowed by built in",
		"coins in helmholtz-plugin-ring shadowed by 2/helmholtz-plugin-coins", // named after it
		"coins in helmholtz-plugin-coins",
		"coins in helmholtz-plugin-knot shadowed by 2/helmholtz-plugin-coins",
		"dimer in helmholtz-plugin-ring",
		"ring in helmholtz-plugin-ring",
		"ring in helmholtz-plugin-knot shadowed by 1/helmholtz-plugin-ring",
		"ring in helmholtz-plugin-ring shadowed by 1/helmholtz-plugin-ring",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("listed:\n%s", strings.Join(got, "\n"))
	}
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "exit status 1") {
		t.Errorf("errors %v", errs)
	}
	_, err := h.Find(core.KindEnergy, "dimmer", "", "")
	wantError(t, err, core.Invalid, `did you mean "dimer"?; 1 plugins did not describe themselves, and helmholtz plugin list says why`)
}

// More plugins hang than are asked one after another in the test's time: all
// hang at once, and hold up nobody.
func TestListIsNotHeldUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range asked {
		install(t, dir, fmt.Sprint("hung", i), "sleep 600")
	}
	install(t, dir, "well", "", "well")
	h := newHost(t, Options{SearchPath: []string{dir}})
	h.listTimeout = time.Second
	all, errs := h.List()
	if f := choose(all, core.KindEnergy, "well"); f == nil || len(errs) != asked {
		t.Errorf("listed %v, %d errors", f, len(errs))
	}
	for _, err := range errs {
		wantError(t, err, core.Plugin, "did not answer within 1s")
	}
}

// A pin is of the executable that the name finds, also where that is a
// built-in or has another name; one that does not match is not run.
func TestPinWithoutPath(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	sum := func(file string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(read(t, file)))) }
	ring := install(t, one, "ring", "", "ring", "coins")
	touched := filepath.Join(t.TempDir(), "touched")
	install(t, two, "other", "touch "+touched, "coins")
	h := newHost(t, Options{SearchPath: []string{two, one}})
	for _, name := range []string{"ring", "coins"} {
		if f, err := h.Find(core.KindEnergy, name, "", sum(ring)); err != nil || f.File != ring {
			t.Errorf("found %+v, error %v", f, err)
		}
	}
	wrong := strings.Repeat("0", 64)
	_, err := h.Find(core.KindEnergy, "ring", "", wrong)
	wantError(t, err, core.Invalid, ring+" has sha256 "+sum(ring)+", but the run file pins "+wrong)
	_, err = h.Find(core.KindEnergy, "coins", "", wrong)
	wantError(t, err, core.Invalid, "there is no such energy")
	_, err = h.Find(core.KindEnergy, "chain", "", wrong)
	wantError(t, err, core.Invalid, "energy chain: "+h.opts.Self+" has sha256 ")
	if f, err := h.Find(core.KindEnergy, "chain", "", sum(h.opts.Self)); err != nil || !f.Builtin {
		t.Errorf("found %+v, error %v", f, err)
	}
	if exists(touched) {
		t.Error("an executable that is not pinned was run")
	}
}

// What describe starts ends with it, whether it answers or hangs.
func TestDescribeLeavesNobody(t *testing.T) {
	t.Parallel()
	for _, last := range []string{"", "sleep 600"} {
		dir := t.TempDir()
		child := filepath.Join(dir, "child")
		file := install(t, dir, "parent", "sleep 600 & echo $! > "+child+"; "+last, "parent")
		h := newHost(t, Options{})
		h.describeTimeout = time.Second
		_, err := h.Find(core.KindEnergy, "parent", file, "")
		if last == "" && err != nil {
			t.Error(err)
		} else if last != "" {
			wantError(t, err, core.Plugin, "did not answer within 1s")
		}
		if err := gone(pidIn(t, child)); err != nil {
			t.Error(err)
		}
	}
}

// The variables that a plugin gets are those that are allowed and those that
// are named, when it describes itself and when it serves.
func TestPluginEnvironment(t *testing.T) {
	for name, value := range map[string]string{"AWS_SECRET_ACCESS_KEY": "secret", "SLURM_PROCID": "3", "LICENCE_SERVER": "named", "OMP_NUM_THREADS": "7", "HELMHOLTZ_TRANSPORT": "bytes", "GOMAXPROCS": "2"} {
		t.Setenv(name, value)
	}
	dir := t.TempDir()
	described := filepath.Join(dir, "described")
	h := newHost(t, Options{Env: []string{"LICENCE_SERVER"}})
	f, err := h.Find(core.KindEnergy, "witness", script(t, `if [ "$1" = describe ]; then env > `+described+"; fi; exec "+os.Args[0]+` "$@"`), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.OpenEnergy(f, core.Settings{"environment": filepath.Join(dir, "served")}); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{described, filepath.Join(dir, "served")} {
		env := "\n" + read(t, file)
		for _, want := range []string{"LICENCE_SERVER=named", "OMP_NUM_THREADS=7", "OPENBLAS_NUM_THREADS=1", "HELMHOLTZ_TRANSPORT=bytes", "GOMAXPROCS=2", "PATH=" + os.Getenv("PATH")} {
			if !strings.Contains(env, "\n"+want+"\n") {
				t.Errorf("%s has no %s:\n%s", file, want, env)
			}
		}
		for _, not := range []string{"secret", "SLURM_PROCID"} {
			if strings.Contains(env, not) {
				t.Errorf("%s has %s", file, not)
			}
		}
	}
}

// The page on trust lists the variables that pass, all of them and no others.
func TestEnvironmentIsDocumented(t *testing.T) {
	page := read(t, "../../docs/trust.md")
	_, table, _ := strings.Cut(page, "| variables | what for |")
	table, _, _ = strings.Cut(table, "\n\n")
	var want []string
	want = append(want, allowed...)
	for _, prefix := range allowedPrefixes {
		want = append(want, prefix+"*")
	}
	want = append(want, "PLUGIN_*", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS") // the host's own
	got := regexp.MustCompile("`([A-Z_*]+)`").FindAllStringSubmatch(table, -1)
	for _, m := range got {
		if !slices.Contains(want, m[1]) {
			t.Errorf("%s is documented and does not pass", m[1])
		}
		want = slices.DeleteFunc(want, func(s string) bool { return s == m[1] })
	}
	if len(want) > 0 {
		t.Errorf("not documented: %v", want)
	}
}

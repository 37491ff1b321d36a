package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// witness is an energy that tells its test what it sees: it writes its
// environment into a file, says in another that a call began, with its process
// id, and waits for a third before it answers. Empty names leave these out.
func witness() core.Part {
	type config struct {
		Environment string `key:"environment" help:"file for its variables"`
		Started     string `key:"started" help:"file for its process id, in a call"`
		Wait        string `key:"wait" help:"file whose appearance ends a call"`
		Print       int    `key:"print" help:"lines printed in a call"`
	}
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindEnergy, Name: "witness", Version: "1.4.0", Summary: "tells what it sees", Params: core.SchemaOf(config{})},
		NewEnergy: func(s core.Settings) (core.Energy, error) {
			var c config
			core.Decode(s, &c)
			if c.Environment != "" {
				return witnessEnergy(func() {}), os.WriteFile(c.Environment, []byte(strings.Join(os.Environ(), "\n")+"\n"), 0o666)
			}
			return witnessEnergy(func() {
				if c.Started != "" {
					appear(c.Started, fmt.Sprint(os.Getpid()))
				}
				for c.Wait != "" && !exists(c.Wait) {
					time.Sleep(10 * time.Millisecond)
				}
				for i := range c.Print {
					fmt.Printf("line %d of standard output\n", i)
				}
			}), nil
		},
	}
}

type witnessEnergy func()

func (e witnessEnergy) Spec() core.EnergySpec {
	return core.EnergySpec{Space: spins(4), Units: "J"}
}

func (e witnessEnergy) Eval(dst []float64, b *core.Batch) error {
	e()
	for i := range dst {
		dst[i] = 1.5
	}
	return nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// appear writes a file that nobody sees half written.
func appear(file, text string) {
	os.WriteFile(file+".part", []byte(text), 0o666)
	os.Rename(file+".part", file)
}

// pidIn waits for a file and returns the process id in it.
func pidIn(t *testing.T, file string) (pid int) {
	t.Helper()
	for range 3000 { // half a minute
		if text, err := os.ReadFile(file); err == nil && len(text) > 0 {
			if _, err := fmt.Sscan(string(text), &pid); err != nil {
				t.Fatal(err)
			}
			return pid
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("there is no ", file)
	return 0
}

// shortTemp is a temporary directory whose path leaves room for sockets, and
// is TMPDIR during the test.
func shortTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "hh")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Setenv("TMPDIR", dir)
	return dir
}

// waiting writes an executable that is this binary as a plugin, and waits in
// the named phase (describe or serve) for dir/go.
func waiting(t *testing.T, dir, phase string) string {
	t.Helper()
	file := filepath.Join(dir, "helmholtz-plugin-waiting")
	write(t, file, fmt.Sprintf(`#!/bin/sh
if [ "$1" = %s ]; then
	echo $$ > %s/started.part && mv %[2]s/started.part %[2]s/started
	while ! [ -e %[2]s/go ]; do sleep 0.05; done
fi
exec %s "$@"
`, phase, dir, os.Args[0]))
	return file
}

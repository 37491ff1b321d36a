package app

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A plugin that is written for its author builds, passes its tests and runs as it is: the free
// energy of the run file is that of the transfer matrix, -21.814568 J.
func TestNewPlugin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	helmholtz(t, dir, []int{exitDone}, "plugin", "new", "go", "my_ring", "--source", repository())
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"sh", "ci.sh"}, "my_ring conforms"},
		{[]string{"make"}, "21.81456"},
	} {
		cmd := exec.Command(step.args[0], step.args[1:]...)
		cmd.Dir = filepath.Join(dir, "my_ring")
		cmd.Env = append(outside(), "HELMHOLTZ="+built.helmholtz)
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), step.want) {
			t.Fatalf("%v: %v, want one that says %q\n%s", step.args, err, step.want, out)
		}
	}
}

package host

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// Until it ignores them itself, the signals that ask a job to stop do not reach
// a plugin: HUP 1, INT 2, USR1 10, USR2 12 and TERM 15 are blocked, which makes
// bits 0, 1, 9, 11 and 14.
func TestPluginsStartShielded(t *testing.T) {
	var status strings.Builder
	cmd := exec.Command("cat", "/proc/self/status")
	cmd.Stdout, cmd.SysProcAttr = &status, attributes()
	if err := onStarter(cmd.Start); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(status.String(), "SigBlk:\t")
	var blocked uint64
	if _, err := fmt.Sscanf(line, "%x", &blocked); err != nil {
		t.Fatal(err)
	}
	if stop := uint64(1 | 1<<1 | 1<<9 | 1<<11 | 1<<14); blocked&stop != stop {
		t.Errorf("blocked %#x", blocked)
	}
}

//go:build !linux

package host

import (
	"os/exec"
	"syscall"
)

// attributes: only Linux can tie a child's life to its parent's; elsewhere the
// plugin notices by itself that its host is gone.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

func shield() {}

func awaitExit(*exec.Cmd) bool { return false }

func over(*exec.Cmd) bool { return false }

func killGroup(cmd *exec.Cmd) { cmd.Process.Kill() }

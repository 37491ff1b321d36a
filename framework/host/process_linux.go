package host

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes of a plugin process: it is killed when its host ends however
// that happens, and leads a group of its own, so that a terminal's ^C reaches
// only the host and whatever the plugin started can be killed with it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// shield blocks the signals that ask a job to stop on this thread, and so in
// the plugins that it starts. Batch systems send them to every process of a
// job, also to one that has not come to ignoring them yet: an interpreter loads
// its libraries for seconds.
func shield() {
	var set unix.Sigset_t
	for _, s := range []unix.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGUSR1, unix.SIGUSR2, unix.SIGTERM} {
		set.Val[0] |= 1 << (s - 1)
	}
	_ = unix.PthreadSigmask(unix.SIG_BLOCK, &set, nil) // fails for a wrong argument only
}

// awaitExit waits for the process to end and leaves it unreaped, so that the
// number of its group still belongs to it. It tells whether it could.
func awaitExit(cmd *exec.Cmd) bool {
	for unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	return true
}

// over tells whether the process has ended; it leaves it unreaped.
func over(cmd *exec.Cmd) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, cmd.Process.Pid, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
	return err == nil && info.Signo != 0
}

// killGroup kills the process and its descendants. The caller knows that the
// process was not reaped yet.
func killGroup(cmd *exec.Cmd) { unix.Kill(-cmd.Process.Pid, unix.SIGKILL) }

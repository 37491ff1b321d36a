package host

import (
	"os"
	"os/exec"
	"path/filepath"
)

// pythonKey names the interpreter of plugins that are Python programs, FILE.py.
const pythonKey = "HELMHOLTZ_PYTHON"

// program is the command that starts an executable. One named FILE.py is started by the
// interpreter that the user names, so that a run meets the same environment wherever it is
// started; without that by its own first line, or by python3 where it is no executable.
func program(file string, args ...string) *exec.Cmd {
	python := os.Getenv(pythonKey)
	switch {
	case filepath.Ext(file) != ".py" || python == "" && executable(file):
		return exec.Command(file, args...)
	case python == "":
		python = "python3"
	}
	return exec.Command(python, append([]string{file}, args...)...)
}

package host

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// pythonKey names the interpreter of plugins that are Python programs, FILE.py, or packages.
const pythonKey = "HELMHOLTZ_PYTHON"

// interpreter is the Python that the user names, else that of the environment which the wheel
// with this binary was installed into, else python3. named tells that the user named it.
func (h *Host) interpreter() (python string, named bool) {
	if python = os.Getenv(pythonKey); python != "" {
		return python, true
	}
	if python = h.ownPython(); python != "" {
		return python, false
	}
	return "python3", false
}

// ownPython is the interpreter beside this binary where a wheel has put it there, "" elsewhere.
func (h *Host) ownPython() string {
	bin := filepath.Dir(h.opts.Self)
	packages, _ := filepath.Glob(filepath.Join(filepath.Dir(bin), "lib", "python3*", "site-packages", "helmholtz_physics-*.dist-info"))
	python := filepath.Join(bin, "python3")
	if len(packages) == 0 || !executable(python) {
		return ""
	}
	return python
}

// program is the command that starts a plugin. A file FILE.py is started by the interpreter that the
// user names, so that a run meets the same environment wherever it is started; without that by its
// own first line, if that names an interpreter and not just python3 wherever it is, or if there is no
// other and it is an executable.
func (h *Host) program(s source, args ...string) *exec.Cmd {
	python, named := h.interpreter()
	if s.entry != "" {
		return exec.Command(python, append(append([]string{"-m", "helmholtz"}, args...), s.entry)...)
	}
	byItself := executable(s.file) && (namesInterpreter(s.file) || python == "python3")
	if filepath.Ext(s.file) != ".py" || !named && byItself {
		return exec.Command(s.file, args...)
	}
	return exec.Command(python, append([]string{s.file}, args...)...)
}

// namesInterpreter tells whether the first line of a file has the path of an interpreter.
func namesInterpreter(file string) bool {
	line := firstLine(file)
	return strings.HasPrefix(line, "#!") && !strings.Contains(line, "/env ")
}

// firstLine is that of a file, or the beginning of a long one.
func firstLine(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	first := make([]byte, 256)
	n, _ := f.Read(first)
	line, _, _ := bytes.Cut(first[:n], []byte("\n"))
	return string(line)
}

// startHint says what to do about a program that the system did not start, "" of one that it did. The
// system's own words are misleading: of a script whose interpreter is missing it says that the script is.
func startHint(file string, err error) string {
	line := firstLine(file)
	words := strings.Fields(strings.TrimPrefix(line, "#!"))
	_, missing := os.Stat(file)
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(missing, syscall.ENOENT):
		return pythonKey + " names an interpreter of Python"
	case errors.Is(err, syscall.EACCES) && !executable(file):
		return "it may not be executed: chmod +x " + file
	case errors.Is(err, syscall.EACCES):
		return "is it on a file system that is mounted without the right to execute?"
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Sprintf("a script begins with a line like #!/usr/bin/env python3, and a program is built for this machine, %s/%s", runtime.GOOS, runtime.GOARCH)
	case !errors.Is(err, syscall.ENOENT):
		return ""
	case strings.HasSuffix(line, "\r"):
		return "its lines end as those of Windows do, so that the first one names no program: save it with the line ends of Unix"
	case strings.HasPrefix(line, "#!") && len(words) > 0:
		return fmt.Sprintf("its first line names %s, which is not there", words[0])
	}
	return "the loader or an interpreter that it names is not there"
}

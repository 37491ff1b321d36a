package host

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

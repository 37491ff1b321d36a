package host

import (
	"os"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// A plugin gets the variables that programs and libraries need to be found and
// to be set up, and no others: an environment also holds passwords and keys,
// and the place in a parallel job that a plugin linked to MPI must not take.
var (
	allowed = []string{"PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV",
		"GOMAXPROCS", "GOMEMLIMIT", "GOGC", "GODEBUG", "GOTRACEBACK"} // the Go runtime's, of plugins in Go
	allowedPrefixes = []string{"LC_", "XDG_", "CONDA_", "CUDA_", "NVIDIA_", "ROCR_", "XLA_", "JAX_", "TORCH_", "OPENMM_",
		"OMP_", "OPENBLAS_", "MKL_", "HELMHOLTZ_"}
)

// environment returns the variables for a plugin: those of the host that are
// allowed or that the user named, without a handshake that the host may itself
// have been started with, and one thread per matrix product unless the user
// says otherwise, because parts run their own workers.
func environment(host, named []string) []string {
	var env []string
	set := map[string]bool{}
	for _, entry := range host {
		name, _, _ := strings.Cut(entry, "=")
		if !passes(name, named) {
			continue
		}
		set[name] = true
		env = append(env, entry)
	}
	for _, name := range []string{"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"} {
		if !set[name] {
			env = append(env, name+"=1")
		}
	}
	return env
}

func passes(name string, named []string) bool {
	if name == wire.CookieKey || strings.HasPrefix(name, "PLUGIN_") { // the handshake's
		return false
	}
	return slices.Contains(allowed, name) || slices.Contains(named, name) ||
		slices.ContainsFunc(allowedPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// pluginEnvironment is the environment of this process for a plugin.
func (h *Host) pluginEnvironment() []string { return environment(os.Environ(), h.opts.Env) }

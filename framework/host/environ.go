package host

import (
	"os"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// rankPrefixes begin the variables by which a launcher tells a process its
// place in a parallel job. A plugin linked to MPI must not take the host's
// place.
var rankPrefixes = []string{"OMPI_", "PMI_", "PMIX_", "MPI_", "MPIEXEC_", "MPIR_", "HYDRA_", "HYDI_", "I_MPI_", "MV2_", "PRTE_", "SLURM_", "SRUN_"}

// kept are variables with such a prefix that only count processors.
var kept = []string{"SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "SLURM_JOB_CPUS_PER_NODE"}

// environment returns the variables for a plugin: the host's without its rank
// in a parallel job and without a handshake it may itself have been started
// with, and one thread per matrix product unless the user says otherwise,
// because parts run their own workers.
func environment(host []string) []string {
	var env []string
	set := map[string]bool{}
	for _, entry := range host {
		name, _, _ := strings.Cut(entry, "=")
		if dropped(name) {
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

func dropped(name string) bool {
	if name == wire.CookieKey || strings.HasPrefix(name, "PLUGIN_") {
		return true
	}
	return !slices.Contains(kept, name) &&
		slices.ContainsFunc(rankPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// pluginEnvironment is the environment of this process for a plugin.
func pluginEnvironment() []string { return environment(os.Environ()) }

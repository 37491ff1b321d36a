package ranks

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Launched is what a launcher of parallel jobs, as mpirun or srun, has told this
// process by variables of its environment.
type Launched struct {
	By   string // the launcher, in words
	Rank int
	Size int    // 0 where the launcher does not say
	Says string // the variable that says so, with its value: OMPI_COMM_WORLD_SIZE=4
	PMIx bool   // the library has to speak PMIx, as Open MPI does, not PMI, as MPICH does
}

// launchers are the variables of each kind of launcher. An mpirun inside of a Slurm
// job may itself be started by srun, once on each node: what is closest to the
// process stands first.
var launchers = []struct {
	by         string
	size, rank string
	pmix       bool
}{
	{"mpirun of Open MPI", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", true},
	{"mpirun of MVAPICH", "MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK", false},
	{"a launcher that speaks PMI", "PMI_SIZE", "PMI_RANK", false},
	{"Flux", "FLUX_JOB_SIZE", "FLUX_TASK_RANK", false},
	{"srun", "SLURM_STEP_NUM_TASKS", "SLURM_PROCID", false},
	{"a launcher that speaks PMIx", "", "PMIX_RANK", true},
}

// Launch reads what a launcher has said. It is nil where there was none. A batch
// script of Slurm has variables of its job, and none of a step: it is no rank.
func Launch(getenv func(string) string) (*Launched, error) {
	for _, l := range launchers {
		rank, err := number(getenv, l.rank)
		if err != nil {
			return nil, err
		}
		size, err := number(getenv, l.size)
		if err != nil {
			return nil, err
		}
		if rank < 0 || l.size != "" && size < 0 {
			continue
		}
		found := &Launched{By: l.by, Rank: rank, Size: max(size, 0), Says: l.rank + "=" + getenv(l.rank), PMIx: l.pmix || getenv("PMIX_RANK") != ""}
		if l.size != "" {
			found.Says = l.size + "=" + getenv(l.size)
		}
		return found, nil
	}
	return nil, nil
}

// number is the value of a variable, -1 where it is not set.
func number(getenv func(string) string, name string) (int, error) {
	value := ""
	if name != "" {
		value = getenv(name)
	}
	if value == "" {
		return -1, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return -1, &core.Error{Kind: core.Invalid, Op: "find the ranks of the job", Subject: name,
			Err: core.Errorf(core.Invalid, "", "", "a launcher sets it to a number, and it is %q", value), Hint: "unset it where no launcher was meant"}
	}
	return n, nil
}

// launcherPrefixes and launcherNames are the variables that give a process its place
// in a parallel job. A program that is started by a rank, and joined MPI by them, or
// counted its ranks, would take the place of the rank. What a batch system says of the job
// as a whole, as SLURM_JOB_ID, or of the share of each process, as SLURM_CPUS_PER_TASK, is not
// among them.
var (
	launcherPrefixes = []string{"OMPI_", "PMIX_", "PMI_", "PRTE_", "OPAL_", "ORTE_", "HYDI_", "HYDRA_", "MPI_LOCAL", "MPIR_", "MV2_", "MVP_",
		"I_MPI_", "PALS_", "ALPS_", "FLUX_", "JSM_", "SLURM_STEP", "SLURM_SRUN_", "SLURM_PMI"}
	launcherNames = []string{"GFORTRAN_UNBUFFERED_PRECONNECTED", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_NODEID", "SLURM_GTIDS", "SLURM_TASK_PID",
		"SLURM_NTASKS", "SLURM_NPROCS", "SLURM_TASKS_PER_NODE", "SLURM_MPI_TYPE", "SLURM_LAUNCH_NODE_IPADDR"}
)

// OfLauncher says whether a variable of the environment is a launcher's.
func OfLauncher(name string) bool {
	return slices.Contains(launcherNames, name) || slices.ContainsFunc(launcherPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// CleanEnvironment is an environment, of entries NAME=VALUE, without the variables
// of launchers. The argument stays as it is.
func CleanEnvironment(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return OfLauncher(name)
	})
}

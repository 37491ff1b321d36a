package ranks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// The variables are those that the launchers set: Open MPI 4.1 and 5.0, MPICH 4.0 and 5.0, Intel
// MPI 2021 (seen by env under their mpirun), Slurm's srun (its manual, and env under 22.05).
func TestLaunch(t *testing.T) {
	openMPI := "OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=2 PMIX_RANK=2"
	hydra := "PMI_FD=6 PMI_SIZE=8 PMI_RANK=7"
	batch := "SLURM_JOB_ID=5 SLURM_NTASKS=4 SLURM_NPROCS=4 SLURM_PROCID=0"
	step := "SLURM_JOB_ID=5 SLURM_NTASKS=4 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=3"
	for _, c := range []struct {
		environment string
		want        *ranks.Launched
	}{
		{"", nil},
		{"HOME=/root OMP_NUM_THREADS=4", nil},
		{batch, nil},
		{openMPI, &ranks.Launched{By: "mpirun of Open MPI", Rank: 2, Size: 4, Says: "OMPI_COMM_WORLD_SIZE=4", PMIx: true}},
		{hydra, &ranks.Launched{By: "a launcher that speaks PMI", Rank: 7, Size: 8, Says: "PMI_SIZE=8"}},
		{step, &ranks.Launched{By: "srun", Rank: 3, Size: 4, Says: "SLURM_STEP_NUM_TASKS=4"}},
		{step + " PMIX_RANK=3", &ranks.Launched{By: "srun", Rank: 3, Size: 4, Says: "SLURM_STEP_NUM_TASKS=4", PMIx: true}},
		{"PMIX_RANK=1", &ranks.Launched{By: "a launcher that speaks PMIx", Rank: 1, Says: "PMIX_RANK=1", PMIx: true}},
		// Slurm starts the helpers of mpirun, one on each of four nodes, and they the ranks.
		{step + " " + hydra, &ranks.Launched{By: "a launcher that speaks PMI", Rank: 7, Size: 8, Says: "PMI_SIZE=8"}},
	} {
		got, err := ranks.Launch(environment(c.environment))
		if err != nil || (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.environment, got, err, c.want)
		}
		// What a rank starts is no rank.
		clean := ranks.CleanEnvironment(append(strings.Fields(c.environment), "PATH=/bin"))
		if got, err := ranks.Launch(environment(strings.Join(clean, " "))); got != nil || err != nil || !slices.Contains(clean, "PATH=/bin") {
			t.Errorf("%s: %+v, %v in %v", c.environment, got, err, clean)
		}
	}
	for _, bad := range []string{"PMI_SIZE=many PMI_RANK=0", "PMI_SIZE=2 PMI_RANK=-1"} {
		_, err := ranks.Launch(environment(bad))
		if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "PMI_") || !strings.Contains(err.Error(), "a launcher sets it to a number, and it is") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// environment is os.Getenv of entries.
func environment(entries string) func(string) string {
	values := map[string]string{}
	for _, e := range strings.Fields(entries) {
		name, value, _ := strings.Cut(e, "=")
		values[name] = value
	}
	return func(name string) string { return values[name] }
}

func TestCleanEnvironment(t *testing.T) {
	given := []string{"PATH=/bin", "OMPI_MCA_ess=^singleton", "I_MPI_INFO_NP=2", "OMP_NUM_THREADS=1", "HYDI_CONTROL_FD=7", "MPI_LOCALRANKID=0", "LD_LIBRARY_PATH=/opt/mpi/lib", "SLURM_PROCID=1", "SLURM_STEP_ID=0", "SLURM_JOB_ID=5", "SLURM_CPUS_PER_TASK=2"}
	before := slices.Clone(given)
	want := []string{"PATH=/bin", "OMP_NUM_THREADS=1", "LD_LIBRARY_PATH=/opt/mpi/lib", "SLURM_JOB_ID=5", "SLURM_CPUS_PER_TASK=2"}
	if got := ranks.CleanEnvironment(given); !slices.Equal(got, want) || !slices.Equal(given, before) {
		t.Errorf("%v, want %v; the argument is %v", got, want, given)
	}
}

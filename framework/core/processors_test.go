package core

import (
	"maps"
	"testing"
)

// Each source alone, as the kernel, Slurm and the launchers of MPI write it, and the least of several,
// on a machine of 16 processors.
func TestProcessorLimit(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		env   map[string]string
		want  Processors
	}{
		"nothing":         {want: Processors{16, "processors of this machine"}},
		"given":           {env: map[string]string{"GOMAXPROCS": "3", "SLURM_CPUS_PER_TASK": "2"}, want: Processors{3, "GOMAXPROCS"}},
		"affinity":        {files: map[string]string{"proc/self/status": "Name:\thelmholtz\nCpus_allowed:\tff\nCpus_allowed_list:\t0-2,8,10-11\n"}, want: Processors{6, "affinity"}},
		"whole affinity":  {files: map[string]string{"proc/self/status": "Cpus_allowed_list:\t0-15\n"}, want: Processors{16, "processors of this machine"}},
		"group version 2": {files: map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "sys/fs/cgroup/a/cpu.max": "400000 100000\n"}, want: Processors{4, "control group, cpu.max"}},
		"part of one":     {files: map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"}, want: Processors{1, "control group, cpu.max"}},
		"one and a half":  {files: map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "150000 100000\n"}, want: Processors{2, "control group, cpu.max"}},
		"group version 1": {files: map[string]string{"proc/self/cgroup": "9:cpuset:/x\n5:cpu,cpuacct:/x\n", "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "300000\n",
			"sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"}, want: Processors{3, "control group, cpu.cfs_quota_us"}},
		"Slurm, of a task": {env: map[string]string{"SLURM_CPUS_PER_TASK": "4", "SLURM_CPUS_ON_NODE": "8"}, want: Processors{4, "SLURM_CPUS_PER_TASK"}},
		"Slurm, of a node": {env: map[string]string{"SLURM_CPUS_ON_NODE": "2"}, want: Processors{2, "SLURM_CPUS_ON_NODE"}},
		"Slurm, a step":    {env: map[string]string{"SLURM_CPUS_ON_NODE": "8", "SLURM_STEP_ID": "0", "SLURM_STEP_TASKS_PER_NODE": "4(x2)"}, want: Processors{2, "8 processors for 4 ranks here, SLURM_STEP_TASKS_PER_NODE"}},
		"Slurm, the script": {env: map[string]string{"SLURM_CPUS_ON_NODE": "8", "SLURM_NTASKS_PER_NODE": "4"}, // one process of the job has all
			want: Processors{8, "SLURM_CPUS_ON_NODE"}},
		"Open MPI": {env: map[string]string{"OMPI_COMM_WORLD_LOCAL_SIZE": "5"}, want: Processors{3, "16 processors for 5 ranks here, OMPI_COMM_WORLD_LOCAL_SIZE"}},
		"Open MPI, bound": {files: map[string]string{"proc/self/status": "Cpus_allowed_list:\t3\n"}, env: map[string]string{"OMPI_COMM_WORLD_LOCAL_SIZE": "2"},
			want: Processors{1, "affinity"}},
		"MPICH, in a cpuset": {files: map[string]string{"proc/self/cgroup": "0::/job\n", "sys/fs/cgroup/job/cpuset.cpus.effective": "4-11\n", "proc/self/status": "Cpus_allowed_list:\t4-11\n"},
			env: map[string]string{"MPI_LOCALNRANKS": "2"}, want: Processors{4, "8 processors for 2 ranks here, MPI_LOCALNRANKS"}},
		"more ranks than processors": {env: map[string]string{"MPI_LOCALNRANKS": "40"}, want: Processors{1, "16 processors for 40 ranks here, MPI_LOCALNRANKS"}},
		"one rank":                   {env: map[string]string{"MPI_LOCALNRANKS": "1"}, want: Processors{16, "processors of this machine"}},
		"nonsense":                   {env: map[string]string{"GOMAXPROCS": "many", "SLURM_CPUS_PER_TASK": "-1", "MPI_LOCALNRANKS": "x"}, want: Processors{16, "processors of this machine"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"sys/devices/system/cpu/online": "0-15\n"}
			maps.Copy(files, c.files)
			if got := processorLimit(rootWith(t, files), func(name string) string { return c.env[name] }); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

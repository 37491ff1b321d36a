//go:build cgo && unix

package mpi

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// cluster is a Slurm of this machine alone, which the first test that wants it starts and
// TestMain stops.
var cluster struct {
	once sync.Once
	dir  string
	skip string // why there is none
	err  error
}

const slurmScript = "../../../.ci/slurm"

// slurm is an srun that starts ranks by PMIx, which Debian's Open MPI speaks, or by PMI-2, which MPICH does.
func slurm(t *testing.T, pmi string) launcher {
	t.Helper()
	cluster.once.Do(startSlurm)
	if cluster.skip != "" {
		t.Skip(cluster.skip)
	}
	if cluster.err != nil {
		t.Fatal(cluster.err)
	}
	l := launcher{name: "srun-" + pmi, command: []string{"srun", "--quiet", "--overcommit", "--kill-on-bad-exit=1", "--mpi=" + pmi}, says: "MPICH Version:",
		env: []string{"SLURM_CONF=" + filepath.Join(cluster.dir, "slurm.conf")}}
	if l.open = pmi == "pmix"; l.open {
		l.says = "Open MPI v"
	}
	return l
}

func startSlurm() {
	for _, program := range []string{"slurmctld", "slurmd", "munged", "srun"} {
		if _, err := exec.LookPath(program); err != nil {
			cluster.skip = program + " is not here: .ci/setup-cluster installs it where there is apt"
			return
		}
	}
	if os.Getuid() != 0 {
		cluster.skip = "only root can start slurmd"
		return
	}
	parent, err := os.MkdirTemp("/tmp", "slurm") // sockets have short paths
	if err != nil {
		cluster.err = err
		return
	}
	cluster.dir = filepath.Join(parent, "one")
	// Daemons that go on must not hold the pipes of this process.
	log := filepath.Join(parent, "log")
	cmd := exec.Command(slurmScript, "start", cluster.dir)
	if cmd.Stdout, err = os.Create(log); err == nil {
		cmd.Stderr = cmd.Stdout
		err = cmd.Run()
	}
	if err != nil {
		said, _ := os.ReadFile(log)
		cluster.err = errors.Join(err, errors.New(strings.TrimSpace(string(said))))
	}
}

func stopSlurm() {
	if cluster.dir != "" {
		exec.Command(slurmScript, "stop", cluster.dir).Run()
		os.RemoveAll(filepath.Dir(cluster.dir))
	}
}

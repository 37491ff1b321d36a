package mpi

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// launched makes the environment that of a process that a launcher with PMI has started.
func launched(t *testing.T, size, rank string) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); ranks.OfLauncher(name) || name == Variable {
			t.Setenv(name, "")
		}
	}
	t.Setenv("PMI_SIZE", size)
	t.Setenv("PMI_RANK", rank)
}

// Without a launcher, with "off" and with one process nothing is loaded.
func TestJoinAlone(t *testing.T) {
	launched(t, "", "")
	if w, err := Join(); w != nil || err != nil {
		t.Errorf("without a launcher: %v, %v", w, err)
	}
	launched(t, "2", "1")
	t.Setenv(Variable, "off")
	if w, err := Join(); w != nil || err != nil {
		t.Errorf("off: %v, %v", w, err)
	}
	launched(t, "1", "0")
	w, err := Join()
	if err != nil || w.Size() != 1 || w.Rank() != 0 || w.Library() != "none: PMI_SIZE=1 of a launcher that speaks PMI is one process" {
		t.Errorf("one process: %+v, %v", w, err)
	}
	launched(t, "two", "0")
	if _, err := Join(); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "PMI_SIZE: a launcher sets it to a number") {
		t.Errorf("PMI_SIZE=two: %v", err)
	}
}

func TestCandidates(t *testing.T) {
	pmi, pmix := &ranks.Launched{}, &ranks.Launched{PMIx: true}
	for _, c := range []struct {
		l     *ranks.Launched
		named string
		want  []string
	}{
		{pmix, "", []string{"libmpi.so.40", "libmpi_abi.so.1", "libmpi_abi.so.0", "libmpi.so.12", "libmpich.so.12"}},
		{pmi, "", []string{"libmpi.so.12", "libmpich.so.12", "libmpi_abi.so.1", "libmpi_abi.so.0", "libmpi.so.40"}},
		{pmi, "/opt/mpi/libmpi.so", []string{"/opt/mpi/libmpi.so"}},
	} {
		if got := candidates(c.l, c.named); !slices.Equal(got, c.want) {
			t.Errorf("%+v, %q: %v, want %v", c.l, c.named, got, c.want)
		}
	}
}

// What MPI_Get_library_version says, of the versions named, and one line of it.
func TestLine(t *testing.T) {
	for version, want := range map[string]string{
		"Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022": "Open MPI v4.1.4",
		"MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022\n":             "MPICH Version: 4.0.2",
		"Intel(R) MPI Library 2021.19.0 for Linux* OS\n\n":                                       "Intel(R) MPI Library 2021.19.0 for Linux* OS",
		"": "",
	} {
		if got := line(version); got != want {
			t.Errorf("%q: %q, want %q", version, got, want)
		}
	}
}

// Worlds that are not those of the launcher, also where it says no size.
func TestBelongs(t *testing.T) {
	for _, c := range []struct {
		size, rank       int // the launcher's
		mpiRank, mpiSize int
		ok               bool
	}{
		{4, 3, 3, 4, true}, {4, 3, 0, 1, false}, {4, 0, 0, 1, false}, {4, 1, 1, 2, false},
		{0, 0, 0, 1, true}, {0, 2, 2, 3, true}, {0, 2, 0, 1, false},
	} {
		l := &ranks.Launched{By: "srun", Rank: c.rank, Size: c.size, Says: "SLURM_STEP_NUM_TASKS=4"}
		err := belongs(l, "MPICH Version: 4.0.2 (libmpich.so.12)", c.mpiRank, c.mpiSize)
		if (err == nil) != c.ok || err != nil && (core.KindOf(err) != core.Mismatch || !strings.Contains(err.Error(), "join the ranks of srun: SLURM_STEP_NUM_TASKS=4: MPICH Version: 4.0.2 (libmpich.so.12) says rank ")) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

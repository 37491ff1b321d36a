package mpi

import (
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// Variable names the library to load, as the loader of the system finds it or as a
// path; "off" joins nothing, and each process is a run of its own.
const Variable = "HELMHOLTZ_MPI"

const off = "off"

// The names by which libraries are known to the loader, which looks in
// LD_LIBRARY_PATH, as modules of clusters set it, and in the folders of the system.
var (
	openMPI  = []string{"libmpi.so.40"}                       // versions 2 to 5
	mpich    = []string{"libmpi.so.12", "libmpich.so.12"}     // MPICH from 3.1, Intel MPI, MVAPICH, Cray; the second of Debian
	standard = []string{"libmpi_abi.so.1", "libmpi_abi.so.0"} // MPI-5
)

// candidates are the libraries to try, in turn: first of the family that the
// launcher talks to.
func candidates(l *ranks.Launched, named string) []string {
	if named != "" {
		return []string{named}
	}
	families := [][]string{mpich, standard, openMPI}
	if l.PMIx {
		families = [][]string{openMPI, standard, mpich}
	}
	var all []string
	for _, names := range families {
		all = append(all, names...)
	}
	return all
}

// line is the first line of what a library says of its version, without what says
// how it was packed.
func line(version string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(version), "\n")
	first, _, _ = strings.Cut(first, ", package:")
	return strings.Join(strings.Fields(first), " ")
}

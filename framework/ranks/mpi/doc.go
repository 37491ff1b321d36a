// Package mpi joins the processes that mpirun or srun started into one
// ranks.Comm.
//
// The library of MPI is found and loaded when the program runs; none is needed to
// build it, and none is linked. So one binary runs under Open MPI, under the family
// of MPICH (Intel MPI, MVAPICH, Cray), under a library with the standard ABI of
// MPI-5, and where there is no MPI at all.
//
// All calls of MPI come from one thread of the operating system, whichever
// goroutine asks, one after the other.
package mpi

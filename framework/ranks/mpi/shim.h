#include <stddef.h>
#include <stdint.h>

/* Each returns 0 or an error code of MPI, hh_mpi_load a text or NULL. */
void hh_mpi_keep_signals(void);
void hh_mpi_restore_signals(void);
const char *hh_mpi_load(const char *name);
int hh_mpi_init(void);
uintptr_t hh_mpi_world(void);
int hh_mpi_abort(uintptr_t comm, int code);
int hh_mpi_allgatherv(uintptr_t comm, const void *mine, int n, void *all, const int *counts, const int *starts);
int hh_mpi_alltoallv(uintptr_t comm, const void *mine, const int *given, const int *from, void *all, const int *taken, const int *to);
int hh_mpi_barrier(uintptr_t comm);
int hh_mpi_bcast(uintptr_t comm, void *v, int n, int root);
int hh_mpi_comm_rank(uintptr_t comm, int *rank);
int hh_mpi_comm_size(uintptr_t comm, int *size);
int hh_mpi_comm_set_errhandler(uintptr_t comm);
int hh_mpi_comm_split(uintptr_t comm, int group, int key, uintptr_t *part);
int hh_mpi_finalize(void);
/* text has room for HH_MPI_TEXT characters: more than any library says it needs (8192). */
enum { HH_MPI_TEXT = 16384 };
int hh_mpi_library_version(char *text);
int hh_mpi_error_string(int code, char *text);

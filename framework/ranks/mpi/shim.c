#include "shim.h"
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>

/* The functions of the library that was loaded, and its handles. */
static struct {
	int pointers; /* handles are pointers, as those of Open MPI and of MPI-5, else ints */
	uintptr_t world, byte, errors_return;
	void *init_thread, *finalize, *abort, *allgatherv, *alltoallv, *barrier, *bcast, *comm_rank, *comm_size, *comm_set_errhandler, *comm_split, *get_library_version, *error_string;
} mpi;

#define HANDLE int
#define NAME(call) integer_##call
#include "calls.h"
#undef HANDLE
#undef NAME
#define HANDLE void *
#define NAME(call) pointer_##call
#include "calls.h"

#define CALL(call, ...) (mpi.pointers ? pointer_##call(__VA_ARGS__) : integer_##call(__VA_ARGS__))

int hh_mpi_abort(uintptr_t comm, int code) { return CALL(abort, comm, code); }
int hh_mpi_allgatherv(uintptr_t comm, const void *mine, int n, void *all, const int *counts, const int *starts) {
	return CALL(allgatherv, comm, mine, n, all, counts, starts);
}
int hh_mpi_alltoallv(uintptr_t comm, const void *mine, const int *given, const int *from, void *all, const int *taken, const int *to) {
	return CALL(alltoallv, comm, mine, given, from, all, taken, to);
}
int hh_mpi_barrier(uintptr_t comm) { return CALL(barrier, comm); }
int hh_mpi_bcast(uintptr_t comm, void *v, int n, int root) { return CALL(bcast, comm, v, n, root); }
int hh_mpi_comm_rank(uintptr_t comm, int *rank) { return CALL(comm_rank, comm, rank); }
int hh_mpi_comm_size(uintptr_t comm, int *size) { return CALL(comm_size, comm, size); }
int hh_mpi_comm_set_errhandler(uintptr_t comm) { return CALL(comm_set_errhandler, comm); }
int hh_mpi_comm_split(uintptr_t comm, int group, int key, uintptr_t *part) { return CALL(comm_split, comm, group, key, part); }
int hh_mpi_finalize(void) { return ((int (*)(void))mpi.finalize)(); }
int hh_mpi_library_version(char *text) {
	int n = 0;
	return ((int (*)(char *, int *))mpi.get_library_version)(text, &n);
}
int hh_mpi_error_string(int code, char *text) {
	int n = 0;
	return ((int (*)(int, char *, int *))mpi.error_string)(code, text, &n);
}
uintptr_t hh_mpi_world(void) { return mpi.world; }

/* Go's runtime turns SIGSEGV into the panic of a nil pointer, and passes signals on, by handlers that
 * run on a stack of their own. UCX, below Open MPI, puts its handlers in their place when it is loaded,
 * and MPICH one for SIGUSR1 in MPI_Init, without SA_ONSTACK. */
enum { FIRST = 1, LAST = 31 };
static struct sigaction kept[LAST + 1];

void hh_mpi_keep_signals(void) {
	for (int i = FIRST; i <= LAST; i++) sigaction(i, NULL, &kept[i]);
}

void hh_mpi_restore_signals(void) {
	for (int i = FIRST; i <= LAST; i++) sigaction(i, &kept[i], NULL);
}

/* handles finds out which of the three families the library is of. */
static void handles(void *lib) {
	int (*abi_version)(int *, int *) = (int (*)(int *, int *))dlsym(lib, "MPI_Abi_get_version");
	int major = -1, minor = -1;
	void *world = dlsym(lib, "ompi_mpi_comm_world");
	if (world) { /* Open MPI: addresses of its objects */
		mpi.pointers = 1;
		mpi.world = (uintptr_t)world;
		mpi.byte = (uintptr_t)dlsym(lib, "ompi_mpi_byte");
		mpi.errors_return = (uintptr_t)dlsym(lib, "ompi_mpi_errors_return");
	} else if (abi_version && abi_version(&major, &minor) == 0 && major >= 1) { /* MPI-5, appendix A.1.1; -1 where the library has functions of MPI-5 and not its ABI */
		mpi.pointers = 1;
		mpi.world = 0x101;
		mpi.byte = 0x247;
		mpi.errors_return = 0x143;
	} else { /* the ABI of MPICH, www.mpich.org/abi: numbers of its mpi.h */
		mpi.pointers = 0;
		mpi.world = 0x44000000;
		mpi.byte = 0x4c00010d;
		mpi.errors_return = 0x54000001;
	}
}

const char *hh_mpi_load(const char *name) {
	/* Global: parts that Open MPI loads later look for its symbols. */
	void *lib = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
	if (!lib) return dlerror();
#define FIND(field, symbol) \
	if (!(mpi.field = dlsym(lib, symbol))) return "it has no " symbol
	FIND(init_thread, "MPI_Init_thread");
	FIND(finalize, "MPI_Finalize");
	FIND(abort, "MPI_Abort");
	FIND(allgatherv, "MPI_Allgatherv");
	FIND(alltoallv, "MPI_Alltoallv");
	FIND(barrier, "MPI_Barrier");
	FIND(bcast, "MPI_Bcast");
	FIND(comm_rank, "MPI_Comm_rank");
	FIND(comm_size, "MPI_Comm_size");
	FIND(comm_set_errhandler, "MPI_Comm_set_errhandler");
	FIND(comm_split, "MPI_Comm_split");
	FIND(get_library_version, "MPI_Get_library_version");
	FIND(error_string, "MPI_Error_string");
	handles(lib);
	if (!mpi.world || !mpi.byte || !mpi.errors_return) return "its handles are of no known kind";
	return NULL;
}

int hh_mpi_init(void) {
	enum { FUNNELED = 1 }; /* one thread calls MPI, in a program of many; the same number in all families */
	int provided = 0;
	return ((int (*)(int *, char ***, int, int *))mpi.init_thread)(NULL, NULL, FUNNELED, &provided);
}

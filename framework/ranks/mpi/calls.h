/* The calls of MPI for one kind of handle, HANDLE: an int of MPICH, a pointer of Open MPI and of
 * MPI-5. Included once for each; NAME tells the two apart. Outside, handles are uintptr_t. */

static int NAME(abort)(uintptr_t comm, int code) {
	return ((int (*)(HANDLE, int))mpi.abort)((HANDLE)comm, code);
}

static int NAME(allgatherv)(uintptr_t comm, const void *mine, int n, void *all, const int *counts, const int *starts) {
	return ((int (*)(const void *, int, HANDLE, void *, const int *, const int *, HANDLE, HANDLE))mpi.allgatherv)(
		mine, n, (HANDLE)mpi.byte, all, counts, starts, (HANDLE)mpi.byte, (HANDLE)comm);
}

static int NAME(alltoallv)(uintptr_t comm, const void *mine, const int *given, const int *from, void *all, const int *taken, const int *to) {
	return ((int (*)(const void *, const int *, const int *, HANDLE, void *, const int *, const int *, HANDLE, HANDLE))mpi.alltoallv)(
		mine, given, from, (HANDLE)mpi.byte, all, taken, to, (HANDLE)mpi.byte, (HANDLE)comm);
}

static int NAME(barrier)(uintptr_t comm) {
	return ((int (*)(HANDLE))mpi.barrier)((HANDLE)comm);
}

static int NAME(bcast)(uintptr_t comm, void *v, int n, int root) {
	return ((int (*)(void *, int, HANDLE, int, HANDLE))mpi.bcast)(v, n, (HANDLE)mpi.byte, root, (HANDLE)comm);
}

static int NAME(comm_rank)(uintptr_t comm, int *rank) {
	return ((int (*)(HANDLE, int *))mpi.comm_rank)((HANDLE)comm, rank);
}

static int NAME(comm_size)(uintptr_t comm, int *size) {
	return ((int (*)(HANDLE, int *))mpi.comm_size)((HANDLE)comm, size);
}

static int NAME(comm_set_errhandler)(uintptr_t comm) {
	return ((int (*)(HANDLE, HANDLE))mpi.comm_set_errhandler)((HANDLE)comm, (HANDLE)mpi.errors_return);
}

static int NAME(comm_split)(uintptr_t comm, int group, int key, uintptr_t *part) {
	HANDLE made = 0;
	int code = ((int (*)(HANDLE, int, int, HANDLE *))mpi.comm_split)((HANDLE)comm, group, key, &made);
	*part = (uintptr_t)made;
	return code;
}

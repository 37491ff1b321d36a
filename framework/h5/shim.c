//go:build cgo

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include "shim.h"

char h5shim_message[1000];

static void say(const char *format, ...) {
	if (h5shim_message[0]) return; // the first failure is the cause
	va_list args;
	va_start(args, format);
	vsnprintf(h5shim_message, sizeof h5shim_message, format, args);
	va_end(args);
}

// The innermost entry of HDF5's error stack is the cause, the one around it
// what was attempted.
static herr_t note_entry(unsigned depth, const H5E_error2_t *entry, void *unused) {
	(void)unused;
	size_t used = strlen(h5shim_message);
	if (depth < 2 && entry->desc && *entry->desc)
		snprintf(h5shim_message + used, sizeof h5shim_message - used, "%s%s", used ? "; " : "", entry->desc);
	return 0;
}

// Keeps the library's explanation of a result below zero.
long h5shim_check(long result) {
	if (result < 0 && !h5shim_message[0]) {
		H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, note_entry, NULL);
		say("HDF5 failed without saying why");
	}
	return result;
}

static void drop(hid_t id) {
	if (id >= 0) h5shim_check(H5Idec_ref(id));
}

// A file in memory, which never reaches a disk by itself.
hid_t h5shim_create(const char *name) {
	hid_t file = -1, access = h5shim_check(H5Pcreate(H5P_FILE_ACCESS));
	if (access >= 0 && h5shim_check(H5Pset_fapl_core(access, 1 << 20, 0)) >= 0)
		file = h5shim_check(H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, access));
	drop(access);
	return file;
}

// Opens a file for reading and without the library's own lock, which fails
// where the file system has none. Versions that cannot do without take it.
hid_t h5shim_open(const char *path) {
	hid_t file = -1, access = h5shim_check(H5Pcreate(H5P_FILE_ACCESS));
	if (access < 0) return -1;
#if H5_VERSION_GE(1, 12, 1) || (H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 12, 0))
	h5shim_check(H5Pset_file_locking(access, 0, 1));
#endif
	file = h5shim_check(H5Fopen(path, H5F_ACC_RDONLY, access));
	drop(access);
	return file;
}

// Copies the file's bytes into a buffer; without one, returns how many.
ssize_t h5shim_image(hid_t file, void *buffer, size_t size) {
	if (h5shim_check(H5Fflush(file, H5F_SCOPE_LOCAL)) < 0) return -1;
	return h5shim_check(H5Fget_file_image(file, buffer, size));
}

// Element types, in the order of the Go constants.
static hid_t memory_type(int element) {
	switch (element) {
	case 0: return H5T_NATIVE_DOUBLE;
	case 1: return H5T_NATIVE_INT64;
	case 2: return H5T_NATIVE_INT8;
	}
	return H5T_NATIVE_UINT8;
}

static hid_t file_type(int element) {
	switch (element) {
	case 0: return H5T_IEEE_F64LE;
	case 1: return H5T_STD_I64LE;
	case 2: return H5T_STD_I8LE;
	}
	return H5T_STD_U8LE;
}

// Fails unless every value of the stored type survives in the element type
// (integers beyond 2^53 read as float64 are rounded, not mangled).
static int fits(hid_t stored, int element) {
	static const char *classes[] = {"integers", "floats", "times", "strings", "bit fields", "opaque bytes",
		"compounds", "references", "enumerations", "variable-length lists", "arrays"};
	static const char *names[] = {"float64", "int64", "int8", "uint8"};
	H5T_class_t class = H5Tget_class(stored);
	size_t size = H5Tget_size(stored);
	int ok = 0;
	if (class == H5T_FLOAT) {
		ok = element == 0 && size <= 8;
	} else if (class == H5T_INTEGER) {
		int is_signed = H5Tget_sign(stored) == H5T_SGN_2;
		switch (element) {
		case 0: ok = size <= 8; break;
		case 1: ok = size < 8 || (is_signed && size == 8); break;
		case 2: ok = is_signed && size == 1; break;
		case 3: ok = !is_signed && size == 1; break;
		}
	}
	if (!ok) say("holds %s of %zu bytes, which cannot be read as %s",
		class >= 0 && class < 11 ? classes[class] : "an unknown type", size, names[element]);
	return ok;
}

// The type of a UTF-8 string of any length. A fixed length would do as well,
// but h5py gives bytes for it instead of str.
static hid_t text_type(void) {
	hid_t t = h5shim_check(H5Tcopy(H5T_C_S1));
	if (t < 0) return t;
	h5shim_check(H5Tset_size(t, H5T_VARIABLE));
	h5shim_check(H5Tset_cset(t, H5T_CSET_UTF8));
	return t;
}

static void write_dataset(hid_t file, const char *path, hid_t stored, hid_t memory, const void *data, hid_t space) {
	hid_t made = h5shim_check(H5Pcreate(H5P_DATASET_CREATE)), set = -1;
	// Without the time, a file is a function of what is in it, and so is its digest.
	if (made >= 0 && h5shim_check(H5Pset_obj_track_times(made, 0)) >= 0)
		set = h5shim_check(H5Dcreate2(file, path, stored, space, H5P_DEFAULT, made, H5P_DEFAULT));
	if (set >= 0) h5shim_check(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
	drop(set);
	drop(made);
}

void h5shim_write_numbers(hid_t file, const char *path, int element, const void *data, int rank, const hsize_t *dims) {
	hid_t space = h5shim_check(rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, dims, NULL));
	if (space >= 0) write_dataset(file, path, file_type(element), memory_type(element), data, space);
	drop(space);
}

void h5shim_write_text(hid_t file, const char *path, const char *text) {
	hid_t type = text_type(), space = h5shim_check(H5Screate(H5S_SCALAR));
	if (type >= 0 && space >= 0) write_dataset(file, path, type, type, &text, space);
	drop(space);
	drop(type);
}

// Writes at most 32 lengths into dims and returns how many there are.
int h5shim_read_shape(hid_t file, const char *path, hsize_t *dims) {
	int rank = -1;
	hid_t set = h5shim_check(H5Dopen2(file, path, H5P_DEFAULT));
	hid_t space = set < 0 ? -1 : h5shim_check(H5Dget_space(set));
	if (space >= 0) {
		if (H5Sget_simple_extent_type(space) == H5S_NULL) say("is empty: it has no values and no shape");
		rank = h5shim_check(H5Sget_simple_extent_ndims(space));
		if (rank > 32) say("has %d dimensions", rank);
		else if (rank >= 0) h5shim_check(H5Sget_simple_extent_dims(space, dims, NULL));
	}
	drop(space);
	drop(set);
	return rank;
}

// The relative spacing of stored floats, 2^-n for n bits after the leading one;
// 0 for anything else.
double h5shim_epsilon(hid_t file, const char *path) {
	double epsilon = 0;
	hid_t set = h5shim_check(H5Dopen2(file, path, H5P_DEFAULT));
	hid_t type = set < 0 ? -1 : h5shim_check(H5Dget_type(set));
	if (type >= 0 && H5Tget_class(type) == H5T_FLOAT) {
		size_t sign, exponent, exponents, mantissa, bits;
		if (h5shim_check(H5Tget_fields(type, &sign, &exponent, &exponents, &mantissa, &bits)) >= 0)
			for (epsilon = 1; bits > 0; bits--) epsilon /= 2;
	}
	drop(type);
	drop(set);
	return epsilon;
}

// Fails with the name of a filter that this library lacks: its own account is a
// number.
static int has_filters(hid_t set) {
	int ok = 1;
	hid_t list = h5shim_check(H5Dget_create_plist(set));
	int n = list < 0 ? 0 : H5Pget_nfilters(list);
	for (int i = 0; ok && i < n; i++) {
		char name[64] = "";
		unsigned flags, config;
		size_t values = 0;
		H5Z_filter_t filter = H5Pget_filter2(list, i, &flags, &values, NULL, sizeof name, name, &config);
		if (filter < 0 || H5Zfilter_avail(filter) > 0) continue;
		name[sizeof name - 1] = 0;
		say("is compressed with the filter %s (%d), which this build does not have", *name ? name : "without a name", (int)filter);
		ok = 0;
	}
	drop(list);
	return ok;
}

void h5shim_read_numbers(hid_t file, const char *path, int element, void *data) {
	hid_t set = h5shim_check(H5Dopen2(file, path, H5P_DEFAULT));
	hid_t type = set < 0 ? -1 : h5shim_check(H5Dget_type(set));
	if (type >= 0 && fits(type, element) && has_filters(set))
		h5shim_check(H5Dread(set, memory_type(element), H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
	drop(type);
	drop(set);
}

// Returns a string that the caller frees, from a dataset or an attribute.
static char *read_string(hid_t object, int is_attribute) {
	char *text = NULL;
	hid_t type = h5shim_check(is_attribute ? H5Aget_type(object) : H5Dget_type(object));
	hid_t space = h5shim_check(is_attribute ? H5Aget_space(object) : H5Dget_space(object));
	if (type < 0 || space < 0) goto out;
	if (H5Tget_class(type) != H5T_STRING) { say("is not a string"); goto out; }
	long long n = H5Sget_simple_extent_npoints(space);
	if (n != 1) { say("holds %lld strings instead of one", n); goto out; }
	int variable = H5Tis_variable_str(type) > 0;
	size_t size = variable ? sizeof(char *) : H5Tget_size(type);
	char *raw = size < (1u << 30) ? calloc(1, size + 1) : NULL;
	if (!raw) { say("is a string of %zu bytes", size); goto out; }
	if (h5shim_check(is_attribute ? H5Aread(object, type, raw) : H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw)) < 0) {
		free(raw);
	} else if (variable) {
		char *stored = *(char **)raw;
		text = strdup(stored ? stored : "");
		h5shim_check(H5Dvlen_reclaim(type, space, H5P_DEFAULT, raw));
		free(raw);
	} else {
		if (H5Tget_strpad(type) == H5T_STR_SPACEPAD)
			while (size > 0 && raw[size - 1] == ' ') raw[--size] = 0;
		text = raw;
	}
out:
	drop(space);
	drop(type);
	return text;
}

char *h5shim_read_text(hid_t file, const char *path) {
	hid_t set = h5shim_check(H5Dopen2(file, path, H5P_DEFAULT));
	char *text = set < 0 ? NULL : read_string(set, 0);
	drop(set);
	return text;
}

char *h5shim_read_text_attr(hid_t file, const char *path, const char *name) {
	hid_t attr = h5shim_check(H5Aopen_by_name(file, path, name, H5P_DEFAULT, H5P_DEFAULT));
	char *text = attr < 0 ? NULL : read_string(attr, 1);
	drop(attr);
	return text;
}

void h5shim_read_attr(hid_t file, const char *path, const char *name, int element, void *value) {
	hid_t attr = h5shim_check(H5Aopen_by_name(file, path, name, H5P_DEFAULT, H5P_DEFAULT));
	hid_t type = attr < 0 ? -1 : h5shim_check(H5Aget_type(attr));
	hid_t space = attr < 0 ? -1 : h5shim_check(H5Aget_space(attr));
	if (type >= 0 && space >= 0 && fits(type, element)) {
		long long n = H5Sget_simple_extent_npoints(space);
		if (n != 1) say("holds %lld values instead of one", n);
		else h5shim_check(H5Aread(attr, memory_type(element), value));
	}
	drop(space);
	drop(type);
	drop(attr);
}

static void write_attr(hid_t file, const char *path, const char *name, hid_t stored, hid_t memory, const void *value) {
	hid_t space = h5shim_check(H5Screate(H5S_SCALAR));
	hid_t attr = space < 0 ? -1 : h5shim_check(H5Acreate_by_name(file, path, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
	if (attr >= 0) h5shim_check(H5Awrite(attr, memory, value));
	drop(attr);
	drop(space);
}

void h5shim_write_number_attr(hid_t file, const char *path, const char *name, int element, const void *value) {
	write_attr(file, path, name, file_type(element), memory_type(element), value);
}

void h5shim_write_text_attr(hid_t file, const char *path, const char *name, const char *text) {
	hid_t type = text_type();
	if (type >= 0) write_attr(file, path, name, type, type, &text);
	drop(type);
}

int h5shim_has_attr(hid_t file, const char *path, const char *name) {
	return h5shim_check(H5Aexists_by_name(file, path, name, H5P_DEFAULT)) > 0;
}

int h5shim_object_type(hid_t file, const char *path) {
	hid_t object = h5shim_check(H5Oopen(file, path, H5P_DEFAULT));
	int type = object < 0 ? H5I_BADID : H5Iget_type(object);
	drop(object);
	return type;
}

void h5shim_make_scale(hid_t file, const char *path, const char *name) {
	hid_t set = h5shim_check(H5Dopen2(file, path, H5P_DEFAULT));
	if (set >= 0) h5shim_check(H5DSset_scale(set, name));
	drop(set);
}

void h5shim_attach_scale(hid_t file, const char *path, const char *scale_path, unsigned axis) {
	hid_t set = h5shim_check(H5Dopen2(file, path, H5P_DEFAULT));
	hid_t scale = set < 0 ? -1 : h5shim_check(H5Dopen2(file, scale_path, H5P_DEFAULT));
	if (scale >= 0) h5shim_check(H5DSattach_scale(set, scale, axis));
	drop(scale);
	drop(set);
}

int h5shim_open_objects(hid_t file) {
	return h5shim_check(H5Fget_obj_count(file, H5F_OBJ_DATASET | H5F_OBJ_GROUP | H5F_OBJ_DATATYPE | H5F_OBJ_ATTR | H5F_OBJ_LOCAL));
}

int h5shim_close_file(hid_t file) { return h5shim_check(H5Fclose(file)); }

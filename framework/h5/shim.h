// What the binding lacks or does unsafely. The caller holds a lock around every
// call, empties h5shim_message before, and reads it after: a message means
// that something failed, and says what. Elements are numbered as in Go.
#include <hdf5.h>

extern char h5shim_message[1000];

long h5shim_check(long result);
hid_t h5shim_create(const char *name);
hid_t h5shim_open(const char *path);
ssize_t h5shim_image(hid_t file, void *buffer, size_t size);
void h5shim_write_numbers(hid_t file, const char *path, int element, const void *data, int rank, const hsize_t *dims);
void h5shim_write_text(hid_t file, const char *path, const char *text);
int h5shim_read_shape(hid_t file, const char *path, hsize_t *dims);
double h5shim_epsilon(hid_t file, const char *path);
void h5shim_read_numbers(hid_t file, const char *path, int element, void *data);
char *h5shim_read_text(hid_t file, const char *path);
char *h5shim_read_text_attr(hid_t file, const char *path, const char *name);
void h5shim_read_attr(hid_t file, const char *path, const char *name, int element, void *value);
void h5shim_write_number_attr(hid_t file, const char *path, const char *name, int element, const void *value);
void h5shim_write_text_attr(hid_t file, const char *path, const char *name, const char *text);
int h5shim_has_attr(hid_t file, const char *path, const char *name);
int h5shim_object_type(hid_t file, const char *path);
void h5shim_make_scale(hid_t file, const char *path, const char *name);
void h5shim_attach_scale(hid_t file, const char *path, const char *scale_path, unsigned axis);
int h5shim_open_objects(hid_t file);
int h5shim_close_file(hid_t file);

/*
 * What Debian's static archives ask for and nothing of helmholtz ever calls.
 *
 * HDF5 is built there with its driver for files in S3, which is linked into every program and wants libcurl and
 * libcrypto, with some twenty libraries behind them. The driver is started by H5Pset_fapl_ros3, and no file is opened
 * that way. Each function says that it failed, so that the driver would refuse.
 */
int curl_global_init(long flags) { (void)flags; return 2; /* CURLE_FAILED_INIT */ }
void curl_global_cleanup(void) {}
void *curl_easy_init(void) { return 0; }
void curl_easy_cleanup(void *curl) { (void)curl; }
int curl_easy_setopt(void *curl, int option, ...) { (void)curl; (void)option; return 2; }
int curl_easy_perform(void *curl) { (void)curl; return 2; }
void *curl_slist_append(void *list, const char *text) { (void)list; (void)text; return 0; }
void curl_slist_free_all(void *list) { (void)list; }
const void *EVP_sha256(void) { return 0; }
unsigned char *HMAC(const void *md, const void *key, int bytes, const unsigned char *d, unsigned long n, unsigned char *out, unsigned *size) {
	(void)md; (void)key; (void)bytes; (void)d; (void)n; (void)out; (void)size;
	return 0;
}
unsigned char *SHA256(const unsigned char *d, unsigned long n, unsigned char *out) { (void)d; (void)n; (void)out; return 0; }

/*
 * libgfortran prints where an error of the program happened by walking the stack. The walker of gcc 12 calls
 * _dl_find_object of glibc 2.35, newer than all else that is needed. Only the list of callers is lost.
 */
int _Unwind_Backtrace(void *each, void *argument) { (void)each; (void)argument; return 5; /* _URC_END_OF_STACK */ }
unsigned long _Unwind_GetIPInfo(void *context, int *before) { (void)context; *before = 0; return 0; }

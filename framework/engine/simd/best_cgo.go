//go:build cgo && !purego

package simd

/*
static int best(void) {
#if defined(__x86_64__) && __GNUC__ >= 12 && !defined(__clang__)
	if (__builtin_cpu_supports("x86-64-v4")) return 2;
	if (__builtin_cpu_supports("x86-64-v3")) return 1;
#endif
	return 0;
}
*/
import "C"

// best is the most that this processor and this build have.
func best() Level { return Level(C.best()) }

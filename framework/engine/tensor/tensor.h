// All kernels of this package in one instance.

#define IN_USE hh_tensor_level
#if SINGLE || LEVEL > 0
extern int IN_USE;
#else
int IN_USE;
void hh_tensor_use(long level) { IN_USE = level; }
#endif

#include "instance.h"

#if INSTANCE
#include "functions.h"

#include "elementwise.h"
#include "muladd.h"
#include "sparse.h"
#if !SINGLE
#include "erfc.h"
#endif
#endif

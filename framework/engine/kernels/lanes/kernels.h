// All kernels of this package in one instance.

#define SINGLE 0
#define IN_USE hh_lanes_level
#if LEVEL > 0
extern int IN_USE;
#else
int IN_USE;
void hh_lanes_use(long level) { IN_USE = level; }
#endif

#include "../../tensor/instance.h"

#if INSTANCE
#pragma GCC optimize("tree-vectorize", "vect-cost-model=dynamic") // as fast as O3, and compiled in half the time
#include "../../tensor/functions.h"
#include "../../tensor/lane.h"

#include "part.h"
#include "determinant.h"
#pragma GCC optimize("peel-loops")
#include "slater.h"
#endif

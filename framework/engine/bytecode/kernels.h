// All kernels of this package in one instance.

#define SINGLE 0
#define IN_USE hh_bytecode_level
#if LEVEL > 0
extern int IN_USE;
#else
int IN_USE;
void hh_bytecode_use(long level) { IN_USE = level; }
#endif

#include "../tensor/instance.h"

#if INSTANCE
#include <math.h>
#pragma GCC optimize("tree-vectorize", "vect-cost-model=dynamic", "no-math-errno")
#include "../tensor/functions.h"
#include "../tensor/lane.h"

#include "functions.h"
#include "steps.h"
#include "eval.h"
#endif

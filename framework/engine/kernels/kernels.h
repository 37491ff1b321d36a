// All kernels of this package in one instance.

#define IN_USE hh_kernels_level
#if SINGLE || LEVEL > 0
extern int IN_USE;
#else
int IN_USE;
void hh_kernels_use(long level) { IN_USE = level; }
#endif

#include "../tensor/instance.h"

#if INSTANCE
#include "../tensor/functions.h"
#include "../tensor/lane.h"

#include "activation.h"

#include "combine.h"
LONG_CHAINS
#include "couple.h"
#include "smooth.h"
#include "radial.h"
END_LONG_CHAINS
#include "hartley.h"
#include "layernorm.h"
#include "mlp.h"
#include "ridge.h"
#if !SINGLE
#include "lift.h"
#include "quartic.h"
#endif
#include "attention.h" // the last: its functions are compiled with other options
#endif

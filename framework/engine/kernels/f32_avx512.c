//go:build cgo && !purego

#define SINGLE 1
#define LEVEL 2
#include "kernels.h"

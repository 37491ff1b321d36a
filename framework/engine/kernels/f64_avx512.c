//go:build cgo && !purego

#define SINGLE 0
#define LEVEL 2
#include "kernels.h"

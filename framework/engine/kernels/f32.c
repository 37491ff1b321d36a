//go:build cgo && !purego

#define SINGLE 1
#define LEVEL 0
#include "kernels.h"

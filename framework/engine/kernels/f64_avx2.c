//go:build cgo && !purego

#define SINGLE 0
#define LEVEL 1
#include "kernels.h"

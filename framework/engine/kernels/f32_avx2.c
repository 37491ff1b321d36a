//go:build cgo && !purego

#define SINGLE 1
#define LEVEL 1
#include "kernels.h"

//go:build cgo && !purego

#define LEVEL 1
#include "kernels.h"

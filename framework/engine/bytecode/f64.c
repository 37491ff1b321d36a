//go:build cgo && !purego

#define LEVEL 0
#include "kernels.h"

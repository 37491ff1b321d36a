//go:build cgo && !purego

#define LEVEL 2
#include "kernels.h"

//go:build cgo && !purego

#define SINGLE 1
#define LEVEL 0
#include "tensor.h"

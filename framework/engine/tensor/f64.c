//go:build cgo && !purego

#define SINGLE 0
#define LEVEL 0
#include "tensor.h"

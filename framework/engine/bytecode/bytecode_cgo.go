//go:build cgo && !purego

package bytecode

/*
#cgo CFLAGS: -O2 -std=gnu11 -Wno-psabi
#cgo LDFLAGS: -lm
#cgo noescape hh_bytecode_eval_f64
#cgo nocallback hh_bytecode_eval_f64
#include <stdint.h>
// Declared here and not in a header: the go command does not notice when a header changes.
void hh_bytecode_use(long level);
void hh_bytecode_eval_f64(double *e, double *slope, const double *x, double *scratch, long n, long entries, long per, double offset, const double *constants, long registers,
	const int64_t *sections, long count, const int32_t *code, const int32_t *tables, const double *attributes);
*/
import "C"

import (
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
)

func init() { simd.Follow(func(l simd.Level) { C.hh_bytecode_use(C.long(l)) }) }

func ptr(x []float64) *C.double { return (*C.double)(unsafe.SliceData(x)) }

func ints(x []int32) *C.int32_t { return (*C.int32_t)(unsafe.Pointer(unsafe.SliceData(x))) }

func (p *Program) eval(c *code, e, slope, x, scratch []float64) {
	C.hh_bytecode_eval_f64(ptr(e), ptr(slope), ptr(x), ptr(scratch), C.long(len(e)), C.long(p.entries), C.long(p.per), C.double(p.offset), ptr(p.constants), C.long(p.registers),
		(*C.int64_t)(unsafe.Pointer(unsafe.SliceData(c.sections))), C.long(len(c.sections)/5), ints(c.words), ints(p.tables), ptr(p.attributes))
}

//go:build cgo && !purego

package equivariant

/*
#cgo CFLAGS: -O2 -std=gnu11 -Wno-psabi
#cgo noescape hh_equivariant_forward_f64
#cgo nocallback hh_equivariant_forward_f64
#cgo noescape hh_equivariant_along_f64
#cgo nocallback hh_equivariant_along_f64
#cgo noescape hh_equivariant_laplacian_f64
#cgo nocallback hh_equivariant_laplacian_f64
#cgo noescape hh_equivariant_pull_f64
#cgo nocallback hh_equivariant_pull_f64
typedef struct {
	long n, w, g, first;
	double kappa[3], l;
} shape;
// Declared here and not in a header: the go command does not notice when a
// header changes.
void hh_equivariant_use(long level);
long hh_equivariant_memory(long d, long series, const shape *p);
long hh_equivariant_pull_memory(long d, const shape *p);
void hh_equivariant_forward_f64(long d, const shape *p, const double *theta, const double *cosine, const double *sine, double *shift, double *jac, double *memory);
void hh_equivariant_along_f64(long d, const shape *p, const double *theta, const double *cosine, const double *sine, const double *v, double *shift, double *jac, double *memory);
void hh_equivariant_laplacian_f64(long d, const shape *p, const double *theta, double *lap, double *memory, double *more);
void hh_equivariant_pull_f64(long d, const shape *p, const double *theta, const double *zbar, const double *jbar, double *grad, double *xbar, double *memory, double *more);
*/
import "C"

import (
	"math"
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
)

func init() { simd.Follow(func(l simd.Level) { C.hh_equivariant_use(C.long(l)) }) }

// kernel is the map in C.
type kernel struct {
	shape  C.shape
	memory []float64 // of forward
	series []float64 // of along
	more   []float64 // of pull and laplacian
	shift  []float64 // of along
}

func (w *Work) open() {
	k := &w.kernel
	k.shape = C.shape{n: C.long(w.Particles), w: C.long(w.Width), g: C.long(w.PairWidth), first: C.long(w.First), l: C.double(w.Length())}
	for a, edge := range w.Box {
		k.shape.kappa[a] = C.double(2 * math.Pi / edge)
	}
	k.memory = make([]float64, C.hh_equivariant_memory(C.long(w.Dim), 0, &k.shape))
}

func (w *Work) forward(z, jac []float64) {
	C.hh_equivariant_forward_f64(C.long(w.Dim), &w.shape, ptr(w.theta), ptr(w.cosine), ptr(w.sine), ptr(z), ptr(jac), ptr(w.memory))
}

func (w *Work) along(jac, v []float64) {
	if w.series == nil {
		w.series = make([]float64, C.hh_equivariant_memory(C.long(w.Dim), 1, &w.shape))
		w.shift = make([]float64, 3*len(w.x))
	}
	C.hh_equivariant_along_f64(C.long(w.Dim), &w.shape, ptr(w.theta), ptr(w.cosine), ptr(w.sine), ptr(v), ptr(w.shift), ptr(jac), ptr(w.series))
}

func (w *Work) laplacian(lap []float64) {
	w.reserve()
	C.hh_equivariant_laplacian_f64(C.long(w.Dim), &w.shape, ptr(w.theta), ptr(lap), ptr(w.memory), ptr(w.more))
}

func (w *Work) pull(grad, xbar, zbar, jbar []float64) {
	w.reserve()
	C.hh_equivariant_pull_f64(C.long(w.Dim), &w.shape, ptr(w.theta), ptr(zbar), (*C.double)(unsafe.SliceData(jbar)), ptr(grad), ptr(xbar), ptr(w.memory), ptr(w.more))
}

func (w *Work) reserve() {
	if w.more == nil {
		w.more = make([]float64, C.hh_equivariant_pull_memory(C.long(w.Dim), &w.shape))
	}
}

func ptr(x []float64) *C.double { return (*C.double)(&x[0]) }

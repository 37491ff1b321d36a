//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_attention_forward_f64
#cgo noescape hh_attention_forward_f32
#cgo nocallback hh_attention_forward_f64
#cgo nocallback hh_attention_forward_f32
#cgo noescape hh_attention_backward_f64
#cgo noescape hh_attention_backward_f32
#cgo nocallback hh_attention_backward_f64
#cgo nocallback hh_attention_backward_f32
void hh_attention_forward_f64(long tokens, long heads, long key, long n, long in, long out, double scale, double *o, double *a, const double *qkv, long t, double *scratch);
void hh_attention_forward_f32(long tokens, long heads, long key, long n, long in, long out, double scale, float *o, float *a, const float *qkv, long t, float *scratch);
void hh_attention_backward_f64(long tokens, long heads, long key, long n, long in, long out, double scale, double *dqkv, const double *dout, const double *a, const double *qkv, double *scratch);
void hh_attention_backward_f32(long tokens, long heads, long key, long n, long in, long out, double scale, float *dqkv, const float *dout, const float *a, const float *qkv, float *scratch);
*/
import "C"

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

func attentionForward[T tensor.Real](s Attention, o, a, qkv []T, t int, scratch []T) {
	if single[T]() {
		C.hh_attention_forward_f32(C.long(s.Tokens), C.long(s.Heads), C.long(s.Key), C.long(s.N), C.long(s.In), C.long(s.Out), C.double(s.scale()), f32(o), f32(a), f32(qkv), C.long(t), f32(scratch))
	} else {
		C.hh_attention_forward_f64(C.long(s.Tokens), C.long(s.Heads), C.long(s.Key), C.long(s.N), C.long(s.In), C.long(s.Out), C.double(s.scale()), f64(o), f64(a), f64(qkv), C.long(t), f64(scratch))
	}
}

func attentionBackward[T tensor.Real](s Attention, dqkv, do, a, qkv, scratch []T) {
	if single[T]() {
		C.hh_attention_backward_f32(C.long(s.Tokens), C.long(s.Heads), C.long(s.Key), C.long(s.N), C.long(s.In), C.long(s.Out), C.double(s.scale()), f32(dqkv), f32(do), f32(a), f32(qkv), f32(scratch))
	} else {
		C.hh_attention_backward_f64(C.long(s.Tokens), C.long(s.Heads), C.long(s.Key), C.long(s.N), C.long(s.In), C.long(s.Out), C.double(s.scale()), f64(dqkv), f64(do), f64(a), f64(qkv), f64(scratch))
	}
}

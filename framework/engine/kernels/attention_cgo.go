//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_attention_forward
#cgo nocallback hh_attention_forward
#cgo noescape hh_attention_backward
#cgo nocallback hh_attention_backward
void hh_attention_forward(long tokens, long heads, long key, long n, long in, long out, double scale, double *o, double *a, const double *qkv, long t, double *scratch);
void hh_attention_backward(long tokens, long heads, long key, long n, long in, long out, double scale, double *dqkv, const double *dout, const double *a, const double *qkv, double *scratch);
*/
import "C"

func attentionForward(s Attention, o, a, qkv []float64, t int, scratch []float64) {
	C.hh_attention_forward(C.long(s.Tokens), C.long(s.Heads), C.long(s.Key), C.long(s.N), C.long(s.In), C.long(s.Out), C.double(s.scale()), ptr(o), ptr(a), ptr(qkv), C.long(t), ptr(scratch))
}

func attentionBackward(s Attention, dqkv, do, a, qkv, scratch []float64) {
	C.hh_attention_backward(C.long(s.Tokens), C.long(s.Heads), C.long(s.Key), C.long(s.N), C.long(s.In), C.long(s.Out), C.double(s.scale()), ptr(dqkv), ptr(do), ptr(a), ptr(qkv), ptr(scratch))
}

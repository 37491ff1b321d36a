package nn

import (
	"fmt"
	"math"
)

// Attention is causal, with several heads (Vaswani et al., arXiv:1706.03762): for a
// token t and a head with the queries q, keys k and values v of its own, c components
// each,
//
//	a_tu = exp(q_t.k_u/sqrt(c)) / sum_(w <= t) exp(q_t.k_w/sqrt(c)),   u <= t,
//	o_t  = sum_(u <= t) a_tu v_u.
//
// The keys and values of the tokens before stay, so that a further token costs one
// row of a.
type Attention struct {
	tokens, heads, key, n int

	qkv, o *Tokens   // the rows of qkv are all q, then all k, then all v
	a      []float64 // head x token x token x sample
	abar   []float64 // adjoints of one row of a, and scratch
	scale  float64   // 1/sqrt(c)
}

// NewAttention binds heads with so many components to their input, whose rows are all
// q, then all k, then all v, and to their output.
func NewAttention(heads, key int, o, qkv *Tokens) *Attention {
	if qkv.Rows != 3*heads*key || o.Rows != heads*key || qkv.N != o.N {
		panic(fmt.Sprintf("nn: Attention of %d heads of %d from %d rows to %d", heads, key, qkv.Rows, o.Rows))
	}
	n := o.N
	tokens := len(o.Val) / ((o.Rows + 1) * n)
	return &Attention{
		tokens: tokens, heads: heads, key: key, n: n, qkv: qkv, o: o,
		a: make([]float64, heads*tokens*tokens*n), abar: make([]float64, (tokens+2)*n),
		scale: 1 / math.Sqrt(float64(key)),
	}
}

const (
	queries = iota
	keys
	values
)

// row is component c of a head's queries, keys or values at token t.
func (l *Attention) row(of []float64, part, head, c, t int) []float64 {
	return l.qkv.at(of, t)[((part*l.heads+head)*l.key+c)*l.n:][:l.n]
}

func (l *Attention) out(of []float64, head, c, t int) []float64 {
	return l.o.at(of, t)[(head*l.key+c)*l.n:][:l.n]
}

// weight is a_tu of all samples.
func (l *Attention) weight(head, t, u int) []float64 {
	return l.a[((head*l.tokens+t)*l.tokens+u)*l.n:][:l.n]
}

func (l *Attention) weightBar(u int) []float64 { return l.abar[u*l.n:][:l.n] }

// Forward computes o at token t from q, k and v at the tokens up to t.
func (l *Attention) Forward(t int) {
	for h := range l.heads {
		for u := range t + 1 {
			w := l.weight(h, t, u)
			clear(w)
			for c := range l.key {
				addProduct(w, l.row(l.qkv.Val, queries, h, c, t), l.row(l.qkv.Val, keys, h, c, u))
			}
		}
		l.normalise(h, t)
		for c := range l.key {
			o := l.out(l.o.Val, h, c, t)
			clear(o)
			for u := range t + 1 {
				addProduct(o, l.weight(h, t, u), l.row(l.qkv.Val, values, h, c, u))
			}
		}
	}
}

// normalise turns the products q_t.k_u of row t into weights.
func (l *Attention) normalise(h, t int) {
	most, sum := l.weightBar(l.tokens), l.weightBar(l.tokens+1)
	copy(most, l.weight(h, t, 0))
	for u := range t {
		for s, v := range l.weight(h, t, u+1) {
			most[s] = max(most[s], v)
		}
	}
	clear(sum)
	for u := range t + 1 {
		w := l.weight(h, t, u)
		for s, v := range w {
			w[s] = math.Exp(l.scale * (v - most[s]))
			sum[s] += w[s]
		}
	}
	for u := range t + 1 {
		w := l.weight(h, t, u)
		for s, v := range sum {
			w[s] /= v
		}
	}
}

// Backward computes the adjoints of q, k and v at all tokens from those of o.
func (l *Attention) Backward() {
	clear(l.qkv.Adj)
	for h := range l.heads {
		for t := range l.tokens {
			l.backWeights(h, t)
			for u := range t + 1 {
				abar := l.weightBar(u)
				for c := range l.key {
					addProduct(l.row(l.qkv.Adj, queries, h, c, t), abar, l.row(l.qkv.Val, keys, h, c, u))
					addProduct(l.row(l.qkv.Adj, keys, h, c, u), abar, l.row(l.qkv.Val, queries, h, c, t))
					addProduct(l.row(l.qkv.Adj, values, h, c, u), l.weight(h, t, u), l.out(l.o.Adj, h, c, t))
				}
			}
		}
	}
}

// backWeights turns abar_tu = obar_t.v_u into the adjoints of the products q_t.k_u,
//
//	a_tu (abar_tu - sum_w a_tw abar_tw)/sqrt(c).
func (l *Attention) backWeights(h, t int) {
	mean := l.weightBar(l.tokens)
	clear(mean)
	for u := range t + 1 {
		abar := l.weightBar(u)
		clear(abar)
		for c := range l.key {
			addProduct(abar, l.out(l.o.Adj, h, c, t), l.row(l.qkv.Val, values, h, c, u))
		}
		addProduct(mean, abar, l.weight(h, t, u))
	}
	for u := range t + 1 {
		abar := l.weightBar(u)
		for s, w := range l.weight(h, t, u) {
			abar[s] = l.scale * w * (abar[s] - mean[s])
		}
	}
}

// addProduct adds a_s b_s to dst_s.
func addProduct(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for s := range dst {
		dst[s] += a[s] * b[s]
	}
}

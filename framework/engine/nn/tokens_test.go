package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
)

// fill draws the values of all tokens, without the row of ones.
func (f *Tokens[T]) fill(r *rand.Rand) *Tokens[T] {
	for t := range len(f.Val) / ((f.Rows + 1) * f.N) {
		for i := range f.At(f.Val, t) {
			f.At(f.Val, t)[i] = T(r.NormFloat64())
		}
	}
	return f
}

// slope compares the derivative of f in v, by a central difference whose error is
// h^2 times a third derivative of order 1, with what was computed.
func slope(t *testing.T, what string, f func() float64, v *float64, got float64) {
	t.Helper()
	const h = 1e-5
	at := *v
	*v = at + h
	up := f()
	*v = at - h
	down := f()
	*v = at
	if want := (up - down) / (2 * h); math.Abs(got-want) > 1e-8*(1+math.Abs(want)) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Values by the formula, derivatives by central differences, and the gradient of all
// samples as the sum of their scores.
func TestLinear(t *testing.T) {
	const tokens, in, out, n = 3, 4, 2, 5
	r := rand.New(rand.NewPCG(1, 2))
	l := NewLinear[float64]("l", in, out)
	params := grad.NewParams(grad.NewParam[float64]("before", 3), l.W)
	for i := range l.W.Val {
		l.W.Val[i] = r.NormFloat64()
	}
	x, y := NewTokens[float64](tokens, in, n).fill(r), NewTokens[float64](tokens, out, n)
	weights := NewTokens[float64](tokens, out, n).fill(r)
	loss := func() (sum float64) {
		for k := range tokens {
			l.Set(y, x, k)
			for i, v := range y.At(y.Val, k) {
				sum += weights.At(weights.Val, k)[i] * v
			}
		}
		return sum
	}
	loss()
	for k := range tokens {
		for i := range out * n {
			want := l.W.Val[i/n*(in+1)+in]
			for j := range in {
				want += l.W.Val[i/n*(in+1)+j] * x.At(x.Val, k)[j*n+i%n]
			}
			if got := y.At(y.Val, k)[i]; math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
				t.Errorf("token %d: y = %v, want %v", k, got, want)
			}
		}
	}
	once := y.At(y.Val, 1)[3]
	if l.Add(y, x, 1); math.Abs(y.At(y.Val, 1)[3]-2*once) > 1e-14 {
		t.Errorf("added: %v, want twice %v", y.At(y.Val, 1)[3], once)
	}
	copy(y.Adj, weights.Val)
	for k := range tokens {
		l.Backward(y, x, k)
		for i := range x.At(x.Val, k) {
			slope(t, "x", loss, &x.At(x.Val, k)[i], x.At(x.Adj, k)[i])
		}
	}
	scores := l.Scores(y, x)
	scores.Turn(make([]float64, scores.Scratch()))
	all, sum, one := make([]float64, params.Size()), make([]float64, params.Size()), make([]float64, params.Size())
	scores.Sum(all, 0, n)
	for s := range n {
		scores.Sum(one, s, s+1)
		for i, v := range one {
			sum[i] += v
		}
	}
	for i := range l.W.Val {
		slope(t, "W", loss, &l.W.Val[i], l.W.In(all)[i])
		if got, want := l.W.In(sum)[i], l.W.In(all)[i]; math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
			t.Errorf("scores add up to %v, want %v", got, want)
		}
	}
}

// Values by the formula, for each sample by itself, and derivatives by central
// differences.
func TestAttention(t *testing.T) {
	const tokens, heads, key, n = 4, 2, 3, 5
	r := rand.New(rand.NewPCG(3, 4))
	qkv, o := NewTokens[float64](tokens, 3*heads*key, n).fill(r), NewTokens[float64](tokens, heads*key, n)
	weights := NewTokens[float64](tokens, heads*key, n).fill(r)
	l := NewAttention(heads, key, o, qkv)
	loss := func() (sum float64) {
		for k := range tokens {
			l.Forward(k)
			for i, v := range o.At(o.Val, k) {
				sum += weights.At(weights.Val, k)[i] * v
			}
		}
		return sum
	}
	loss()
	at := func(part, h, c, k, s int) float64 { return qkv.At(qkv.Val, k)[((part*heads+h)*key+c)*n+s] }
	for h := range heads {
		for k := range tokens {
			for s := range n {
				var a [tokens]float64
				sum := 0.0
				for u := range k + 1 {
					for c := range key {
						a[u] += at(0, h, c, k, s) * at(1, h, c, u, s) / math.Sqrt(key)
					}
					a[u] = math.Exp(a[u])
					sum += a[u]
				}
				for c := range key {
					want := 0.0
					for u := range k + 1 {
						want += a[u] / sum * at(2, h, c, u, s)
					}
					if got := o.At(o.Val, k)[(h*key+c)*n+s]; math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
						t.Errorf("token %d of sample %d: o = %v, want %v", k, s, got, want)
					}
				}
			}
		}
	}
	copy(o.Adj, weights.Val)
	l.Backward()
	for k := range tokens {
		for i := range qkv.At(qkv.Val, k) {
			slope(t, "qkv", loss, &qkv.At(qkv.Val, k)[i], qkv.At(qkv.Adj, k)[i])
		}
	}
}

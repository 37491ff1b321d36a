package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// fill adds the vectors (x, x^2) of all values.
func fill(x []float64, chains int) *Blocks {
	b := NewBlocks(2)
	for _, v := range x {
		row := b.Row(chains)
		row[0] += v
		row[1] += v * v
	}
	return b
}

func variance(dst, mean []float64) { dst[0] = mean[1] - mean[0]*mean[0] }

// The blocks are those that the documentation promises, and the jackknife is
// the plain one, evaluated from the values that each block leaves.
func TestJackknifeLeavesOutBlocks(t *testing.T) {
	for _, c := range []struct {
		name      string
		n, chains int
		block     func(i int) int
		draws     int
	}{
		{"few draws", 40, 0, func(i int) int { return i }, 1},
		{"many draws", 1000, 0, func(i int) int { return i / 16 }, 16},
		{"few chains", 3 * 500, 3, func(i int) int { return i / 3 / 8 }, 8},
		{"many chains", 100 * 9, 100, func(i int) int { return i % 100 % 32 }, 0},
	} {
		x := normals(7, c.n, 1, 2)
		b := fill(x, c.chains)
		value, stderr := b.Jackknife(1, variance)
		blocks := c.block(0)
		for i := range x {
			blocks = max(blocks, c.block(i)+1)
		}
		plain := func(skip int) (f float64, kept int) {
			var left []float64
			for i, v := range x {
				if c.block(i) != skip {
					left = append(left, v)
				}
			}
			_, m2, _, _ := powers(left)
			return m2 / float64(len(left)), len(left)
		}
		n, g := float64(c.n), float64(blocks)
		f, _ := plain(-1)
		want, wantSquare := g*f, 0.0
		for k := range blocks {
			fk, kept := plain(k)
			want -= float64(kept) / n * fk
		}
		for k := range blocks {
			fk, kept := plain(k)
			h := n / (n - float64(kept))
			wantSquare += math.Pow(h*f-(h-1)*fk-want, 2) / (h - 1) / g
		}
		if math.Abs(value[0]-want) > 1e-10 || math.Abs(stderr[0]-math.Sqrt(wantSquare)) > 1e-10 || stderr[0] < 0.1 {
			t.Errorf("%s: %v +- %v, want %v +- %v", c.name, value, stderr, want, math.Sqrt(wantSquare))
		}
		if b.N() != int64(c.n) || b.Draws() != c.draws {
			t.Errorf("%s: %d configurations, blocks of %d draws", c.name, b.N(), b.Draws())
		}
	}
}

// The variance of autoregressive chains is 1. Over many replicas, the jackknife
// is off by its standard error: 4 sqrt(2/R) are allowed, and 0.1 for Student's t
// of 32 blocks, 31/29 - 1 = 0.07.
func TestJackknifeIsHonest(t *testing.T) {
	const replicas = 1000
	for _, c := range []struct {
		m, draws int
		a        float64
	}{{300, 5, 0.9}, {100, 20, 0.5}, {2, 2000, 0.5}, {0, 400, 0}} {
		r := rand.New(rand.NewPCG(1, 3))
		square := 0.0
		for range replicas {
			value, stderr := fill(autoregressive(r, max(1, c.m), c.draws, c.a), c.m).Jackknife(1, variance)
			square += (value[0] - 1) * (value[0] - 1) / (stderr[0] * stderr[0]) / replicas
		}
		if math.Abs(square-1) > 4*math.Sqrt(2.0/replicas)+0.1 {
			t.Errorf("%+v: mean squared pull %v", c, square)
		}
	}
}

// The plain variance of n values is too small by 1/n of it.
func TestBlocksTakeTheBiasAway(t *testing.T) {
	const replicas, n = 4000, 40
	var plain, corrected Moments
	for k := range replicas {
		x := normals(uint64(100+k), n, 0, 1)
		_, m2, _, _ := powers(x)
		plain.Add([]float64{m2 / n})
		value, _ := fill(x, 0).Jackknife(1, variance)
		corrected.Add(value)
	}
	if off := plain.Mean() - 1 + 1.0/n; math.Abs(off) > 4*plain.Stderr() || 1.0/n < 6*plain.Stderr() {
		t.Errorf("the plain estimate is off by %v +- %v: nothing is tested", plain.Mean()-1, plain.Stderr())
	}
	if off := corrected.Mean() - 1; math.Abs(off) > 4*corrected.Stderr() {
		t.Errorf("the jackknife is off by %v +- %v", off, corrected.Stderr())
	}
}

func TestJackknifeOfFewBlocks(t *testing.T) {
	value, stderr := NewBlocks(2).Jackknife(1, variance)
	if !math.IsNaN(value[0]) || !math.IsNaN(stderr[0]) {
		t.Errorf("nothing: %v +- %v", value, stderr)
	}
	value, stderr = fill([]float64{2}, 0).Jackknife(2, func(dst, mean []float64) { copy(dst, mean) })
	if !slices.Equal(value, []float64{2, 4}) || !math.IsNaN(stderr[0]) || !math.IsNaN(stderr[1]) {
		t.Errorf("one: %v +- %v", value, stderr)
	}
}

// Stretches, whatever their lengths, give the blocks that single draws give, to the bit where sums
// are exact.
func TestStretches(t *testing.T) {
	x := make([]float64, 1000)
	for i := range x {
		x[i] = float64(i)
	}
	want, got := fill(x, 0), NewBlocks(2)
	for from := 0; from < len(x); {
		sum, n := got.Stretch(min(1+from%7, len(x)-from))
		if n < 1 {
			t.Fatalf("a stretch of %d draws", n)
		}
		for _, v := range x[from : from+n] {
			sum[0] += v
			sum[1] += v * v
		}
		from += n
	}
	if got.N() != want.N() || got.Draws() != want.Draws() || !slices.Equal(got.counts, want.counts) {
		t.Fatalf("%d draws in blocks of %d with %v, want %d in blocks of %d with %v", got.N(), got.Draws(), got.counts, want.N(), want.Draws(), want.counts)
	}
	for k := range want.sums {
		if !slices.Equal(got.sums[k], want.sums[k]) {
			t.Errorf("block %d has %v, want %v", k, got.sums[k], want.sums[k])
		}
	}
}

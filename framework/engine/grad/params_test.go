package grad

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// blocks are a whole Param of three pieces, a masked one, and an empty one.
func blocks() *Params[float64] {
	return NewParams(
		NewParam[float64]("whole", 5, 1<<13),
		NewMaskedParam[float64]("masked", 12, []Run{{9, 3}, {4, 0}, {0, 2}, {3, 2}}),
		NewMaskedParam[float64]("empty", 3, nil),
		NewParam[float64]("last", 2),
	)
}

// Theta comes back, whatever the storage and the number of threads.
func TestParamsAreTheBlocksInOrder(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 3} {
		runtime.GOMAXPROCS(procs)
		p := blocks()
		if want := 5<<13 + 7 + 2; p.Size() != want {
			t.Fatalf("size %d, want %d", p.Size(), want)
		}
		theta, got := make([]float64, p.Size()), make([]float64, p.Size())
		for i := range theta {
			theta[i] = float64(i + 1)
		}
		p.Load(theta)
		for _, b := range p.Blocks() {
			copy(b.Grad, b.Val)
		}
		if p.Unload(got); !slices.Equal(got, theta) {
			t.Errorf("%d threads: theta did not come back", procs)
		}
		if masked := p.Blocks()[1]; masked.Val[9] != 5<<13+1 || masked.In(theta)[0] != masked.Val[9] || masked.Val[5] != 0 {
			t.Errorf("%d threads: masked block %v", procs, masked.Val)
		}
	}
}

// four are the segments of four shares of one row each.
func four() []par.Segment {
	var l par.Layout
	par.CutBy(par.Rows{N: 4, Total: 4, Shares: 4}, 1).Lay(&l)
	return l.Segments
}

// Shares are added in a tree: (1 + 1e16) + (-1e16 + 3) is 4, and in order it is 3.
// Those of a segment are added in order.
func TestParamsAddSharesInATree(t *testing.T) {
	p := blocks()
	var shares [][]*Param[float64]
	for _, v := range []float64{1, 1e16, -1e16, 3} {
		var share []*Param[float64]
		for _, b := range p.Blocks() {
			twin := b.Share()
			for i := range twin.Grad {
				twin.Grad[i] = v
			}
			share = append(share, twin)
		}
		shares = append(shares, share)
	}
	got := make([]float64, p.Size())
	want := func(v float64) {
		t.Helper()
		p.Sum()
		if p.Unload(got); slices.Min(got) != v || slices.Max(got) != v {
			t.Errorf("sums from %v to %v, want %v", slices.Min(got), slices.Max(got), v)
		}
	}
	const tree, order = 4, 3 // numbers beyond 2^53 are even
	all := four()
	p.Add(all, shares...)
	want(tree)
	p.Add(all[:3], shares[:3]...)
	p.Add(all[3:], shares[3:]...)
	want(tree)
	p.Add([]par.Segment{{Opens: true}}, shares...)
	want(order)
	p.Sum()
	want(0)
	p.Clear(shares...)
	for _, s := range append(shares, p.Blocks()) {
		for _, b := range s {
			if slices.ContainsFunc(b.Grad, func(v float64) bool { return v != 0 }) {
				t.Errorf("the gradient of %s is not clear", b.Name)
			}
		}
	}
}

// In float32 parameters are rounded, a share has its gradient in float32, and shares are added
// in float64: 2^24 + 1 is no float32.
func TestParamsInFloat32(t *testing.T) {
	p := NewParams(NewParam[float32]("whole", 3), NewMaskedParam[float32]("masked", 4, []Run{{2, 1}, {0, 1}}))
	theta := []float64{1, 1 + 0x1p-30, 0x1p24 + 1, 5, 6}
	p.Load(theta)
	whole, masked := p.Blocks()[0], p.Blocks()[1]
	if !slices.Equal(whole.Val, []float32{1, 1, 0x1p24}) || !slices.Equal(masked.Val, []float32{6, 0, 5, 0}) {
		t.Errorf("values %v and %v", whole.Val, masked.Val)
	}
	var shares [][]*Param[float32]
	for _, v := range []float32{0x1p24, 1, 2, 4} {
		share := []*Param[float32]{whole.Share(), masked.Share()}
		for _, b := range share {
			for i := range b.Grad {
				b.Grad[i] = v
			}
		}
		shares = append(shares, share)
	}
	got := make([]float64, p.Size())
	p.Add(four(), shares...)
	p.Sum()
	if p.Unload(got); slices.Min(got) != 0x1p24+7 || slices.Max(got) != 0x1p24+7 {
		t.Errorf("sums %v, want 2^24 + 7", got)
	}
	p.Add([]par.Segment{{Opens: true}}, shares...) // one share, in float32
	p.Sum()
	if p.Unload(got); slices.Min(got) != 0x1p24+6 || slices.Max(got) != 0x1p24+6 {
		t.Errorf("sums in a share %v, want 2^24 + 6", got)
	}
	p.Clear(shares...)
	for _, b := range slices.Concat(shares...) {
		if slices.Max(b.Grad) != 0 {
			t.Error("a share is not clear")
		}
	}
	if slices.Max(whole.Sum) != 0 {
		t.Error("a sum is not clear")
	}
}

// A block without a rule starts at zero, the others from the streams they ask for.
func TestParamsStart(t *testing.T) {
	a, b, c := NewParam[float64]("a", 2), NewParam[float64]("b", 1), NewParam[float64]("c", 1)
	draw := func(v []float64, r *rand.Rand) {
		for i := range v {
			v[i] = r.Float64()
		}
	}
	a.Start, c.Start = draw, draw
	stream := func(k int) *rand.Rand { return rand.New(rand.NewPCG(1, uint64(k))) }
	theta := []float64{7, 7, 7, 7}
	NewParams(a, b, c).Start(theta, stream)
	first, third := stream(0), stream(2)
	if want := []float64{first.Float64(), first.Float64(), 0, third.Float64()}; !slices.Equal(theta, want) {
		t.Errorf("started at %v, want %v", theta, want)
	}
}

func TestParamsFlat(t *testing.T) {
	a, b := NewParam[float64]("a", 2, 2), NewParam[float64]("b", 3)
	a.Val[1] = 5
	p := NewParams(a, b)
	flat := p.Flat()
	if flat[1] != 5 {
		t.Errorf("values %v, want those from before", flat)
	}
	p.Load([]float64{1, 2, 3, 4, 5, 6, 7})
	if want := []float64{1, 2, 3, 4, 5, 6, 7}; !slices.Equal(flat, want) || &b.Val[0] != &flat[4] {
		t.Errorf("values %v, want %v", flat, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a masked block was joined")
		}
	}()
	blocks().Flat()
}

func TestSumRows(t *testing.T) {
	const n = 700 // three tasks
	rows, want := make([]float64, 4*n), make([]float64, n)
	for i := range rows {
		rows[i] = 1 / float64(1+i)
	}
	for i := range want {
		want[i] = (rows[i] + rows[n+i]) + (rows[2*n+i] + rows[3*n+i])
	}
	p, got := NewParams(NewParam[float64]("p", n)), slices.Repeat([]float64{1}, n)
	if p.SumRows(got, rows, four()); !slices.Equal(got, want) {
		t.Error("not the sum in the tree")
	}
	if p.SumRows(got, nil, nil); slices.Max(got) != 0 {
		t.Error("the sum of no rows is not zero")
	}
}

func TestParamsDoNotAllocate(t *testing.T) {
	p := blocks()
	shares := [][]*Param[float64]{blocks().Blocks(), blocks().Blocks(), blocks().Blocks(), blocks().Blocks()}
	theta, rows, all := make([]float64, p.Size()), make([]float64, 4*p.Size()), four()
	if n := testing.AllocsPerRun(100, func() {
		p.Load(theta)
		p.Clear(shares...)
		p.Add(all, shares...)
		p.Sum()
		p.Unload(theta)
		p.SumRows(theta, rows, all)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

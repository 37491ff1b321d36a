package grad

import (
	"math"
	"slices"
	"testing"
)

// square is y = p x^2 elementwise, enough to see the order of a tape.
type square struct {
	p    *Param[float64]
	x, y *Var[float64]
}

func (o square) Inputs() []*Var[float64] { return []*Var[float64]{o.x} }

func (o square) Forward() {
	for i, x := range o.x.Val {
		o.y.Val[i] = o.p.Val[0] * x * x
	}
}

func (o square) Backward() {
	for i, x := range o.x.Val {
		o.x.Adj[i] += 2 * o.p.Val[0] * x * o.y.Adj[i]
	}
}

func (o square) Tiles() int { return 1 }

func (o square) TileSize(int) int { return 1 }

func (o square) Segment([]int) {}

func (o square) Accumulate(_, _ int, sum []float64) {
	for i, x := range o.x.Val {
		sum[0] += x * x * o.y.Adj[i]
	}
}

func (o square) AddTile(_ int, sum []float64) { o.p.Grad[0] += sum[0] }

// y = p (p x^2)^2 = p^3 x^4: dy/dx = 4 p^3 x^3, dy/dp = 3 p^2 x^4.
func TestTape(t *testing.T) {
	var tape Tape[float64]
	p := NewParam[float64]("p", 1)
	p.Load([]float64{2})
	x, y, z := tape.Var(1, 2), tape.Var(1, 2), tape.Var(1, 2)
	tape.Add(square{p, x, y})
	tape.Add(square{p, y, z})
	copy(x.Val, []float64{1, 3})
	for range 2 { // the second time shows that nothing is left of the first
		tape.Forward()
		z.Adj[0], z.Adj[1] = 1, 1
		tape.Backward()
		var dp [1]float64
		tape.Gradient(dp[:], []*Param[float64]{p})
		if want := []float64{8, 8 * 81}; !slices.Equal(z.Val, want) {
			t.Errorf("values %v, want %v", z.Val, want)
		}
		if want := []float64{32, 32 * 27}; !slices.Equal(x.Adj, want) {
			t.Errorf("derivatives in x %v, want %v", x.Adj, want)
		}
		if want := 12.0 * 82; dp[0] != want {
			t.Errorf("derivative in p %v, want %v", dp[0], want)
		}
	}
	if tape.Bytes() != 3*2*16 {
		t.Errorf("%d bytes", tape.Bytes())
	}
}

// Two readers of one Var, one of them through a View: u = x^2 + x^2 in two
// outputs, so dx = 4x, cleared once and added to twice.
func TestTapeSharedInput(t *testing.T) {
	var tape Tape[float64]
	p := NewParam[float64]("p", 1)
	p.Load([]float64{1})
	x, y, z := tape.Var(1, 2), tape.Var(1, 2), tape.Var(2, 1)
	tape.Add(square{p, x, y})
	tape.Add(square{p, x.View(2, 1), z})
	copy(x.Val, []float64{1, 3})
	for range 2 {
		tape.Forward()
		copy(y.Adj, []float64{1, 1})
		copy(z.Adj, []float64{1, 1})
		tape.Backward()
		if want := []float64{4, 12}; !slices.Equal(x.Adj, want) {
			t.Errorf("derivatives %v, want %v", x.Adj, want)
		}
	}
}

// setter is a square that can set its adjoint.
type setter struct{ square }

func (o setter) BackwardSet() {
	clear(o.x.Adj)
	o.Backward()
}

// Only the first to reach an adjoint sets it, the next one adds.
func TestTapeSetter(t *testing.T) {
	var tape Tape[float64]
	p := NewParam[float64]("p", 1)
	p.Load([]float64{1})
	x, y, z := tape.Var(1, 2), tape.Var(1, 2), tape.Var(1, 2)
	tape.Add(setter{square{p, x, y}})
	tape.Add(setter{square{p, x, z}})
	copy(x.Val, []float64{1, 3})
	for range 2 {
		tape.Forward()
		copy(y.Adj, []float64{1, 1})
		copy(z.Adj, []float64{1, 1})
		x.Adj[0] = math.NaN()
		tape.Backward()
		if want := []float64{4, 12}; !slices.Equal(x.Adj, want) {
			t.Errorf("derivatives %v, want %v", x.Adj, want)
		}
	}
}

// x is read on two tapes, of which one sets its adjoint and the other, that goes back
// later, adds to it: dx = 4x, as on one tape.
func TestTapeGiven(t *testing.T) {
	var first, later Tape[float64]
	p := NewParam[float64]("p", 1)
	p.Load([]float64{1})
	x, y, z := first.Var(1, 2), first.Var(1, 2), later.Var(1, 2)
	first.Add(setter{square{p, x, y}})
	later.Given(x)
	later.Add(setter{square{p, x, z}})
	copy(x.Val, []float64{1, 3})
	for range 2 {
		copy(y.Adj, []float64{1, 1})
		copy(z.Adj, []float64{1, 1})
		x.Adj[0] = math.NaN()
		first.Backward()
		later.Backward()
		if want := []float64{4, 12}; !slices.Equal(x.Adj, want) {
			t.Errorf("derivatives %v, want %v", x.Adj, want)
		}
	}
}

func TestMaskedParam(t *testing.T) {
	p := NewMaskedParam[float64]("p", 6, []Run{{4, 2}, {1, 1}})
	p.Load([]float64{5, 6, 7})
	if want := []float64{0, 7, 0, 0, 5, 6}; !slices.Equal(p.Val, want) {
		t.Errorf("stored %v, want %v", p.Val, want)
	}
	copy(p.Grad, []float64{-1, 30, -1, -1, 10, 20})
	got := make([]float64, 3)
	p.Unload(got)
	if want := []float64{10, 20, 30}; !slices.Equal(got, want) {
		t.Errorf("unloaded %v, want %v", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("loaded a slice of the wrong length")
		}
	}()
	p.Load(got[:2])
}

// However many parts, together they are the whole; the first of two is not.
func TestParamParts(t *testing.T) {
	theta := []float64{1, 2, 3, 4, 5, 6, 7}
	for _, p := range []*Param[float64]{NewParam[float64]("p", 7), NewMaskedParam[float64]("p", 12, []Run{{9, 3}, {4, 0}, {0, 2}, {3, 2}})} {
		p.Load(theta)
		want := slices.Clone(p.Val)
		for _, parts := range []int{1, 2, 3, 20} {
			clear(p.Val)
			got := make([]float64, len(theta))
			for k := range parts {
				if k == parts/2 && slices.Equal(p.Val, want) {
					t.Errorf("all is loaded before part %d of %d", k, parts)
				}
				p.LoadPart(theta, k, parts)
				copy(p.Grad, want)
				p.UnloadPart(got, k, parts)
			}
			if !slices.Equal(p.Val, want) || !slices.Equal(got, theta) {
				t.Errorf("%d parts: loaded %v, unloaded %v", parts, p.Val, got)
			}
			for k := range parts {
				p.ClearPart(k, parts)
			}
			if slices.Max(p.Grad) != 0 {
				t.Errorf("%d parts: not cleared: %v", parts, p.Grad)
			}
		}
	}
}

func TestViewSharesMemory(t *testing.T) {
	v := NewVar[float64](2, 6)
	v.View(4, 3).Row(3)[2] = 7
	if v.Row(1)[5] != 7 {
		t.Error("a view has its own memory")
	}
}

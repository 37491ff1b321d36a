package par

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// workspace remembers the chunks that were worked on in it.
type workspace struct {
	room  int
	spans []Span
}

// Each part of each chunk is worked on once, in the workspace that the rule names,
// and spans follow one another without a gap. A batch of another size in between
// changes nothing.
func TestPoolRunsAllParts(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	const width, parts = 4, 3
	for _, procs := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(procs)
		for _, slab := range []int{1, 3, 100} {
			for _, padded := range []bool{false, true} {
				p := Pool[*workspace]{Slab: slab, Padded: padded, Open: func(n int) *workspace { return &workspace{room: n} }}
				for _, n := range []int{40, 0, 41, 3, 30, 40} {
					t.Run(fmt.Sprint(procs, slab, padded, n), func(t *testing.T) { checkPool(t, &p, n, width, parts) })
				}
			}
		}
	}
}

func checkPool(t *testing.T, p *Pool[*workspace], n, width, parts int) {
	p.Prepare(CutBy(n, width))
	for _, w := range p.All() {
		w.spans = nil
	}
	done := make([]Span, p.cut.Count*parts)
	at := func(s Span) int { return s.From/width*parts + s.Part }
	for s := range p.Slabs() {
		if err := p.Run(s, parts, func(w *workspace, s Span) error {
			done[at(s)] = s
			if s.Part == 0 { // one task for each chunk: nobody else appends
				w.spans = append(w.spans, s)
			}
			if w.room != s.N && !(p.Padded && w.room == width) {
				t.Errorf("%v in a workspace for %d items", s, w.room)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for k, w := range p.Of(s) {
			if last := w.spans[len(w.spans)-1]; last.From != (s*p.Slab+k)*width {
				t.Errorf("workspace %d of slab %d had %v last", k, s, last)
			}
		}
	}
	for i, s := range done {
		if want := (Span{i / parts * width, min(width, n-i/parts*width), i % parts}); s != want {
			t.Errorf("task %d: %v, want %v", i, s, want)
		}
	}
	for k, w := range p.All() {
		for i, s := range w.spans {
			if short := s.N < width && !p.Padded; !short && s.From != (i*p.Slab+k)*width {
				t.Errorf("workspace %d had %v", k, w.spans)
			}
		}
	}
}

// Without a slab there are no more workspaces than threads, and no thread ever
// meets another in one.
func TestPoolSharesFreeWorkspaces(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	opened := make(chan *int, 100)
	p := Pool[*int]{Open: func(n int) *int {
		opened <- &n
		return &n
	}}
	for range 20 {
		sum := make([]int, 50)
		if err := p.Each(CutBy(99, 2), func(w *int, at Span) error {
			if *w != 2 {
				t.Error("two tasks in one workspace, or one of another size")
			}
			*w = 0
			runtime.Gosched()
			sum[at.From/2] += at.N
			*w = 2
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for i, n := range sum {
			if want := min(2, 99-2*i); n != want {
				t.Fatalf("chunk %d: %d items, want %d", i, n, want)
			}
		}
	}
	if n := len(opened); n < 1 || n > 3 {
		t.Errorf("%d workspaces for 3 threads", n)
	}
}

func TestPoolReturnsTheFirstError(t *testing.T) {
	five, seven := errors.New("five"), errors.New("seven")
	for _, slab := range []int{0, 2, 64} {
		p := Pool[int]{Slab: slab, Open: func(n int) int { return n }}
		err := p.Each(CutBy(9, 1), func(_ int, at Span) error { return map[int]error{5: five, 7: seven}[at.From] })
		if err != five {
			t.Errorf("slab %d: error %v, want that of chunk 5", slab, err)
		}
	}
}

func TestPoolDoesNotAllocate(t *testing.T) {
	for _, slab := range []int{0, 3} {
		p := Pool[*workspace]{Slab: slab, Open: func(n int) *workspace { return &workspace{room: n} }}
		task := Task[*workspace](func(w *workspace, at Span) error { w.room += at.N; return nil })
		step := func() {
			p.Each(CutBy(17, 2), task)
			p.Of(0)
		}
		step()
		if n := testing.AllocsPerRun(100, step); n > 0 {
			t.Errorf("slab %d: %v allocations", slab, n)
		}
	}
}

func TestCutEvenly(t *testing.T) {
	for _, c := range []struct {
		n, largest, narrow int
		want               Cut
	}{
		{0, 72, 64, Cut{}},
		{1, 72, 64, Cut{1, 1, 1}},
		{2, 72, 64, Cut{2, 1, 2}},
		{100, 72, 64, Cut{100, 50, 2}},
		{100, 72, 32, Cut{100, 56, 2}},    // 50, to full vectors
		{1000, 72, 64, Cut{1000, 72, 14}}, // 14 are needed, 71.4 items each
		{70, 35, 32, Cut{70, 35, 2}},      // no full vectors beyond the largest
	} {
		if got := CutEvenly(c.n, c.largest, c.narrow); got != c.want {
			t.Errorf("%d items by %d: %v, want %v", c.n, c.largest, got, c.want)
		}
	}
	cuts := []Cut{}
	for n := range 200 {
		c := CutEvenly(n, 16, 8)
		if n > 0 && (c.Width > 16 || (c.Count-1)*c.Width >= n || c.Count*c.Width < n) {
			cuts = append(cuts, c)
		}
	}
	if len(cuts) > 0 {
		t.Errorf("not a partition: %v", slices.Clip(cuts))
	}
}

package par

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
)

// workspace remembers the chunks that were worked on in it.
type workspace struct {
	room  int
	spans []Span
}

// Each part of each chunk is worked on once, in a workspace that no other chunk of
// the slab has. A batch of another size in between changes nothing.
func TestPoolRunsAllParts(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(procs)
		for _, slab := range []int{1, 3, 100} {
			for _, padded := range []bool{false, true} {
				p := Pool[*workspace]{Slab: slab, Padded: padded, Open: func(n int) *workspace { return &workspace{room: n} }}
				for _, n := range []int{40, 0, 41, 3, 30, 40} {
					t.Run(fmt.Sprint(procs, slab, padded, n), func(t *testing.T) { checkPool(t, &p, n) })
				}
			}
		}
	}
}

func checkPool(t *testing.T, p *Pool[*workspace], n int) {
	const width, parts = 4, 3
	cut := CutBy(Rows{0, n, n, 2}, width)
	p.Prepare(cut)
	var layout Layout
	cut.Lay(&layout)
	want := layout.Chunks
	done := make([]Span, len(want)*parts)
	for s := range p.Slabs() {
		_, segments := p.Of(s)
		for _, k := range segments {
			p.Work(k.Chunk).spans = nil
		}
		if err := p.Run(s, parts, func(w *workspace, s Span) error {
			done[s.Chunk*parts+s.Part] = s
			if s.Part == 0 { // one task for each chunk: nobody else appends
				w.spans = append(w.spans, s)
			}
			if w.room != s.N && !(padded(p) && w.room == width) {
				t.Errorf("%v in a workspace for %d items", s, w.room)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, k := range segments {
			if w := p.Work(k.Chunk); len(w.spans) != 1 || w.spans[0].Chunk != k.Chunk {
				t.Errorf("workspace of chunk %d had %v", k.Chunk, w.spans)
			}
		}
	}
	for i, s := range done {
		if c := want[i/parts]; s != (Span{c.From, c.N, i % parts, i / parts}) {
			t.Errorf("task %d: %v of %v", i, s, c)
		}
	}
}

func padded(p *Pool[*workspace]) bool { return p.Padded }

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
		if err := p.Each(CutBy(All(99), 2), func(w *int, at Span) error {
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
		err := p.Each(CutBy(All(9), 1), func(_ int, at Span) error { return map[int]error{5: five, 7: seven}[at.From] })
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
			p.Each(CutBy(Rows{0, 17, 17, 2}, 2), task)
			p.Of(0)
		}
		step()
		if n := testing.AllocsPerRun(100, step); n > 0 {
			t.Errorf("slab %d: %v allocations", slab, n)
		}
	}
}

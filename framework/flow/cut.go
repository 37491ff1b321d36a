package flow

// A batch goes through chunks slab by slab. Both sizes count workspaces: chunks
// times images. They are constants, because the order of sums, and so the last
// digits, depend on them.
const (
	// drawnSlab is how many workspaces keep a draw for its pull-back through the
	// sample; larger batches are drawn a second time.
	drawnSlab = 64
	// passingSlab is for all else: enough for the processors of one machine.
	passingSlab = 32
)

// cut says how a batch is cut. It depends on the bijection and the batch only,
// never on the number of threads, and so do all results.
type cut struct {
	width, count int // configurations in a full chunk, chunks
	slab         int // chunks at a time
}

// cutBatch cuts n configurations into an even number of about equal chunks of
// at most largest; full vectors of eight where that costs little.
func cutBatch(n, largest, slab int) cut {
	if n == 0 {
		return cut{}
	}
	count := (n + largest - 1) / largest
	count += count % 2
	width := (n + count - 1) / count
	if width > 32 {
		width = min(largest, (width+7)/8*8)
	}
	return cut{width: width, count: (n + width - 1) / width, slab: max(1, slab)}
}

// chunks are those that a batch goes through.
type chunks struct {
	cut
	full []*chunk // chunk i of the batch is full[i % slab]
	rest *chunk   // the last one, where it is shorter
	made []*chunk // both, in this order
}

// prepare cuts n configurations and makes sure that their chunks exist.
func (s *chunks) prepare(c cut, n int, newChunk func(n int) *chunk) {
	if c.width != s.width {
		s.full, s.rest = nil, nil
	}
	s.cut = c
	if n == 0 {
		s.made = nil
		return
	}
	for len(s.full) < min(c.slab, n/c.width) {
		s.full = append(s.full, newChunk(c.width))
	}
	switch last := n - (c.count-1)*c.width; {
	case last == c.width:
		s.rest = nil
	case s.rest == nil || s.rest.n != last:
		s.rest = newChunk(last)
	}
	if s.made = append(s.made[:0], s.full...); s.rest != nil {
		s.made = append(s.made, s.rest)
	}
}

// at returns chunk k of the slab that starts at chunk first, and the number of
// its first configuration.
func (s *chunks) at(first, k int) (*chunk, int) {
	i := first + k
	if i == s.count-1 && s.rest != nil {
		return s.rest, i * s.width
	}
	return s.full[k], i * s.width
}

package flow

// slabSize is the number of workspaces that hold what they computed: those of
// 64 chunks without images. Larger batches go slab by slab. Their pull-back
// through the sample then draws them a second time. It is a constant, because
// the order of sums, and so the last digits, depend on it.
const slabSize = 64

// cut says how a batch is cut. It depends on the bijection and the batch only,
// never on the number of threads, and so do all results.
type cut struct {
	width, count int // configurations in a full chunk, chunks
	slab         int // chunks at a time
}

// cutBatch cuts n configurations into an even number of about equal chunks of
// at most largest; full vectors of eight where that costs little.
func cutBatch(n, largest, images int) cut {
	if n == 0 {
		return cut{}
	}
	count := (n + largest - 1) / largest
	count += count % 2
	width := (n + count - 1) / count
	if width > 32 {
		width = min(largest, (width+7)/8*8)
	}
	return cut{width: width, count: (n + width - 1) / width, slab: max(1, slabSize/images)}
}

// prepare makes sure that the chunks exist in which n configurations go.
func (m *Model) prepare(n int) {
	c := cutBatch(n, m.bijection.Chunk(), len(m.images))
	if c.width != m.cut.width {
		m.full, m.rest = nil, nil
	}
	m.cut = c
	if n == 0 {
		return
	}
	for len(m.full) < min(c.slab, n/c.width) {
		m.full = append(m.full, m.newChunk(c.width))
	}
	switch last := n - (c.count-1)*c.width; {
	case last == c.width:
		m.rest = nil
	case m.rest == nil || m.rest.n != last:
		m.rest = m.newChunk(last)
	}
	if m.made = append(m.made[:0], m.full...); m.rest != nil {
		m.made = append(m.made, m.rest)
	}
	tasks := min(c.slab, c.count) * len(m.images)
	m.errs = append(m.errs, make([]error, max(0, tasks-len(m.errs)))...)
}

// chunkOf returns chunk k of the slab, and its first configuration.
func (m *Model) chunkOf(k int) (*chunk, int) {
	i := m.first + k
	if i == m.cut.count-1 && m.rest != nil {
		return m.rest, i * m.cut.width
	}
	return m.full[k], i * m.cut.width
}

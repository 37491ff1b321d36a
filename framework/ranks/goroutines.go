package ranks

import (
	"cmp"
	"slices"
	"sync"
)

// Together makes the communicators of n ranks that are goroutines of this process.
func Together(n int) []Comm {
	m := newMeeting(n)
	var comms []Comm
	for rank := range n {
		comms = append(comms, member{m, rank})
	}
	return comms
}

// meeting is where the goroutines wait for each other. A call has two rounds: all
// have put what they give, all have taken what they want.
type meeting struct {
	n     int
	mu    sync.Mutex
	all   *sync.Cond
	came  int
	round int
	given [][]float64
	parts map[int]*meeting // by group, while the ranks part
}

func newMeeting(n int) *meeting {
	m := &meeting{n: n}
	m.all = sync.NewCond(&m.mu)
	return m
}

// wait returns when all have come.
func (m *meeting) wait(give func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	give()
	round := m.round
	if m.came++; m.came == m.n {
		m.came = 0
		m.round++
		m.all.Broadcast()
		return
	}
	for m.round == round {
		m.all.Wait()
	}
}

// member is a rank at a meeting.
type member struct {
	*meeting
	rank int
}

// Rank implements Comm.
func (m member) Rank() int { return m.rank }

// Size implements Comm.
func (m member) Size() int { return m.n }

// exchange hands mine to all, and take what all gave.
func (m member) exchange(mine []float64, take func(given [][]float64)) {
	m.wait(func() {
		if m.given == nil {
			m.given = make([][]float64, m.n)
		}
		m.given[m.rank] = mine
	})
	take(m.given)
	m.wait(func() {})
}

// Gather implements Comm.
func (m member) Gather(all, mine []float64, _ []int) error {
	m.exchange(mine, func(given [][]float64) {
		at := 0
		for _, v := range given {
			at += copy(all[at:], v)
		}
	})
	return nil
}

// Columns implements Comm.
func (m member) Columns(all, mine []float64, _, columns []int) error {
	from, each := sum(columns[:m.rank]), sum(columns)
	m.exchange(mine, func(given [][]float64) {
		at := 0
		for _, v := range given {
			for ; len(v) > 0; v = v[each:] {
				at += copy(all[at:], v[from:from+columns[m.rank]])
			}
		}
	})
	return nil
}

// Broadcast implements Comm.
func (m member) Broadcast(v []float64, root int) error {
	m.exchange(v, func(given [][]float64) {
		if m.rank != root {
			copy(v, given[root])
		}
	})
	return nil
}

// Barrier implements Comm.
func (m member) Barrier() error {
	m.wait(func() {})
	return nil
}

// Split implements Comm.
func (m member) Split(group, key int) (Comm, error) {
	if group < 0 {
		panic("ranks: a group is 0 or more")
	}
	var mates []int
	m.exchange([]float64{float64(group), float64(key)}, func(given [][]float64) {
		for rank, v := range given {
			if int(v[0]) == group {
				mates = append(mates, rank)
			}
		}
		slices.SortStableFunc(mates, func(a, b int) int { return cmp.Compare(given[a][1], given[b][1]) })
	})
	var part *meeting
	m.wait(func() {
		if m.parts == nil {
			m.parts = map[int]*meeting{}
		}
		if m.parts[group] == nil {
			m.parts[group] = newMeeting(len(mates))
		}
		part = m.parts[group]
	})
	m.wait(func() { m.parts = nil })
	return member{part, slices.Index(mates, m.rank)}, nil
}

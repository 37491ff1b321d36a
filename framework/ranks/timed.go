package ranks

import "time"

// Timed is a Comm that counts the time that this rank is in its calls: numbers on their way, and waiting for other
// ranks. Who comes last to a call waits for nobody, so that of each call the least time of all ranks is what it takes
// without waiting. To know it, ranks tell each other their times once in so many calls.
type Timed struct {
	comm  Comm
	spent Spent
	calls []float64 // seconds in those that the others have not been told of
}

var _ Comm = (*Timed)(nil)

// Spent is a time in calls: of this rank, and the least of all ranks, call by call.
type Spent struct{ Here, Least time.Duration }

// toldAt is after how many calls ranks tell each other: a step of training makes some ten. With fewer it would be felt, with more
// it would be many numbers, of many ranks.
const toldAt = 64

// NewTimed counts the calls of c.
func NewTimed(c Comm) *Timed { return &Timed{comm: c} }

// Spent is the time in all calls so far, those of the parts of a Split aside. All ranks call it together.
func (t *Timed) Spent() (Spent, error) {
	err := t.tell()
	return t.spent, err
}

// in makes a call.
func (t *Timed) in(call func() error) error {
	begin := time.Now()
	err := call()
	took := time.Since(begin)
	t.spent.Here += took
	if t.calls = append(t.calls, took.Seconds()); err == nil && len(t.calls) >= toldAt {
		err = t.tell()
	}
	return err
}

// tell tells the others of the calls since the last time: as many on all ranks.
func (t *Timed) tell() error {
	if len(t.calls) == 0 {
		return nil
	}
	begin := time.Now()
	all := make([]float64, len(t.calls)*t.Size())
	if err := t.comm.Gather(all, t.calls, evenly(t, len(t.calls))); err != nil {
		return err
	}
	for k, least := range t.calls {
		for rank := range t.Size() {
			least = min(least, all[rank*len(t.calls)+k])
		}
		t.spent.Least += time.Duration(least * float64(time.Second))
	}
	t.calls = t.calls[:0]
	t.spent.Here += time.Since(begin)
	return nil
}

// Rank implements Comm.
func (t *Timed) Rank() int { return t.comm.Rank() }

// Size implements Comm.
func (t *Timed) Size() int { return t.comm.Size() }

// Gather implements Comm.
func (t *Timed) Gather(all, mine []float64, counts []int) error {
	return t.in(func() error { return t.comm.Gather(all, mine, counts) })
}

// Columns implements Comm.
func (t *Timed) Columns(all, mine []float64, rows, columns []int) error {
	return t.in(func() error { return t.comm.Columns(all, mine, rows, columns) })
}

// Broadcast implements Comm.
func (t *Timed) Broadcast(v []float64, root int) error {
	return t.in(func() error { return t.comm.Broadcast(v, root) })
}

// Barrier implements Comm.
func (t *Timed) Barrier() error { return t.in(t.comm.Barrier) }

// Split implements Comm. What it returns is not timed.
func (t *Timed) Split(group, key int) (part Comm, err error) {
	err = t.in(func() error {
		part, err = t.comm.Split(group, key)
		return err
	})
	return part, err
}

// Shares are what part of so much time the ranks have been in calls since they had spent so much in
// them: the mean of all, with waiting, and what calls take without it. All ranks call it together, and get the same.
func (t *Timed) Shares(before Spent, elapsed time.Duration) (mean, least float64, err error) {
	now, err := t.Spent()
	if err != nil {
		return 0, 0, err
	}
	mine := []float64{0, 0}
	if elapsed > 0 {
		mine = []float64{(now.Here - before.Here).Seconds() / elapsed.Seconds(), (now.Least - before.Least).Seconds() / elapsed.Seconds()}
	}
	all := make([]float64, len(mine)*t.Size())
	if err := t.comm.Gather(all, mine, evenly(t, len(mine))); err != nil {
		return 0, 0, err
	}
	for rank := range t.Size() {
		mean += all[len(mine)*rank] / float64(t.Size())
	}
	return mean, all[1], nil
}

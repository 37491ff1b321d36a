package ranks

import "time"

// Timed is a Comm that counts the time that this rank is in its calls: numbers on their way, and waiting for other
// ranks.
type Timed struct {
	comm  Comm
	spent time.Duration
}

var _ Comm = (*Timed)(nil)

// NewTimed counts the calls of c.
func NewTimed(c Comm) *Timed { return &Timed{comm: c} }

// Spent is the time in all calls so far, those of the parts of a Split aside.
func (t *Timed) Spent() time.Duration { return t.spent }

// count adds the time since a call began.
func (t *Timed) count(begin time.Time) { t.spent += time.Since(begin) }

// Rank implements Comm.
func (t *Timed) Rank() int { return t.comm.Rank() }

// Size implements Comm.
func (t *Timed) Size() int { return t.comm.Size() }

// Gather implements Comm.
func (t *Timed) Gather(all, mine []float64, counts []int) error {
	defer t.count(time.Now())
	return t.comm.Gather(all, mine, counts)
}

// Columns implements Comm.
func (t *Timed) Columns(all, mine []float64, rows, columns []int) error {
	defer t.count(time.Now())
	return t.comm.Columns(all, mine, rows, columns)
}

// Broadcast implements Comm.
func (t *Timed) Broadcast(v []float64, root int) error {
	defer t.count(time.Now())
	return t.comm.Broadcast(v, root)
}

// Barrier implements Comm.
func (t *Timed) Barrier() error {
	defer t.count(time.Now())
	return t.comm.Barrier()
}

// Split implements Comm. What it returns is not timed.
func (t *Timed) Split(group, key int) (Comm, error) {
	defer t.count(time.Now())
	return t.comm.Split(group, key)
}

// Shares are what part of so much time the ranks have been in calls since they had spent so much in
// them: the mean of all, and that of the rank that was the least in them, which waited for others the least, so that it
// is near what the exchanges themselves take. All ranks call it together, and get the same.
func (t *Timed) Shares(spent, elapsed time.Duration) (mean, least float64, err error) {
	mine := 0.0
	if elapsed > 0 {
		mine = (t.spent - spent).Seconds() / elapsed.Seconds()
	}
	all := make([]float64, t.Size())
	if err := t.comm.Gather(all, []float64{mine}, evenly(t, 1)); err != nil {
		return 0, 0, err
	}
	least = all[0]
	for _, v := range all {
		mean, least = mean+v/float64(len(all)), min(least, v)
	}
	return mean, least, nil
}

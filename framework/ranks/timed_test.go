package ranks

import (
	"testing"
	"testing/synctest"
	"time"
)

// Who comes last to a call has waited for nobody. Two ranks that come a second late in turn, to two of ten seconds' calls, are in them for
// a tenth of the time, and without waiting for none. The clock is that of synctest, so nothing depends on the machine.
func TestTimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		comms := Together(2)
		done := make(chan struct{})
		for rank, c := range comms {
			go func() {
				defer func() { done <- struct{}{} }()
				timed := NewTimed(c)
				for range toldAt - 2 { // earlier calls do not count
					timed.Barrier()
					time.Sleep(time.Duration(rank) * time.Millisecond)
				}
				before, err := timed.Spent()
				begin := time.Now()
				for call := range 2 {
					time.Sleep(time.Duration(call^rank) * time.Second)
					if e := timed.Barrier(); e != nil || err != nil {
						t.Error(e, err)
					}
				}
				time.Sleep(8 * time.Second)
				mean, least, err := timed.Shares(before, time.Since(begin))
				if err != nil || mean != 0.1 || least != 0 {
					t.Errorf("rank %d: shares %v and %v, want 0.1 and 0, error %v", rank, mean, least, err)
				}
				after, err := timed.Spent()
				if here := after.Here - before.Here; err != nil || here != time.Second {
					t.Errorf("rank %d spent %v in calls, want a second, error %v", rank, here, err)
				}
			}()
		}
		<-done
		<-done
	})
}

// A call that all come to at once takes what it takes, also where it is told of in the midst of others.
func TestTimedWithoutWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := make(chan struct{})
		for _, c := range Together(3) {
			go func() {
				defer func() { done <- struct{}{} }()
				timed := NewTimed(slow{c})
				for range 3 * toldAt / 2 {
					if err := timed.Broadcast(nil, 0); err != nil {
						t.Error(err)
					}
				}
				spent, err := timed.Spent()
				if want := 3 * toldAt / 2 * time.Millisecond; err != nil || spent.Least != want || spent.Here < want {
					t.Errorf("%v, want %v, error %v", spent, want, err)
				}
			}()
		}
		for range 3 {
			<-done
		}
	})
}

// slow is a Comm whose broadcasts take a millisecond.
type slow struct{ Comm }

func (s slow) Broadcast(v []float64, root int) error {
	time.Sleep(time.Millisecond)
	return s.Comm.Broadcast(v, root)
}

package ranks

import (
	"testing"
	"testing/synctest"
	"time"
)

// A rank that comes a second later has waited for nobody, the other for it: of ten seconds they are in calls for a tenth
// and for nothing. The clock is that of synctest, so nothing depends on the machine.
func TestTimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		comms := Together(2)
		done := make(chan struct{})
		for rank, c := range comms {
			go func() {
				defer func() { done <- struct{}{} }()
				timed := NewTimed(c)
				begin := time.Now()
				before := timed.Spent()
				time.Sleep(time.Duration(rank) * time.Second)
				if err := timed.Barrier(); err != nil {
					t.Error(err)
				}
				time.Sleep(9 * time.Second)
				mean, least, err := timed.Shares(before, time.Since(begin))
				if err != nil || mean != 0.05 || least != 0 {
					t.Errorf("rank %d: shares %v and %v, want 0.05 and 0, error %v", rank, mean, least, err)
				}
				if want := time.Duration(1-rank) * time.Second; timed.Spent() != want {
					t.Errorf("rank %d spent %v, want %v", rank, timed.Spent(), want)
				}
			}()
		}
		<-done
		<-done
	})
}

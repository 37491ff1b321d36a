package optim

import (
	"math"
	"testing"
)

// Points where the formulas give round numbers.
func TestSchedules(t *testing.T) {
	cosine := Cosine{Initial: 3, Final: 1, Steps: 100}
	for _, c := range []struct {
		name     string
		schedule Schedule
		step     int64
		want     float64
	}{
		{"constant", Constant(0.1), 1000, 0.1},
		{"exponential", Exponential{Initial: 8, Decay: 0.5}, 1, 8},
		{"exponential", Exponential{Initial: 8, Decay: 0.5}, 4, 1},
		{"stairs", Staircase{Initial: 8, Factor: 0.5, Every: 10}, 10, 8},
		{"stairs", Staircase{Initial: 8, Factor: 0.5, Every: 10}, 11, 4},
		{"stairs", Staircase{Initial: 8, Factor: 0.5, Every: 10}, 21, 2},
		{"cosine", cosine, 1, 3},
		{"cosine", cosine, 51, 2},
		{"cosine", cosine, 101, 1},
		{"cosine", cosine, 500, 1},
		{"cosine, last step", cosine, 100, 2 + math.Cos(0.99*math.Pi)},
		{"warm-up", Warmup{Steps: 4, Then: Constant(8)}, 1, 2},
		{"warm-up", Warmup{Steps: 4, Then: Constant(8)}, 4, 8},
		{"warm-up", Warmup{Steps: 4, Then: Constant(8)}, 9, 8},
		{"no warm-up", Warmup{Then: Constant(8)}, 1, 8},
		{"warm-up of stairs", Warmup{Steps: 20, Then: Staircase{Initial: 8, Factor: 0.5, Every: 10}}, 15, 3},
	} {
		if got := c.schedule.Rate(c.step); math.Abs(got-c.want) > 1e-14 {
			t.Errorf("%s at step %d: %v, want %v", c.name, c.step, got, c.want)
		}
	}
}

package optim

import "math"

// Schedule gives the learning rate of each step.
type Schedule interface {
	// Rate of a step; steps count from 1.
	Rate(step int64) float64
}

// Constant is the same rate at every step.
type Constant float64

// Rate implements Schedule.
func (c Constant) Rate(int64) float64 { return float64(c) }

// Exponential multiplies the rate by Decay after every step:
//
//	rate_t = Initial Decay^(t-1)
type Exponential struct {
	Initial float64
	Decay   float64 // in (0, 1]
}

// Rate implements Schedule.
func (e Exponential) Rate(step int64) float64 {
	return e.Initial * math.Pow(e.Decay, float64(step-1))
}

// Staircase multiplies the rate by Factor after every Every steps:
//
//	rate_t = Initial Factor^floor((t-1)/Every)
type Staircase struct {
	Initial float64
	Factor  float64 // in (0, 1]
	Every   int64   // > 0
}

// Rate implements Schedule.
func (s Staircase) Rate(step int64) float64 {
	return s.Initial * math.Pow(s.Factor, float64((step-1)/s.Every))
}

// Cosine falls from Initial at the first step along half a cosine, and would
// reach Final at the step after the last, so that no step is spent at a rate
// of zero; from there on it is Final (Loshchilov and Hutter 2017, "SGDR",
// arXiv:1608.03983, eq. 5, without restarts):
//
//	rate_t = Final + (Initial - Final)/2 (1 + cos(pi (t-1)/Steps))
type Cosine struct {
	Initial float64
	Final   float64
	Steps   int64 // > 0: those of the whole run
}

// Rate implements Schedule.
func (c Cosine) Rate(step int64) float64 {
	if step > c.Steps {
		return c.Final
	}
	phase := math.Pi * float64(step-1) / float64(c.Steps)
	return c.Final + (c.Initial-c.Final)/2*(1+math.Cos(phase))
}

// Warmup raises the rate linearly over the first Steps steps, to what Then
// says at that step (Goyal et al. 2017, arXiv:1706.02677, section 2.2):
//
//	rate_t = Then_t min(1, t/Steps)
type Warmup struct {
	Steps int64 // 0 switches it off
	Then  Schedule
}

// Rate implements Schedule.
func (w Warmup) Rate(step int64) float64 {
	rate := w.Then.Rate(step)
	if step < w.Steps {
		rate *= float64(step) / float64(w.Steps)
	}
	return rate
}

var (
	_ Schedule = Constant(0)
	_ Schedule = Exponential{}
	_ Schedule = Staircase{}
	_ Schedule = Cosine{}
	_ Schedule = Warmup{}
)

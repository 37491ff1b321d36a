package optim

import "math"

// Rate holds the keys of a learning rate, which an optimiser embeds in its own. The
// learning rate at step t = 1, 2, ... is learning_rate w(t) s(t) with
//
//	warmup       w = min(1, t/warmup)
//	constant     s = 1
//	exponential  s = decay^((t-1)/decay_every)
//	step         s = decay^floor((t-1)/decay_every)
//	cosine       s = final + (1-final) (1 + cos(pi (t-1)/steps))/2
type Rate struct {
	LearningRate float64 `key:"learning_rate" above:"0" help:"step size before warm-up and schedule"`
	Schedule     string  `key:"schedule" choices:"constant,exponential,cosine,step" help:"how the learning rate changes over the run"`
	Warmup       int     `key:"warmup" min:"0" max:"1e9" help:"steps over which the learning rate rises linearly from zero; 0 is none"`
	Decay        float64 `key:"decay" above:"0" max:"1" only:"schedule=exponential,step" help:"factor on the learning rate every decay_every steps"`
	DecayEvery   int     `key:"decay_every" min:"1" max:"1e9" only:"schedule=exponential,step" help:"steps per factor decay"`
	Final        float64 `key:"final" min:"0" max:"1" only:"schedule=cosine" help:"fraction of learning_rate that the schedule comes down to after the last step"`
}

// DefaultRate suits optimisers whose steps follow the gradient.
var DefaultRate = Rate{LearningRate: 1e-3, Schedule: "constant", Decay: 0.5, DecayEvery: 1000}

// Over is the schedule of a training of so many steps.
func (r Rate) Over(steps int64) Schedule {
	return Warmup{Steps: int64(r.Warmup), Then: r.afterWarmup(steps)}
}

func (r Rate) afterWarmup(steps int64) Schedule {
	rate, every := r.LearningRate, int64(r.DecayEvery)
	switch r.Schedule {
	case "exponential":
		return Exponential{Initial: rate, Decay: math.Pow(r.Decay, 1/float64(every))}
	case "step":
		return Staircase{Initial: rate, Factor: r.Decay, Every: every}
	case "cosine":
		return Cosine{Initial: rate, Final: r.Final * rate, Steps: steps}
	}
	return Constant(rate)
}

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

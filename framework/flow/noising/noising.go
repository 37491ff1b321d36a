// Package noising has the schedules by which data become noise and back, x_t = a(t) x_1 +
// sigma(t) eps, from t = 0, which is noise, to t = 1, which is data (Song, Sohl-Dickstein,
// Kingma, Kumar, Ermon and Poole, "Score-based generative modeling through stochastic
// differential equations", arXiv:2011.13456, eqs. 30 to 33). With tau running the other
// way,
//
//	ve:  a = 1,   sigma = sigma_max^tau sigma_min^(1-tau),   tau = 1 - t,
//	vp:  a = exp(-B/2),   sigma^2 = 1 - a^2,   B = int beta dtau = tau^2 (beta_max - beta_min)/2 + tau beta_min,
//	     tau = 1 - (1 - cut) t.
//
// The variance of ve explodes with the noise; that of vp is preserved where the data have
// the variance one.
package noising

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Noise is the keys of a schedule, to embed in those of a model.
type Noise struct {
	Schedule string  `key:"schedule" choices:"ve,vp" help:"ve: noise is added, sigma a geometric sequence; vp: and the data shrink, so that data of the variance one keep it"`
	SigmaMax float64 `key:"sigma_max" above:"0" only:"schedule=ve" help:"noise at t = 0; some times the extent of the data"`
	SigmaMin float64 `key:"sigma_min" above:"0" only:"schedule=ve" help:"noise at t = 1, which is left on the draws"`
	BetaMax  float64 `key:"beta_max" above:"0" only:"schedule=vp" help:"rate of the noise at t = 0"`
	BetaMin  float64 `key:"beta_min" above:"0" only:"schedule=vp" help:"rate of the noise at the data"`
	Cut      float64 `key:"cut" above:"0" below:"1" only:"schedule=vp" help:"tau at t = 1: noise of the variance beta_min cut, or so, is left on the draws"`
}

// Defaults of the keys.
var Defaults = Noise{Schedule: "ve", SigmaMax: 20, SigmaMin: 0.01, BetaMax: 20, BetaMin: 0.1, Cut: 1e-3}

// Schedule is what the noise is at a time.
type Schedule struct{ c Noise }

// New checks the keys of the model that subject names.
func New(c Noise, subject string) (Schedule, error) {
	refuse := func(key, than string, a, b float64) (Schedule, error) {
		return Schedule{}, &core.Error{Kind: core.Invalid, Op: "build model", Subject: subject,
			Err: &core.SettingError{Key: key, Problem: fmt.Sprintf("must be less than %s = %v, got %v", than, b, a)}}
	}
	switch {
	case c.Schedule == "ve" && c.SigmaMin >= c.SigmaMax:
		return refuse("sigma_min", "sigma_max", c.SigmaMin, c.SigmaMax)
	case c.Schedule == "vp" && c.BetaMin > c.BetaMax:
		return refuse("beta_min", "beta_max", c.BetaMin, c.BetaMax)
	}
	return Schedule{c}, nil
}

// At is a and sigma.
func (s Schedule) At(t float64) (a, sigma float64) {
	if s.c.Schedule == "ve" {
		return 1, math.Pow(s.c.SigmaMax, 1-t) * math.Pow(s.c.SigmaMin, t)
	}
	tau := s.tau(t)
	b := tau * (tau*(s.c.BetaMax-s.c.BetaMin)/2 + s.c.BetaMin)
	return math.Exp(-b / 2), math.Sqrt(-math.Expm1(-b))
}

// Rates are f = d ln a/dtau and g^2 = d sigma^2/dtau - 2 f sigma^2 of the way to the noise,
// for a tau = 1 - t.
func (s Schedule) Rates(t float64) (f, g2 float64) {
	if s.c.Schedule == "ve" {
		_, sigma := s.At(t)
		return 0, 2 * sigma * sigma * math.Log(s.c.SigmaMax/s.c.SigmaMin)
	}
	g2 = (1 - s.c.Cut) * (s.c.BetaMin + s.tau(t)*(s.c.BetaMax-s.c.BetaMin))
	return -g2 / 2, g2
}

func (s Schedule) tau(t float64) float64 { return 1 - (1-s.c.Cut)*t }

// Fill writes what of gives at each time: [Schedule.At] or [Schedule.Rates].
func Fill(first, second, t []float64, of func(t float64) (float64, float64)) {
	for i, at := range t {
		first[i], second[i] = of(at)
	}
}

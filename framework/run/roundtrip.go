package run

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A map in float32 is inverted up to rounding. ln p of a draw is made of the z that it was
// drawn from, ln p of a given x of the z that the inverse finds. How far they are apart is
// measured on z of the base,
//
//	delta = max_ij |f^-1(f(z_i))_j - z_ij|,
//	delta_p = max_i |ln q(x_i) by f^-1 - ln q(x_i) by f|,   ln q = ln p_0(z) - ln|det dx/dz|.

const (
	// roundTrips are enough that the largest error of a configuration is that of most.
	roundTrips = 256
	// worstRoundTrip is what weights may be off by: a thousandth, the error of ln Z by
	// a million draws of variance one.
	worstRoundTrip = 1e-3
)

// purposeRoundTrip is the stream of z, of those of an evaluation.
const purposeRoundTrip = 8

// measureRoundTrip makes the estimates of delta and delta_p, once, where the model's map is
// in float32.
func (r *runner) measureRoundTrip() error {
	if r.roundTrip != nil || r.parts.Model == nil || !r.can(core.PowerMap) || core.Precision(r.plan.Model.Precision) != core.Float32 {
		return nil
	}
	m, err := power[core.Mapper](r.parts.Model, core.PowerMap)
	if err != nil {
		return r.blameModel(err)
	}
	delta, deltaP, err := roundTrip(m, r.parts.Model.Spec(), core.Derive(r.plan.EvaluationSeed(), purposeRoundTrip))
	if err != nil {
		return r.blameModel(err)
	}
	there := core.Scalar("round_trip", "largest error of a latent variable that was mapped to x and back", delta, math.NaN(), "1", roundTrips)
	logP := core.Scalar("round_trip_log_p", "largest difference of ln p by the map and by its inverse", deltaP, math.NaN(), "1", roundTrips)
	if !(deltaP <= worstRoundTrip) {
		logP.Warn(core.CautionRoundTrip, "ln p is known to %.1g only, and so are ln Z and F: set model.precision = \"float64\"", deltaP)
	}
	r.roundTrip = []core.Estimate{there, logP}
	return nil
}

// roundTrip measures a model on as many z.
func roundTrip(m core.Mapper, spec core.ModelSpec, seed uint64) (delta, deltaP float64, err error) {
	d := spec.Space.Size()
	z, back, x := make([]float64, roundTrips*d), make([]float64, roundTrips*d), make([]float64, roundTrips*d)
	l, lBack := make([]float64, roundTrips), make([]float64, roundTrips)
	var stream rand.PCG
	random := rand.New(&stream)
	for i := range roundTrips {
		core.SeedStream(&stream, seed, uint64(i))
		one := z[i*d : (i+1)*d]
		for j := range one {
			one[j] = random.NormFloat64()
		}
		spec.Base.Color(one, 1)
		for j, v := range one {
			one[j] = float64(float32(v)) // the map would round it
		}
	}
	if err = m.Map(x, l, z); err == nil {
		err = m.Inverse(back, lBack, x)
	}
	if err != nil {
		return 0, 0, err
	}
	for i := range roundTrips {
		from, to := z[i*d:(i+1)*d], back[i*d:(i+1)*d]
		for j, v := range from {
			delta = max(delta, math.Abs(to[j]-v))
		}
		deltaP = max(deltaP, math.Abs(logBase(spec.Base, to)-lBack[i]-logBase(spec.Base, from)+l[i]))
	}
	return delta, deltaP, nil
}

// logBase is ln p_0 up to a constant. It replaces z by u.
func logBase(base *core.Base, z []float64) (sum float64) {
	base.Whiten(z, 1)
	for _, u := range z {
		sum -= u * u / 2
	}
	return sum
}

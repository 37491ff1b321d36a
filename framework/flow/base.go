package flow

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// BaseKeys are the keys of the normal density that a flow starts from, to embed in those
// of a model.
type BaseKeys struct {
	BaseMean       []float64 `key:"base_mean" help:"mean of the normal density that the flow starts from: one number for all components, or one for each"`
	BaseCovariance []float64 `key:"base_covariance" help:"its covariance: one variance for all components, one for each, or all elements of the matrix, row by row"`
}

// StandardBase has the defaults of the keys.
var StandardBase = BaseKeys{BaseMean: []float64{0}, BaseCovariance: []float64{1}}

// Base is the density that the keys describe on a space, nil where it is the standard one. It
// must have the symmetries that the flow of a model keeps, or the model's density lacks them.
func (k BaseKeys) Base(subject string, space core.Space, symmetries ...core.Symmetry) (*core.Base, error) {
	d := space.Size()
	mean, err := Each(subject, "base_mean", k.BaseMean, d)
	if err != nil {
		return nil, err
	}
	b := &core.Base{Mean: mean}
	if n := len(k.BaseCovariance); n == d*d && d > 1 {
		if b.Factor, err = tensor.Factor(d, k.BaseCovariance); err != nil {
			return nil, badKey(subject, "base_covariance", err.Error())
		}
	} else {
		if n != 1 && n != d {
			return nil, badKey(subject, "base_covariance", fmt.Sprintf("must have 1 number, %d or %d, got %d", d, d*d, n))
		}
		if b.Factor, err = Each(subject, "base_covariance", k.BaseCovariance, d); err != nil {
			return nil, err
		}
		for i, v := range b.Factor {
			if v <= 0 {
				return nil, badKey(subject, "base_covariance", fmt.Sprintf("must have variances greater than 0, got %v", v))
			}
			b.Factor[i] = math.Sqrt(v)
		}
	}
	if !slices.ContainsFunc(b.Mean, func(m float64) bool { return m != 0 }) && len(b.Factor) == d && !slices.ContainsFunc(b.Factor, func(l float64) bool { return l != 1 }) {
		return nil, nil
	}
	for _, s := range symmetries {
		if !b.Keeps(s, space) {
			return nil, &core.Error{Kind: core.Mismatch, Op: "build model", Subject: subject,
				Err: fmt.Errorf("its flow keeps the symmetry %q, and the base density does not have it", s), Hint: "choose base_mean and base_covariance with the symmetry, or a flow without"}
		}
	}
	return b, nil
}

// Each repeats a single value of a key n times, or demands n of them, all finite.
func Each(subject, key string, values []float64, n int) ([]float64, error) {
	if len(values) != 1 && len(values) != n {
		want := "1 number"
		if n > 1 {
			want += fmt.Sprintf(" or %d, one for each", n)
		}
		return nil, badKey(subject, key, fmt.Sprintf("must have %s, got %d", want, len(values)))
	}
	all := make([]float64, n)
	for i := range all {
		all[i] = values[i%len(values)]
		if v := all[i]; v-v != 0 {
			return nil, badKey(subject, key, fmt.Sprintf("must be finite, got %v", v))
		}
	}
	return all, nil
}

func badKey(subject, key, problem string) error {
	return &core.Error{Kind: core.Invalid, Op: "build model", Subject: subject, Err: &core.SettingError{Key: key, Problem: problem}}
}

package core

import "slices"

// Precision is the arithmetic of a model: the type of its weights, activations and
// products. Parameters, ln p, cotangents and gradients that a model gives and takes are
// float64 whatever it is.
type Precision string

const (
	Float64 Precision = "float64"
	Float32 Precision = "float32"
)

// Precisions are all there are.
var Precisions = []Precision{Float64, Float32}

// UsualPrecision is that of a spec without any. Double precision has ten digits more than is needed here, single precision
// has one too few.
const UsualPrecision = 1e-6

// SinglePrecision is the ModelSpec's Precision of a model that computes in float32: differences of its
// ln p are known so well, relative to the terms of the derivative.
const SinglePrecision = 1e-3

// keyPrecision is the host's key in a model's table.
const keyPrecision = "precision"

// Keys are all keys of the settings that the part is opened with: Params, and of a model
// that computes in several precisions the host's key for them.
func (m Manifest) Keys() []Param {
	if len(m.Precisions) == 0 {
		return m.Params
	}
	key := Param{Name: keyPrecision, Type: TypeString, Default: string(Float64), Help: "arithmetic of weights, activations and products"}
	for _, p := range Precisions {
		if m.Computes(p) {
			key.Choices = append(key.Choices, string(p))
		}
	}
	return append(slices.Clip(m.Params), key)
}

// Computes tells whether a model can compute in a precision, as all can in float64.
func (m Manifest) Computes(p Precision) bool { return p == Float64 || slices.Contains(m.Precisions, p) }

// Precision is what a model is to compute in.
func (s Settings) Precision() Precision {
	if p, ok := s[keyPrecision].(string); ok {
		return Precision(p)
	}
	return Float64
}

//go:build !cgo || purego

package kernels

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Functions of one number of either type, rounded once.

func exp[T tensor.Real](x T) T { return T(math.Exp(float64(x))) }

func expm1[T tensor.Real](x T) T { return T(math.Expm1(float64(x))) }

func tanh1[T tensor.Real](x T) T { return T(math.Tanh(float64(x))) }

func softplus[T tensor.Real](x T) T {
	return max(x, 0) + T(math.Log1p(math.Exp(-math.Abs(float64(x)))))
}

func logistic[T tensor.Real](x T) T { return T(1 / (1 + math.Exp(-float64(x)))) }

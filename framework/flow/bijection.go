package flow

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Bijection is an invertible smooth map x = f(z; theta) of R^d onto itself. One
// value serves all threads: it holds the parameters, its workspaces what they
// compute. Parameters, z, x and their cotangents are of the type T, logarithms of densities
// and their cotangents are float64.
type Bijection[T tensor.Real] interface {
	// Params lists the parameters in the order in which theta holds them, with
	// their starting rules. All workspaces read their Val.
	Params() []*grad.Param[T]
	// Chunk is the largest number of configurations that one workspace should
	// hold, for speed alone.
	Chunk() int
	// On returns a workspace for n configurations. Workspaces are used by
	// different threads at the same time.
	On(n int) Workspace[T]
}

// Workspace is a bijection on n configurations. x, z and their cotangents are
// d x n matrices, row-major: one row per component, the configurations along
// it, so that the same operation on all of them is one run through memory. l
// and its cotangent have length n. Slices belong to the caller, and outputs
// may not share memory with inputs. The numbers of a configuration depend on
// that configuration alone, not on n or its place.
//
// Forward and Inverse keep what their pull needs until the next Forward or
// Inverse of the same workspace. A pull is asked for the gradient in theta or
// not; without, that in theta stays as it is and the rest is the same. Errors
// are of kind Numeric; a NaN or infinity may as well be passed on: the model
// finds it and names the configuration.
type Workspace[T tensor.Real] interface {
	// Forward writes x = f(z) and l = ln|det dx/dz|.
	Forward(x []T, l []float64, z []T) error
	// Inverse writes z = f^-1(x) and l = ln|det dx/dz| at that z.
	Inverse(z []T, l []float64, x []T) error
	// PullForward follows Forward: it writes zbar = (dx/dz)^T xbar + lbar dl/dz
	// and, with theta, adds the like in theta to the workspace's gradient.
	PullForward(zbar, xbar []T, lbar []float64, theta bool)
	// PullInverse follows Inverse: with z and l as functions of x, it writes
	// xbar = (dz/dx)^T zbar + lbar dl/dx and, with theta, adds the like in theta
	// at fixed x to the workspace's gradient.
	PullInverse(xbar, zbar []T, lbar []float64, theta bool)
	// Grads are the workspace's own gradients, one for each of Params and in
	// their order, sharing their Val. The caller clears and reads their Grad.
	Grads() []*grad.Param[T]
}

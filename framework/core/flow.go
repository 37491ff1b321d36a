package core

// Powers of a model whose samples are a smooth function of their noise.
const (
	// PowerPath declares that the model is a PathPuller.
	PowerPath Power = "path"
	// PowerSlope declares that the model is a ModelSloper, or the energy an
	// EnergySloper.
	PowerSlope Power = "slope"
	// PowerMap declares that the model is a Mapper.
	PowerMap Power = "map"
	// PowerMapGradient declares that the model is a MapGradienter.
	PowerMapGradient Power = "map_gradient"
	// PowerVelocity declares that the model is a VelocityField.
	PowerVelocity Power = "velocity"
)

// PathPuller is a model that differentiates through its samples: at fixed
// noise, x_i(theta) and ln p(x_i(theta); theta) are functions of theta.
type PathPuller interface {
	// PathPull writes
	//
	//	sum_i [ sum_j xbar_ij dx_ij/dtheta + lbar_i d ln p(x_i(theta); theta)/dtheta ]
	//
	// into grad (overwriting it). The derivative of ln p is the total one, with
	// that through x. len(xbar) = b.N * Space.Size(), len(lbar) = b.N,
	// len(grad) = Spec().Parameters.
	//
	// b is the batch that this model drew last, with the parameters loaded
	// then; any other has lost its noise, and is an error of kind Invalid.
	PathPull(grad []float64, b *Batch, xbar, lbar []float64) error
}

// ModelSloper is a model that knows how ln p changes with x.
type ModelSloper interface {
	// Slope writes grad_x ln p(x_i) at fixed parameters into slope and ln p(x_i)
	// into logP. len(slope) = len(x) = len(logP) * Space.Size().
	Slope(slope, logP, x []float64) error
}

// Mapper is a model whose density is the image of variables z of a density p_0 under an
// invertible smooth map x = f(z) of the whole space:
//
//	ln q(x) = ln p_0(z) - ln|det dx/dz|.
//
// p_0 is ModelSpec.Base: independent standard normal variables where it is nil.
//
// A model that symmetrises has as p the mean of q over the images of x; its map
// is that of q. Arrays hold configurations one after the other, z those of x.
type Mapper interface {
	// Map writes x_i = f(z_i) and lnDet_i = ln|det dx/dz| at z_i.
	Map(x, lnDet, z []float64) error
	// Inverse writes z_i = f^-1(x_i) and lnDet_i = ln|det dx/dz| at that z_i.
	Inverse(z, lnDet, x []float64) error
	// MapPull writes, at z_i,
	//
	//	zbar_i = (dx/dz)^T xbar_i + lbar_i grad_z ln|det dx/dz|.
	MapPull(zbar, z, xbar, lbar []float64) error
}

// MapGradienter is a Mapper whose map can be fitted where its latent variables come
// from elsewhere, as from another density.
type MapGradienter interface {
	// MapGradient writes
	//
	//	sum_i [ xbar_i . df(z_i)/dtheta + lbar_i d ln|det dx/dz|/dtheta ]
	//
	// at the z_i of b's column [Z] into grad (overwriting it).
	MapGradient(grad []float64, b *Batch, xbar, lbar []float64) error
}

// VelocityField is a model whose samples are carried by a velocity: with z as a
// Mapper's,
//
//	dx/dt = v(x, t),   x(0) = z,   x(1) = f(z).
//
// Such a field can be fitted without following it (Lipman, Chen, Ben-Hamu, Nickel
// and Le 2023, "Flow matching for generative modeling", arXiv:2210.02747).
type VelocityField interface {
	// Velocity writes v(x_i, t_i); len(v) = len(x) = len(t) * Space.Size().
	Velocity(v, x, t []float64) error
	// VelocityPull writes sum_i vbar_i . dv(x_i, t_i)/dtheta into grad (overwriting
	// it), at b.X and the times of b's column [Time]. len(vbar) = len(b.X),
	// len(grad) = Spec().Parameters.
	VelocityPull(grad []float64, b *Batch, vbar []float64) error
}

package core

import (
	"math"
	"math/cmplx"
)

// The rules of the host: rows that need no part.
var (
	// RowLocalEnergy is that of H = -c lap + V (c is [Host].Kinetic),
	//
	//	E_loc = (H Psi_K)(x)/Psi_K(x) = V - c lap Psi_K/Psi_K.
	RowLocalEnergy = &Row{Name: "local_energy", Kind: KindRule, In: []Column{V, Lap}, Out: []Column{E, EIm},
		method: does(func(h Host, a *Call) error {
			v, e, im := V.Of(a.In), E.Of(a.Out), EIm.Of(a.Out)
			for i, lap := range Lap.Of(a.In) {
				e[i] = v[i] - h.Kinetic*real(lap)
				im[i] = -h.Kinetic * imag(lap)
			}
			return nil
		})}
	// RowLinkedEnergy is that of a Hamiltonian with links,
	//
	//	E_loc = (H Psi)(x)/Psi(x) = V + sum_y H_xy Psi(y)/Psi(x).
	RowLinkedEnergy = &Row{Name: "linked_energy", Kind: KindRule, In: []Column{V, Links, LogPsi, linkElement, LogPsi.As(RoleLink)}, Out: []Column{E, EIm},
		method: does(func(_ Host, a *Call) error {
			v, e, im := V.Of(a.In), E.Of(a.Out), EIm.Of(a.Out)
			h, other, k := linkElement.Of(a.In), LogPsi.As(RoleLink).Of(a.In), 0
			for i, l := range LogPsi.Of(a.In) {
				local := complex(v[i], 0)
				for range Links.Of(a.In)[i] {
					local += h[k] * cmplx.Exp(other[k]-l)
					k++
				}
				e[i], im[i] = real(local), imag(local)
			}
			return nil
		})}
	// RowInterpolate is the straight path from x_0 to x_1 (x in the roles
	// [RoleStart] and [RoleEnd]), and its velocity:
	//
	//	x = (1 - t) x_0 + t x_1,    dx/dt = x_1 - x_0.
	RowInterpolate = &Row{Name: "interpolate", Kind: KindRule, In: []Column{X.As(RoleStart), X.As(RoleEnd), Time}, Out: []Column{X, Goal},
		method: does(func(_ Host, a *Call) error {
			x, goal, start, end := X.Of(a.Out), Goal.Of(a.Out), X.As(RoleStart).Of(a.In), X.As(RoleEnd).Of(a.In)
			for i, t := range Time.Of(a.In) {
				d := len(x) / a.In.N
				for j := i * d; j < (i+1)*d; j++ {
					x[j], goal[j] = (1-t)*start[j]+t*end[j], end[j]-start[j]
				}
			}
			return nil
		})}
	// RowPerturb puts noise on a configuration of the data (x in the role [RoleSignal],
	// standard normal numbers in [RoleNoise]):
	//
	//	x = a x_1 + sigma eps.
	RowPerturb = &Row{Name: "perturb", Kind: KindRule, In: []Column{X.As(RoleSignal), X.As(RoleNoise), Signal, NoiseLevel}, Out: []Column{X},
		method: does(func(_ Host, c *Call) error {
			x, data, eps, sigma := X.Of(c.Out), X.As(RoleSignal).Of(c.In), X.As(RoleNoise).Of(c.In), NoiseLevel.Of(c.In)
			for i, a := range Signal.Of(c.In) {
				d := len(x) / c.In.N
				for j := i * d; j < (i+1)*d; j++ {
					x[j] = a*data[j] + sigma[i]*eps[j]
				}
			}
			return nil
		})}
	// RowDenoised is |sigma s + eps|^2 of each configuration.
	RowDenoised = &Row{Name: "denoised", Kind: KindRule, In: []Column{Score, NoiseLevel, X.As(RoleNoise)}, Out: []Column{Residual},
		method: does(func(_ Host, c *Call) error {
			r, s, eps, sigma := Residual.Of(c.Out), Score.Of(c.In), X.As(RoleNoise).Of(c.In), NoiseLevel.Of(c.In)
			d := len(s) / max(len(r), 1)
			for i := range r {
				r[i] = 0
				for j := i * d; j < (i+1)*d; j++ {
					e := sigma[i]*s[j] + eps[j]
					r[i] += e * e
				}
			}
			return nil
		})}
	// RowScoreSquare is |s|^2 of each configuration.
	RowScoreSquare = &Row{Name: "score_square", Kind: KindRule, In: []Column{Score}, Out: []Column{ScoreSquare},
		method: does(func(_ Host, c *Call) error {
			r, s := ScoreSquare.Of(c.Out), Score.Of(c.In)
			d := len(s) / max(len(r), 1)
			for i := range r {
				r[i] = 0
				for _, v := range s[i*d : (i+1)*d] {
					r[i] += v * v
				}
			}
			return nil
		})}
	// RowWeakDerivative adds up the pairs of every parameter.
	RowWeakDerivative = &Row{Name: "weak_derivative", Kind: KindRule, In: []Column{Pairs, pairWeight, E.As(RolePair), LogP.As(RolePair)}, Out: []Column{EWeak, LogPWeak},
		method: does(func(_ Host, a *Call) error {
			k := 0
			for i, count := range Pairs.Of(a.In) {
				from, to, n := k, k+int(count), int(count)/2
				w := pairWeight.Of(a.In)[from:to]
				weakDerivative(EWeak.Of(a.Out)[i*n:(i+1)*n], w, E.As(RolePair).Of(a.In)[from:to])
				weakDerivative(LogPWeak.Of(a.Out)[i*n:(i+1)*n], w, LogP.As(RolePair).Of(a.In)[from:to])
				k = to
			}
			return nil
		})}
	// RowNormalise is ln p = w - ln Z of a density p = exp(w)/Z.
	RowNormalise = &Row{Name: "normalise", Kind: KindRule, In: []Column{LogWeight, LogZ}, Out: []Column{LogP},
		method: does(func(_ Host, c *Call) error {
			logP, logZ := LogP.Of(c.Out), LogZ.Of(c.In)[0]
			for i, w := range LogWeight.Of(c.In) {
				logP[i] = w - logZ
			}
			return nil
		})}
	// RowArc is the path along an arc, on which independent x_0 and x_1 of variance 1 keep
	// it, and its velocity at the time t = [Phase]:
	//
	//	x = cos(pi t/2) x_0 + sin(pi t/2) x_1.
	RowArc = &Row{Name: "arc", Kind: KindRule, In: []Column{X.As(RoleStart), X.As(RoleEnd), Phase}, Out: []Column{X, Time, Goal},
		method: does(func(_ Host, a *Call) error {
			x, goal, start, end := X.Of(a.Out), Goal.Of(a.Out), X.As(RoleStart).Of(a.In), X.As(RoleEnd).Of(a.In)
			copy(Time.Of(a.Out), Phase.Of(a.In))
			for i, t := range Phase.Of(a.In) {
				sin, cos := math.Sincos(math.Pi / 2 * t)
				d := len(x) / a.In.N
				for j := i * d; j < (i+1)*d; j++ {
					x[j], goal[j] = cos*start[j]+sin*end[j], math.Pi/2*(cos*end[j]-sin*start[j])
				}
			}
			return nil
		})}
	// RowCouple deals the starts of paths to their ends, as the host's [Coupler] does.
	RowCouple = &Row{Name: "couple", Kind: KindRule, In: []Column{X.As(RoleUnpaired), X.As(RoleEnd)}, Out: []Column{X.As(RoleStart)},
		method: does(func(h Host, a *Call) error {
			last := a.In.From+a.In.N == max(a.In.Total, a.In.N)
			return h.Coupler.Couple(X.As(RoleStart).Of(a.Out), X.As(RoleUnpaired).Of(a.In), X.As(RoleEnd).Of(a.In), a.In.From, a.In.N, last)
		})}
	// RowDisplacement is |x - z|^2 of a map x = f(z).
	RowDisplacement = &Row{Name: "displacement", Kind: KindRule, In: []Column{X, Z}, Out: []Column{Displacement},
		method: does(func(_ Host, a *Call) error {
			squaredDistances(Displacement.Of(a.Out), X.Of(a.In), Z.Of(a.In))
			return nil
		})}
	// RowResidual is |v - (x_1 - x_0)|^2 of each configuration.
	RowResidual = &Row{Name: "residual", Kind: KindRule, In: []Column{Velocity, Goal}, Out: []Column{Residual},
		method: does(func(_ Host, a *Call) error {
			squaredDistances(Residual.Of(a.Out), Velocity.Of(a.In), Goal.Of(a.In))
			return nil
		})}
)

// Rules lists them.
var Rules = []*Row{RowLocalEnergy, RowLinkedEnergy, RowInterpolate, RowArc, RowCouple, RowDisplacement, RowResidual, RowPerturb, RowDenoised, RowScoreSquare, RowWeakDerivative, RowNormalise}

// squaredDistances writes |v_i - u_i|^2 of each configuration.
func squaredDistances(dst, v, u []float64) {
	d := len(v) / max(len(dst), 1)
	for i := range dst {
		dst[i] = 0
		for j := i * d; j < (i+1)*d; j++ {
			dst[i] += (v[j] - u[j]) * (v[j] - u[j])
		}
	}
}

// Roles of columns that the rules name.
const (
	RoleLink  = "link"  // of the configurations that a Hamiltonian links to others
	RoleStart = "start" // of a path
	RoleEnd   = "end"
	// RoleUnpaired is of starts that have not been dealt to the ends.
	RoleUnpaired = "unpaired"

	RoleSignal = "signal" // of data that noise is put on
	RoleNoise  = "noise"

	RoleData = "data" // of rows beside draws
)

// Host has the rules.
type Host struct {
	// Kinetic is c in H = -c lap + V.
	Kinetic float64
	// Coupler of starts and ends of paths; nil where there is none to be made.
	Coupler Coupler
}

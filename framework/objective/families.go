package objective

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Families descends the free energy of classical coordinates R with quantum ones r,
// where each R is drawn with several r (an average over electrons for each
// configuration of the nuclei; Xie, Li, Wang, Zhang and Wang 2023, arXiv:2209.06095):
//
//	f(R)   = ln p(R) + beta <E_loc(R, r)>_{r ~ |Psi_R|^2},
//	beta F = <f>_{R ~ p},
//	grad   = < (f - <f>) grad ln p(R) > + 2 beta Re < (E_loc - <E_loc>_R)^* grad ln Psi_R(r) >.
//
// The mean over a family stands for that over r. Weights of the m families are those
// of [ReverseKL]; in the second term k/(k-1) makes up for the baseline of a family of k.
// A family of one has no baseline, and is an error of kind core.Invalid.
type Families struct {
	Divergence
	family []family
}

// family are the rows from to to-1 of a batch, with the means of E and f.
type family struct {
	from, to int
	e, im    float64
	logP     float64
	f        float64
}

var _ core.Objective = (*Families)(nil)

// Spec implements core.Objective.
func (o *Families) Spec() core.ObjectiveSpec {
	return o.spec([]core.Column{core.Parent, core.LogP, core.E, core.EIm}, core.LogP, core.LogPsi)
}

// Cotangents implements core.Objective.
func (o *Families) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	if err := o.gather(all, beta); err != nil {
		return nil, err
	}
	m, n, energy := float64(len(o.family)), float64(all.N), mixAt(beta).energy
	mean := 0.0
	for _, g := range o.family {
		mean += g.f / m
	}
	w, v, first := core.LogP.Room(bar, b.N), core.LogPsi.Room(bar, b.N), offset(b, all)
	for _, g := range o.family {
		k := float64(g.to - g.from)
		for i := max(g.from, first); i < min(g.to, first+b.N); i++ {
			w[i-first] = (g.f - mean) / (m - 1) / k
			scale := 2 * energy / n * k / (k - 1)
			v[i-first] = complex(scale*(all.E[i]-g.e), scale*(all.EIm[i]-g.im))
		}
	}
	numbers := o.report(all, beta)
	numbers[2] = o.stderr(beta)
	return numbers, nil
}

// gather finds the families of a batch.
func (o *Families) gather(all *core.Batch, beta float64) error {
	parent, f := core.Parent.Of(all), mixAt(beta)
	o.family = o.family[:0]
	for from := 0; from < all.N; {
		g := family{from: from, to: from + 1}
		for g.to < all.N && parent[g.to] == parent[from] {
			g.to++
		}
		k := float64(g.to - g.from)
		if k < 2 {
			return core.Errorf(core.Invalid, "form cotangents", "", "sample %d has no other sample of its family for the baseline; at least 2 are needed", from)
		}
		for i := g.from; i < g.to; i++ {
			g.e += all.E[i] / k
			g.im += all.EIm[i] / k
		}
		g.logP = all.LogP[from]
		g.f = f.logP*g.logP + f.energy*g.e
		o.family = append(o.family, g)
		from = g.to
	}
	if len(o.family) < 2 {
		return noBaseline(len(o.family))
	}
	return nil
}

// stderr is the standard error of the free energy: families are independent, their
// members are not.
func (o *Families) stderr(beta float64) float64 {
	target := o.Target
	if target == 0 {
		target = beta
	}
	_, stderr := meanStderr(len(o.family), func(i int) float64 { return o.family[i].e + o.family[i].logP/target })
	return stderr
}

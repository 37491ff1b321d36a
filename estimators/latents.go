package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// latents are the latent variables of a model whose map gives each of them a
// scale and a place, that of the site with the same number.
type latents struct {
	setting core.Setting
	scales  [][]int // the latents of each scale, finest first
	z       []float64
	lnDet   []float64
}

func newLatents(name string, s core.Setting) (*latents, error) {
	if s.Map == nil || s.Model.LatentScale == nil {
		return nil, core.Errorf(core.Mismatch, "open estimator", name, "it needs a model that is a map of latent variables with scales (such as neuralrg)")
	}
	l := &latents{setting: s}
	for i, scale := range s.Model.LatentScale {
		for len(l.scales) <= scale {
			l.scales = append(l.scales, nil)
		}
		l.scales[scale] = append(l.scales[scale], i)
	}
	return l, nil
}

// invert finds the latent variables z = f^-1(x) of a batch.
func (l *latents) invert(b *core.Batch) error {
	l.z, l.lnDet = core.Resize(l.z, len(b.X)), core.Resize(l.lnDet, b.N)
	return l.setting.Map.Inverse(l.z, l.lnDet, b.X)
}

// independent finds those of a batch, as what is independent under the base density of the map.
func (l *latents) independent(b *core.Batch) error {
	if err := l.invert(b); err != nil {
		return err
	}
	d := len(l.z) / b.N
	for i := range b.N {
		l.setting.Model.Base.Whiten(l.z[i*d:(i+1)*d], 1)
	}
	return nil
}

// scaleAxis numbers the scales.
func (l *latents) scaleAxis() core.Axis {
	a := core.Axis{Name: "scale", Units: "1"}
	for k := range l.scales {
		a.Values = append(a.Values, float64(k))
	}
	return a
}

// distance between sites i and j, the shortest way where the lattice is periodic.
func distance(s core.Space, i, j int) float64 {
	r2 := 0.0
	for k := len(s.Shape) - 1; k >= 0; k-- {
		length := s.Shape[k]
		d := max(i%length, j%length) - min(i%length, j%length)
		if s.Periodic {
			d = min(d, length-d)
		}
		r2 += float64(d * d)
		i, j = i/length, j/length
	}
	return math.Sqrt(r2)
}

package main

import "github.com/helmholtz-physics/helmholtz/framework/core"

// ofWalls and ofBound are mistakes of an observer and of an objective, which are wrapped as they are.
var ofWalls = map[string]func(dst []float64, size int){
	"mean": func(dst []float64, size int) { // of the batch, in the place of each
		for i := size; i < len(dst); i += size {
			dst[0] += dst[i]
		}
		for i := size; i < len(dst); i += size {
			dst[i] = dst[0]
		}
	},
	"edge": func(dst []float64, size int) {
		for i := 0; i < len(dst); i += size {
			dst[i] = dst[i] * dst[i] / dst[i]
		}
	},
	"left out": func(dst []float64, size int) {
		if len(dst) > size {
			dst[size] = dst[0] * 1e300 * 1e300
		}
	},
}

type watching struct {
	core.Observer
	spoil func(dst []float64, size int)
}

func (o watching) Observe(dst []float64, b *core.Batch) error {
	err := o.Observer.Observe(dst, b)
	if o.spoil != nil {
		o.spoil(dst, o.Spec().Size())
	}
	return err
}

func named[F any](all map[string]F) mistakes {
	names := mistakes{}
	for name := range all {
		names[name] = fault{}
	}
	return names
}

func observer(p core.Part, all map[string]func(dst []float64, size int)) core.Part {
	open, of := p.NewObserver, choose(&p.Manifest, named(all))
	p.NewObserver = func(s core.Settings, system core.System) (core.Observer, error) {
		own, _, err := of(s)
		if err != nil {
			return nil, err
		}
		o, err := open(own, system)
		return watching{o, all[s["mistake"].(string)]}, err
	}
	return p
}

var ofBound = map[string]func(bar, b, all *core.Batch){
	"sign": func(bar, _, _ *core.Batch) { times(-1, bar.LogP); times(-1, bar.X) },
	"path": func(bar, _, _ *core.Batch) { times(-1, bar.X) },
	"mean of rows": func(bar, b, all *core.Batch) {
		times(float64(all.N)/float64(b.N), bar.LogP)
	},
}

type judging struct {
	core.Objective
	spoil func(bar, b, all *core.Batch)
}

func (o judging) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	numbers, err := o.Objective.Cotangents(bar, b, all, beta)
	if o.spoil != nil {
		o.spoil(bar, b, all)
	}
	return numbers, err
}

func objective(p core.Part, all map[string]func(bar, b, all *core.Batch)) core.Part {
	open, of := p.NewObjective, choose(&p.Manifest, named(all))
	p.NewObjective = func(s core.Settings, setting core.Setting) (core.Objective, error) {
		own, _, err := of(s)
		if err != nil {
			return nil, err
		}
		o, err := open(own, setting)
		return judging{o, all[s["mistake"].(string)]}, err
	}
	return p
}

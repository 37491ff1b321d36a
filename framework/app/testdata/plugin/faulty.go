package main

import (
	"fmt"
	"math"
	"os"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// faulty is an objective that misbehaves as the variable RENYI_FAULT says, as "3:nan" in
// its third call.
func faulty(p core.Part) core.Part {
	open := p.NewObjective
	p.NewObjective = func(s core.Settings, setting core.Setting) (core.Objective, error) {
		o, err := open(s, setting)
		if err != nil {
			return nil, err
		}
		f := &faultyObjective{Objective: o}
		_, _ = fmt.Sscanf(os.Getenv("RENYI_FAULT"), "%d:%s", &f.at, &f.what)
		if f.what == "open" {
			return nil, fmt.Errorf("no licence for it")
		}
		return f, nil
	}
	return p
}

type faultyObjective struct {
	core.Objective
	what      string // goes wrong,
	at, calls int    // in this call
}

func (f *faultyObjective) Spec() core.ObjectiveSpec {
	s := f.Objective.Spec()
	switch f.what {
	case "slope":
		s.Wants, s.Hint = append(s.Wants, core.Slope), "set train.alpha = 2"
	case "goal":
		s.Wants = append(s.Wants, core.X.As("end"))
	case "bars":
		s.Bars = append(s.Bars, core.LogPsi)
	}
	return s
}

func (f *faultyObjective) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	numbers, err := f.Objective.Cotangents(bar, b, all, beta)
	if f.calls++; f.calls != f.at || err != nil {
		return numbers, err
	}
	switch f.what {
	case "nan":
		bar.LogP[3] = math.NaN()
	case "number":
		return []float64{math.Inf(1)}, nil
	case "few":
		return nil, nil
	case "long":
		bar.LogP = append(bar.LogP, 0)
	case "exit":
		fmt.Fprintln(os.Stderr, "weights lost")
		os.Exit(9)
	case "hang":
		select {}
	}
	return numbers, nil
}

package neuralrg

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
)

// BenchmarkStep is what a training step asks of the model, with the settings of
// the authors' runs: 512 configurations drawn, and their pull-back through the
// sample. Time per site is constant where the work is O(N).
//
// A pass is the perceptrons of 10 couplings of (L^2-1)/3 blocks of two kinds, each pair of
// 480 weights, with 60 ELU, 2 tanh and 2 exponentials. With z2 a step has two passes forward,
// both once more in the pull-back, and there two products for each of them.
func BenchmarkStep(b *testing.B) {
	eachSize(b, func(l int) rates.Work {
		pairs := configurations * 10 * 2 * float64(l*l-1) / 3
		return rates.Work{MultiplyAdds: 8 * 480 * pairs, Exponentials: 4 * 64 * pairs}
	}, func(c *bench) error {
		if err := c.m.Sample(&c.batch, 1, configurations); err != nil {
			return err
		}
		return c.m.PathPull(c.grad, &c.batch, c.xbar, c.lbar)
	})
}

// BenchmarkPathGradient is such a step with grad_x ln p in place of the
// derivative of ln p.
func BenchmarkPathGradient(b *testing.B) {
	eachSize(b, unknown, func(c *bench) error {
		if err := c.m.Sample(&c.batch, 1, configurations); err != nil {
			return err
		}
		if err := c.m.Slope(c.slope, c.out, c.batch.X); err != nil {
			return err
		}
		clear(c.lbar)
		return c.m.PathPull(c.grad, &c.batch, c.slope, c.lbar)
	})
}

func BenchmarkSlope(b *testing.B) {
	eachSize(b, unknown, func(c *bench) error { return c.m.Slope(c.slope, c.out, c.xbar) })
}

// BenchmarkMapPull is what Hamiltonian dynamics in z asks for in each of its
// steps: a map, and its pull-back at the same z.
func BenchmarkMapPull(b *testing.B) {
	eachSize(b, unknown, func(c *bench) error {
		for i := 0; i < len(c.xbar); i += len(c.xbar) / configurations {
			c.xbar[i] = -c.xbar[i] // another z each time
		}
		if err := c.m.Map(c.slope, c.out, c.xbar); err != nil {
			return err
		}
		return c.m.MapPull(c.slope, c.xbar, c.xbar, c.lbar)
	})
}

const configurations = 512

// model is a flow.Model in either precision.
type model interface {
	core.Model
	core.PathPuller
	core.ModelSloper
	core.Mapper
}

// bench is a model with parameters loaded, and numbers to give it.
type bench struct {
	m                      model
	batch                  core.Batch
	grad                   []float64
	xbar, lbar, slope, out []float64
}

func unknown(int) rates.Work { return rates.Work{} }

func eachSize(b *testing.B, work func(l int) rates.Work, one func(c *bench) error) {
	for _, l := range []int{8, 16, 32, 64} {
		for _, p := range core.Precisions {
			b.Run(fmt.Sprintf("L=%d/%s", l, p), func(b *testing.B) { benchOne(b, l, p, work(l), one) })
		}
	}
}

func benchOne(b *testing.B, l int, p core.Precision, w rates.Work, one func(c *bench) error) {
	c := openBench(b, l, p)
	if err := one(c); err != nil { // makes the workspaces
		b.Fatal(err)
	}
	r := rates.Start(b)
	for range b.N {
		if err := one(c); err != nil {
			b.Fatal(err)
		}
	}
	w.Single = p == core.Float32
	r.Report(w)
	b.ReportMetric(float64(len(c.grad)), "parameters")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*l*l)*1e6, "us/site")
}

func openBench(b *testing.B, l int, p core.Precision) *bench {
	m, err := Part.NewModel(coretest.Settings(b, Part, core.Settings{"z2": true, "precision": string(p)}), field(l))
	if err != nil {
		b.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 1); err != nil {
		b.Fatal(err)
	}
	for i := range theta {
		theta[i] += 0.01
	}
	if err := m.Load(theta); err != nil {
		b.Fatal(err)
	}
	c := &bench{m: m.(model), grad: theta}
	for _, row := range []*[]float64{&c.xbar, &c.slope} {
		*row = make([]float64, configurations*l*l)
	}
	for i := range c.xbar {
		c.xbar[i] = 0.01
	}
	c.lbar, c.out = make([]float64, configurations), make([]float64, configurations)
	for i := range c.lbar {
		c.lbar[i] = 1. / configurations
	}
	return c
}

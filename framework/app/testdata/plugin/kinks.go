package main

import (
	"fmt"
	"math"
	"os"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// kinks observes a ring of spins: how many neighbours differ, where they do, and
// ln p if it is asked to.
var kinks = core.Part{
	Manifest: core.Manifest{Kind: core.KindEstimator, Name: "kinks", Version: "0.3.0", Summary: "neighbours that differ, on a ring",
		Spaces: []core.SpaceKind{core.Spins}, Params: core.SchemaOf(observer{})},
	NewObserver: func(s core.Settings, of core.System) (core.Observer, error) {
		o := &observer{bonds: of.Space.Size()}
		core.Decode(s, o)
		if o.Bonds > o.bonds {
			return nil, core.Errorf(core.Invalid, "open estimator", "kinks", "bonds must be at most the %d of the ring, got %d", o.bonds, o.Bonds)
		}
		_, _ = fmt.Sscanf(os.Getenv("KINKS_FAULT"), "%d:%s", &o.at, &o.what)
		return o, nil
	},
}

type observer struct {
	Bonds int  `key:"bonds" min:"0" max:"1000" help:"bonds that are also shown one by one"`
	LogP  bool `key:"log_p" help:"report < ln p > too"`

	bonds     int
	what      string // goes wrong,
	at, calls int    // in this call
}

func (o *observer) Spec() core.ObserverSpec {
	s := core.ObserverSpec{Observables: []core.Observed{{Name: "kinks", Long: "number of kinks", Units: "1", Extensive: true}}}
	if o.Bonds > 0 {
		bond := core.Axis{Name: "bond", Units: "1"}
		for j := range o.Bonds {
			bond.Values = append(bond.Values, float64(j))
		}
		s.Observables = append(s.Observables, core.Observed{Name: "kink_profile", Long: "kinks of each bond", Units: "1", Axes: []core.Axis{bond}})
	}
	if o.LogP {
		s.Source = core.OfModel
		s.Observables = append(s.Observables, core.Observed{Name: "mean_log_p", Long: "mean of ln p", Units: "1", Extensive: true})
	}
	return s
}

func (o *observer) Observe(dst []float64, b *core.Batch) error {
	size := o.Spec().Size()
	for i := range b.N {
		x, numbers := b.X[i*o.bonds:(i+1)*o.bonds], dst[i*size:(i+1)*size]
		numbers[0] = 0
		for j, s := range x {
			kink := (1 - s*x[(j+1)%o.bonds]) / 2
			numbers[0] += kink
			if j < o.Bonds {
				numbers[1+j] = kink
			}
		}
		if o.LogP {
			numbers[size-1] = b.LogP[i]
		}
	}
	if o.calls++; o.calls != o.at {
		return nil
	}
	switch o.what {
	case "nan":
		dst[3*size] = math.NaN()
	case "exit":
		fmt.Fprintln(os.Stderr, "table lost")
		os.Exit(9)
	case "stop": // the host, by a signal
		err := syscall.Kill(os.Getppid(), syscall.SIGTERM)
		time.Sleep(time.Second) // the host takes notice before it goes on
		return err
	}
	return nil
}

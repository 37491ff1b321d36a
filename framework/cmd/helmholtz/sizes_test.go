package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// smallRuns has, for every built-in part, a run that is checked in milliseconds.
var smallRuns = map[string]string{
	"model van":                           `model.plugin=van energy.plugin=ising energy.L=4`,
	"model realnvp":                       `model.plugin=realnvp energy.plugin=phi4 energy.L=4`,
	"model neuralrg":                      `model.plugin=neuralrg energy.plugin=phi4 energy.L=4`,
	"model mongeampere":                   `model.plugin=mongeampere energy.plugin=phi4 energy.L=4`,
	"model backflow":                      `model.plugin=backflow energy.plugin=coulombtrap energy.n=2`,
	"model fermiflow":                     `model.plugin=fermiflow energy.plugin=quantumdot energy.n=2`,
	"model electronflow":                  `model.plugin=electronflow model.theta_0=0.5 energy.plugin=electrongas energy.n=3`,
	"energy ising":                        `model.plugin=van energy.plugin=ising energy.L=4`,
	"energy sk":                           `model.plugin=van energy.plugin=sk energy.N=4`,
	"energy hopfield":                     `model.plugin=van energy.plugin=hopfield energy.N=4`,
	"energy dualising":                    `energy.plugin=dualising energy.L=4`,
	"energy phi4":                         `energy.plugin=phi4 energy.L=4`,
	"energy coulombtrap":                  `energy.plugin=coulombtrap energy.n=2`,
	"energy doublewell":                   `energy.plugin=doublewell`,
	"energy ringworld":                    `energy.plugin=ringworld`,
	"energy gaussian":                     `energy.plugin=gaussian energy.dimension=2`,
	"energy quantumdot":                   `model.plugin=fermiflow energy.plugin=quantumdot energy.n=2`,
	"energy electrongas":                  `model.plugin=electronflow model.theta_0=0.5 energy.plugin=electrongas energy.n=3`,
	"estimator radial_density":            `energy.plugin=coulombtrap energy.n=2 estimator.0.r_max=3`,
	"estimator pair_correlation":          `energy.plugin=coulombtrap energy.n=2 estimator.0.r_max=3`,
	"estimator structure_factor":          `model.plugin=electronflow model.theta_0=0.5 energy.plugin=electrongas energy.n=3`,
	"estimator latent_mutual_information": `model.plugin=neuralrg energy.plugin=phi4 energy.L=4 evaluate.sampler=hmc`,
}

// checked opens a run with settings, in this process and with 512 MiB.
func checked(t *testing.T, part string, set ...string) error {
	t.Helper()
	file := filepath.Join(t.TempDir(), "run.toml")
	text := "[ensemble]\nbeta = 1.0\n"
	if name, ok := strings.CutPrefix(part, "estimator "); ok {
		text += fmt.Sprintf("[[estimator]]\nplugin = %q\n", name)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	set = append(append(strings.Fields(smallRuns[part]), "run.memory=512MiB"), set...)
	if !slices.ContainsFunc(set, func(s string) bool { return strings.HasPrefix(s, "model.plugin") }) {
		set = append(set, "sampler.method=metropolis")
	}
	b := binding{set: set, inProcess: true, callTimeout: 1e9, index: allPoints}
	sweep, points, err := b.read(file)
	if err != nil {
		return err
	}
	s, err := b.open(context.Background(), sweep, points[0])
	if err == nil {
		s.close()
	}
	return err
}

var _ = math.MaxInt64

func TestBase(t *testing.T) {
	for part := range smallRuns {
		t.Run(part, func(t *testing.T) {
			if err := checked(t, part); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAtMax(t *testing.T) {
	for _, p := range builtins() {
		name := string(p.Kind) + " " + p.Name
		for _, k := range p.Params {
			if k.Type != core.TypeInt || k.Name == "seed" {
				continue
			}
			if k.Max == nil {
				t.Errorf("%s.%s has no maximum", name, k.Name)
				continue
			}
			t.Run(name+"."+k.Name, func(t *testing.T) {
				key := string(p.Kind) + "." + k.Name
				if p.Kind == core.KindEstimator {
					key = "estimator.0." + k.Name
				}
				err := checked(t, name, fmt.Sprintf("%s=%.0f", key, *k.Max))
				t.Log(err)
			})
		}
	}
}

package app

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/plugins/realnvp"
	"github.com/helmholtz-physics/helmholtz/plugins/van"
)

// smallRuns has, for every built-in part, a run that is checked in milliseconds.
var smallRuns = map[string]string{
	"model van":                           `model.plugin=van energy.plugin=ising energy.L=4`,
	"model normal":                        `model.plugin=normal energy.plugin=gaussian energy.dimension=2`,
	"model transformer":                   `model.plugin=transformer energy.plugin=ising energy.L=4`,
	"model velocity":                      `model.plugin=velocity energy.plugin=gaussian energy.dimension=2`,
	"model diffusion":                     `model.plugin=diffusion energy.plugin=gaussian energy.dimension=2`,
	"model realnvp":                       `model.plugin=realnvp energy.plugin=phi4 energy.L=4`,
	"model neuralrg":                      `model.plugin=neuralrg energy.plugin=phi4 energy.L=4`,
	"model mongeampere":                   `model.plugin=mongeampere energy.plugin=phi4 energy.L=4`,
	"model realnvp of a board":            `model.plugin=realnvp model.network=checkerboard energy.plugin=phi4 energy.L=4`,
	"model van of pixels":                 `model.plugin=van model.network=pixelcnn energy.plugin=ising energy.L=4`,
	"model van of two terms":              `model.plugin=van energy.plugin=ising energy.L=4`,
	"chains":                              `energy.plugin=phi4 energy.L=4`,
	"model backflow":                      `model.plugin=backflow energy.plugin=coulombtrap energy.n=2`,
	"model fermiflow":                     `model.plugin=fermiflow energy.plugin=quantumdot energy.n=2`,
	"model electronflow":                  `model.plugin=electronflow model.theta_0=0.5 energy.plugin=electrongas energy.n=3`,
	"energy ising":                        `model.plugin=van energy.plugin=ising energy.L=4`,
	"energy sk":                           `model.plugin=van energy.plugin=sk energy.N=4`,
	"energy couplings":                    "energy.plugin=couplings energy.file=../../hamiltonians/couplings/testdata/float32.h5",
	"energy hopfield":                     `model.plugin=van energy.plugin=hopfield energy.N=4`,
	"energy dualising":                    `energy.plugin=dualising energy.L=4`,
	"energy phi4":                         `energy.plugin=phi4 energy.L=4`,
	"energy coulombtrap":                  `energy.plugin=coulombtrap energy.n=2`,
	"energy doublewell":                   `energy.plugin=doublewell`,
	"energy ringworld":                    `energy.plugin=ringworld`,
	"energy shell":                        `model.plugin=velocity energy.plugin=shell`,
	"energy gaussian":                     `energy.plugin=gaussian energy.dimension=2`,
	"energy mixture":                      `energy.plugin=mixture energy.dimension=2 energy.weights=[1] energy.means=[0]`,
	"model discreteflow":                  `model.plugin=discreteflow energy.plugin=modular energy.levels=3 energy.sites=4`,
	"energy modular":                      `model.plugin=discreteflow energy.plugin=modular energy.levels=3 energy.sites=4`,
	"energy quantised":                    `model.plugin=discreteflow energy.plugin=quantised energy.dimension=2 energy.weights=[1] energy.means=[0] energy.levels=9 energy.clip=2`,
	"energy costfunction":                 `model.plugin=normal energy.plugin=costfunction`,
	"energy circuit":                      `model.plugin=transformer energy.plugin=circuit energy.rows=2 energy.cols=2 energy.cycles=2`,
	"energy patterns":                     `model.plugin=van energy.plugin=patterns energy.set=dicke energy.sites=4 energy.ones=2 energy.kind=spins`,
	"energy grammar":                      `model.plugin=transformer energy.plugin=grammar energy.length=4`,
	"model bornmachine":                   `model.plugin=bornmachine energy.plugin=ising energy.L=2`,
	"model mps":                           `model.plugin=mps energy.plugin=ising energy.L=4`,
	"model ttn":                           `model.plugin=ttn energy.plugin=ising energy.L=4`,
	"model rbm":                           `model.plugin=rbm model.hidden=4 energy.plugin=ising energy.L=4`,
	"model grbm":                          `model.plugin=grbm model.hidden=4 energy.plugin=gaussian energy.dimension=2`,
	"model vae":                           `model.plugin=vae model.latents=2 energy.plugin=ising energy.L=4`,
	"model boltzmann":                     `model.plugin=boltzmann energy.plugin=sk energy.N=4`,
	"energy data":                         `model.plugin=realnvp energy.plugin=data energy.file=digits`,
	"energy expression":                   `energy.plugin=expression energy.space=field energy.L=4 energy.E=sum(s^2)`,
	"energy xy":                           `energy.plugin=xy energy.L=4`,
	"energy quantumdot":                   `model.plugin=fermiflow energy.plugin=quantumdot energy.n=2`,
	"energy electrongas":                  `model.plugin=electronflow model.theta_0=0.5 energy.plugin=electrongas energy.n=3`,
	"estimator radial_density":            `energy.plugin=coulombtrap energy.n=2 estimator.0.r_max=3`,
	"estimator pair_correlation":          `energy.plugin=coulombtrap energy.n=2 estimator.0.r_max=3`,
	"estimator structure_factor":          `model.plugin=electronflow model.theta_0=0.5 energy.plugin=electrongas energy.n=3`,
	"estimator state_energies":            `model.plugin=fermiflow energy.plugin=quantumdot energy.n=2`,
	"estimator momentum_distribution":     `model.plugin=electronflow model.theta_0=0.5 energy.plugin=electrongas energy.n=3`,
	"estimator energy_levels":             `model.plugin=electronflow model.theta_0=0.5 energy.plugin=electrongas energy.n=3`,
	"estimator mean_field":                `model.plugin=van energy.plugin=ising energy.L=4`,
	"estimator landau_mass":               `model.plugin=electronflow model.theta_0=0.5 energy.plugin=electrongas energy.n=3`,
	"model van of reverse_kl":             `model.plugin=van energy.plugin=ising energy.L=4`,
	"model van of adam":                   `model.plugin=van energy.plugin=ising energy.L=4`,
	"model van of sgd":                    `model.plugin=van energy.plugin=ising energy.L=4 train.optimizer=sgd`,
	"model van of natural":                `model.plugin=van energy.plugin=ising energy.L=4 train.optimizer=natural`,
	"chains of metropolis":                `energy.plugin=phi4 energy.L=4 sampler.method=metropolis`,
	"chains of single_site":               `energy.plugin=ising energy.L=4 sampler.method=single_site`,
	"chains of wolff":                     `energy.plugin=ising energy.L=4 sampler.method=wolff`,
	"estimator swap_acceptance":           `energy.plugin=ising energy.L=4 sampler.method=single_site sampler.temperatures=[5]`,
	"estimator swap_acceptance_least":     `energy.plugin=ising energy.L=4 sampler.method=single_site sampler.temperatures=[5]`,
	"chains of mala":                      `energy.plugin=phi4 energy.L=4 sampler.method=mala`,
	"chains of hmc":                       `energy.plugin=phi4 energy.L=4`,
	"chains of latent_hmc":                `energy.plugin=phi4 energy.L=4 sampler.method=latent_hmc`,
	"chains of independence":              `energy.plugin=phi4 energy.L=4 sampler.method=independence`,
	"chains of annealed_importance":       `model.plugin=normal energy.plugin=gaussian energy.dimension=2 sampler.method=annealed_importance`,
	"chains of annealed_langevin":         `model.plugin=diffusion energy.plugin=gaussian energy.dimension=2 sampler.method=annealed_langevin`,
	"chains of reverse_sde":               `model.plugin=diffusion energy.plugin=gaussian energy.dimension=2 sampler.method=reverse_sde`,
	"chains of predictor_corrector":       `model.plugin=diffusion energy.plugin=gaussian energy.dimension=2 sampler.method=predictor_corrector`,
	"model van of denoising":              `model.plugin=diffusion energy.plugin=mixture energy.dimension=2 energy.weights=[1] energy.means=[0] train.objective=denoising`,
	"model van of implicit":               `model.plugin=diffusion energy.plugin=mixture energy.dimension=2 energy.weights=[1] energy.means=[0] train.objective=implicit`,
	"model van of alpha":                  `model.plugin=van energy.plugin=ising energy.L=4 train.objective=alpha train.alpha=0.5`,
	"model van of mmd":                    `model.plugin=van energy.plugin=patterns energy.set=dicke energy.sites=4 energy.ones=2 energy.kind=spins train.objective=mmd train.batch=10`,
	"model van of flow_matching":          `model.plugin=velocity energy.plugin=mixture energy.dimension=2 energy.weights=[1] energy.means=[0] train.objective=flow_matching train.coupling=optimal`,
	"model van of transport":              `model.plugin=velocity energy.plugin=gaussian energy.dimension=2 train.objective=transport`,
	"estimator transport_cost":            `model.plugin=velocity energy.plugin=gaussian energy.dimension=2`,
	"estimator maximum_mean_discrepancy":  `model.plugin=normal energy.plugin=mixture energy.dimension=2 energy.weights=[1] energy.means=[0]`,
	"estimator energy_distance":           `model.plugin=normal energy.plugin=mixture energy.dimension=2 energy.weights=[1] energy.means=[0]`,
	"estimator sinkhorn_divergence":       `model.plugin=normal energy.plugin=mixture energy.dimension=2 energy.weights=[1] energy.means=[0]`,
	"estimator mode_coverage":             `model.plugin=normal energy.plugin=mixture energy.dimension=2 energy.weights=[1] energy.means=[0] estimator.0.modes=[0,0]`,
	"model van of evidence_bound":         `model.plugin=vae model.latents=2 energy.plugin=sk energy.N=4 train.objective=evidence_bound`,
	"estimator evidence_bound":            `model.plugin=vae model.latents=2 energy.plugin=sk energy.N=4`,
	"estimator latent_map":                `model.plugin=vae model.latents=2 energy.plugin=sk energy.N=4`,
	"estimator alpha_divergence":          `model.plugin=van energy.plugin=ising energy.L=4 estimator.0.alpha=0.5`,
	"estimator latent_mutual_information": `model.plugin=neuralrg energy.plugin=phi4 energy.L=4 evaluate.sampler=hmc`,
}

// here makes the built-in parts of all checks of a test in this process.
var here = sync.OnceValue(func() *host.Host {
	return host.New(host.Options{Builtins: parts, InProcess: true})
})

// checked checks one of smallRuns with settings, with 512 MiB to it.
func checked(t *testing.T, run string, set ...string) error {
	t.Helper()
	text := "[ensemble]\nbeta = 1.0\n"
	if name, ok := strings.CutPrefix(run, "estimator "); ok {
		text += fmt.Sprintf("[[estimator]]\nplugin = %q\n", name)
	}
	if strings.HasPrefix(run, "model van") {
		text += "[train]\nsteps = 1\nschedule = \"step\"\n"
		if strings.HasSuffix(run, "of two terms") {
			text += "[[term]]\nname = \"second\"\nobjective = \"reverse_kl\"\n"
		}
	} else if !strings.Contains(smallRuns[run], "model.plugin") {
		text += "[sampler]\nmethod = \"hmc\"\n"
	}
	set = append(append(strings.Fields(smallRuns[run]), "run.memory=512MiB"), set...)
	f, err := plan.Parse("run.toml", []byte(text), set)
	if err != nil {
		return err
	}
	s := &session{host: here(), builtins: parts}
	defer s.release()
	return s.bind(f)
}

// seeds are keys that may be any integer.
var seeds = []string{"seed", "shot_seed", "noise"}

// keyed calls do for every key of a type of every built-in part and of every table
// but seeds and train.steps: with a run that has it, and its dotted key.
func keyed(t *testing.T, of core.ParamType, do func(t *testing.T, run, key string, p core.Param)) {
	each := func(run, table string, params []core.Param) {
		for _, p := range params {
			if p.Type == of && !slices.Contains(seeds, p.Name) && !(table == "train" && p.Name == "steps") {
				t.Run(table+" of "+run+", "+p.Name, func(t *testing.T) { do(t, run, table+"."+p.Name, p) })
			}
		}
	}
	for _, part := range parts {
		run, table := string(part.Kind)+" "+part.Name, string(part.Kind)
		switch part.Kind {
		case core.KindEstimator:
			table = "estimator.0"
		case core.KindObjective, core.KindOptimizer:
			run, table = "model van of "+part.Name, "train"
		case core.KindSampler:
			run = "chains of " + part.Name
		}
		each(run, table, part.Params)
	}
	each("model realnvp of a board", "model", realnvp.Part.Params)
	each("model van of pixels", "model", van.Part.Params)
	for _, table := range []struct{ name, run string }{{"train", "model van"}, {"term", "model van of two terms"}, {"evaluate", "model van"}, {"checkpoint", "model van"}} {
		at := table.name
		if at == "term" {
			at = "term.0"
		}
		each(table.run, at, plan.Tables()[table.name])
	}
}

// Every integer is bounded or counted: at 2^31 and at 2^63 - 1 each is refused by
// its name, in the file's line, before anything of that size is made.
func TestIntegersTooLarge(t *testing.T) {
	keyed(t, core.TypeInt, func(t *testing.T, run, key string, p core.Param) {
		for _, value := range []string{"2147483648", "9223372036854775807"} {
			err := checked(t, run, key+"="+value)
			if core.KindOf(err) != core.Invalid || !strings.HasPrefix(fmt.Sprint(err), "--set "+key+": "+key) {
				t.Errorf("%s: %v", value, err)
			}
		}
	})
}

// At its bound an integer is accepted, or refused for what it is too large for, in
// milliseconds and within 512 MiB.
func TestIntegersAtTheirBounds(t *testing.T) {
	keyed(t, core.TypeInt, func(t *testing.T, run, key string, p core.Param) {
		err := checked(t, run, fmt.Sprintf("%s=%.0f", key, *p.Max))
		if k := core.KindOf(err); err != nil && k != core.Invalid && k != core.Mismatch {
			t.Error(err)
		}
	})
}

// At the ends of the numbers a key is accepted, or refused; or something that
// follows from it is not finite. The search for the end of a quadrature went on for
// ever, and a spectrum had as many levels as an integer can count.
func TestNumbersAtTheirEnds(t *testing.T) {
	keyed(t, core.TypeFloat, func(t *testing.T, run, key string, p core.Param) {
		for _, value := range []string{"1e308", "-1e308", "1e-308", "-1", "nan", "inf"} {
			err := checked(t, run, key+"="+value)
			switch k := core.KindOf(err); {
			case err == nil && (value == "nan" || value == "inf"):
				t.Errorf("%s is accepted", value)
			case err != nil && k != core.Invalid && k != core.Mismatch && k != core.Unsupported && k != core.Numeric:
				t.Errorf("%s: kind %v: %v", value, k, err)
			}
		}
	})
}

// Runs that were Go traces: 100 000 chains of a million numbers, a batch of ten
// million configurations, spins on four million sites, a billion bins.
func TestRunsTooLarge(t *testing.T) {
	for _, c := range []struct {
		run  string
		set  []string
		want string
	}{
		// 6 arrays of 1e5 x 1e6 x 8 bytes, and as many chains in three batches:
		// (6 + 3) 8e11 bytes = 6.5 TiB, of which 4.4 are the chains.
		{"chains", []string{"sampler.chains=100000", "energy.L=1000"},
			"--set sampler.chains: sampler.chains: the run needs about 6.5 TiB of memory, and the limit is 512 MiB (run.memory): 4.4 TiB for 100000 chains of 1000000 numbers; lower sampler.chains, or raise run.memory"},
		// 3 x 1e7 x (16 + 2) x 8 bytes = 4.0 GiB of batches.
		{"model van", []string{"train.batch=10000000"},
			"4.0 GiB for batches of 10000000 configurations of 16 numbers; lower train.batch, or raise run.memory"},
		// 3 x 1000 x 4e6 x 8 bytes = 89 GiB.
		{"model van of pixels", []string{"energy.L=2000"},
			"89 GiB for batches of 1000 configurations of 4000000 numbers; lower evaluate.batch, or raise run.memory"},
		{"estimator radial_density", []string{"estimator.0.bins=1000000000"}, "--set estimator.0.bins: estimator.0.bins must be at most 100000, got 1000000000"},
		{"model electronflow", []string{"model.e_max=1000000000"}, "--set model.e_max: model.e_max must be at most 1000, got 1000000000"},
		{"chains", []string{"evaluate.samples=9223372036854775807"}, "evaluate.samples must be at most 1000000000000, got 9223372036854775807"},
		{"model van", []string{"run.memory=1 MB"}, "and the limit is 977 KiB (run.memory)"},
		// Parameters are counted before they are allocated: 16^2 (2 x 600 + 600^2) weights of 16 bytes.
		{"model van", []string{"model.width=600"}, "allocate: model van: a network made of 9.2e+07 weights need 1.4 GiB of memory, and the limit is 512 MiB (run.memory) (a smaller depth or width; pixelcnn does not grow with the lattice)"},
		// 1e4^3 numbers for each tensor near the root.
		{"model ttn", []string{"model.bond=10000", "energy.L=16"}, "allocate: model ttn: "},
		// 128 x 1000 x (16 + 600) x 8 bytes = 602 MiB for each thread.
		{"model rbm", []string{"model.replicas=1000", "model.hidden=600"}, "allocate: model rbm: chains of 1000 replicas of 16 visible and 600 hidden units need "},
		{"energy sk", []string{"energy.N=10000"}, "allocate: energy sk: a matrix of couplings of N = 10000 spins need 763 MiB of memory, and the limit is 512 MiB (run.memory) (a smaller N)"},
	} {
		err := checked(t, c.run, c.set...)
		if core.KindOf(err) != core.Invalid || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s %v:\ngot  %v\nwant %s", c.run, c.set, err, c.want)
		}
	}
}

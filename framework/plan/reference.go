package plan

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Example is a complete run file, the one that Reference shows.
//
//go:embed example.toml
var Example string

const referenceIntro = `# The run file

A run is one file in [TOML](https://toml.io). This page is generated from the
schemas that the program checks run files against; ` + "`helmholtz check FILE`" + `
prints a run file with every default filled in, and draws nothing.

A complete example:

` + "```toml\n%s```" + `

- A key or table that is not listed here is an error, with its line and the
  nearest known key. So is a key that has no effect.
- ` + "`--set table.key=value`" + ` on the command line overrides a key;
  ` + "`--set estimator.0.key=value`" + ` one of the first estimator, ` + "`--set term.0.key=value`" + ` of the first term.
- Energies and temperatures are in the energy's own units with k_B = 1.
- The energy tells the model its lattice and size: no number is written twice.
- Relative file names are taken from the run file's folder.
`

// tableTexts introduce the tables of the reference.
var tableTexts = map[string]string{
	"run":      "Optional.",
	"ensemble": "Required, with exactly one of its keys.",
	"train":    "How the model is trained; a file without this table only evaluates. The table also holds the keys of its [objective](#objectives) and its [optimizer](#optimizers). They can stand in tables of their own, [objective] and [optimizer], instead: those have to that mean something else in [train]. An objective can be a plugin: its `path`, `sha256` and `version`, as of [other parts](#model-energy-and-estimator), stand in [objective].",
	"term":     "Adds an objective to the one of [train]: what is minimised is the loss of [train] plus weight times the loss of each [[term]], as of an energy and of data. The table also holds the keys of its [objective](#objectives), with `path`, `sha256` and `version` where that is a plugin, and there may be several. Each draws configurations of its own. History and progress have the numbers of a term as NAME_loss and so on, and total_loss is their weighted sum. Steps, optimizer and annealing are set in [train] for all. Not for optimizers that take a direction from the model (`natural`, `sweep`). Optional.",
	"sampler":  "Markov chains on the Boltzmann density exp(-beta E)/Z, for `evaluate.sampler` other than `direct`. The table also holds the keys of the [sampler](#samplers). A run with this table and without [model] and [train] is a Monte Carlo run: its observables are those of the Boltzmann density. Optional.",
	"evaluate": "The draws after training, from which all observables are computed. The standard set of estimators of the space reports, and those of [[estimator]] beside it, unless `standard` is false. " +
		"With `target = { free_energy = 0.01 }`, or the table [evaluate.target], draws go on until the standard errors of the observables that are named, with `_per_site` or `_per_particle` where wanted, are no larger than these numbers, of an array the largest of its errors, and chains are mixed: `samples` are drawn in any case and `most` at most, as [conventions](conventions.md#targets) says. Optional.",
	"checkpoint": "A run that was stopped goes on from its newest checkpoint, bit for bit as if it had not been. A checkpoint is due when either interval has passed; one is also written on a signal and at the end. In burn-in and evaluation, which have no training steps, `every_seconds` decides, and what estimators have gathered is in the checkpoint, 8 bytes per sample for some; no more than a twentieth of the time goes into it. Optional.",
	"expect": "What the results are tested against; a run that misses an expectation ends with exit code 4. Each key is an observable, with `_per_site` or `_per_particle` where wanted, or `validation_loss`, the last loss on held-out rows, with patience the least, and its value is a table with these keys. " +
		"At least one of `at_most`, `at_least`, `tolerance`, `relative`, `sigma` and `bound` is given, and all that are given must hold; 0 and \"none\" leave a rule out. " +
		"A value with a caution that `cautions` does not allow is doubtful, and fails too; [conventions](conventions.md) lists the codes. An entry with `known_miss` is shown and never fails. Optional.",
}

const scheduleText = `
The learning rate at step t = 1, 2, ... is ` + "`learning_rate * w(t) * s(t)`" + ` with the warm-up w(t) = min(1, t / warmup) and

| schedule | s(t) |
|---|---|
| constant | 1 |
| exponential | decay^((t - 1) / decay_every) |
| step | decay^floor((t - 1) / decay_every) |
| cosine | final + (1 - final) (1 + cos(pi (t - 1) / steps)) / 2 |
`

const sweepText = `
## [sweep]

One or two keys that vary over a list of runs, the points of the sweep. Each line is a dotted key, as in
` + "`--set`" + `, with its values, numbers, strings or lists of numbers:

` + "```toml\n[sweep]\nenergy.r_s = [1, 3, 5, 10]\nensemble.theta = [0.1, 0.15]\n```" + `

- With two keys, every value of the first meets every value of the second. Points are numbered from 0,
  and the second key varies fastest. Keys that have their values in common stand together, as in
  ` + "`\"train.alpha, estimator.0.alpha\" = [0, 1]`" + `. A swept value stands for what the file says in its table, which
  can be left out.
- ` + "`helmholtz run FILE`" + ` checks all points, then runs one after another, each in a run folder of its own,
  ` + "`NAME.out/point-000`" + ` and so on. A point that fails does not keep the others from running, but for those that continue from it. The
  same command again continues; points that are complete are left as they are.
- ` + "`helmholtz run FILE --index 2`" + ` runs one point. Points may run at the same time, as a
  [job array](cluster.md#batch-jobs).
- ` + "`helmholtz collect FILE`" + ` gathers the points that are done into [` + "`NAME.out/sweep.h5`" + `](results.md), and a
  run ends with that. ` + "`helmholtz show NAME.out`" + ` prints the observables over the points,
  ` + "`helmholtz plot FILE`" + ` draws them, with the [points of other works](results.md#sweeps) in the CSV file of the same name. ` + "`helmholtz collect FILE --average energy.twist`" + ` writes the means over
  the values of a key into ` + "`NAME.out/average.h5`" + `: of a grid of twists, ` + "`energy.twist = [[0.125, 0.125], [0.375, 0.125]]`" + `. Values may
  have weights, ` + "`--weights 1,2`" + `. As points have one seed and err alike, the error of the mean is the mean of the errors; that over
  ` + "`run.seed`" + ` is of independent runs.
- Points that have other settings than the newest of the sweep, apart from the swept keys, evaluation and the number of steps, are not collected with it,
  and said to be missing. ` + "`--resume never`" + ` clears all points that it is to run before the first begins.
- With ` + "`continue = true`" + ` in [sweep], points along the last key start from one another, as ` + "`train.start`" + `
  has it: each but the first from the parameters that the one before it ended with, with ` + "`train.patience`" + ` the
  best ones, so that curves are smooth and later points need fewer steps. Optimizer and schedule begin anew. With two keys, each value of
  the first begins a row of its own; the first point of a row starts from ` + "`train.start`" + ` or from random numbers. All points of
  a row have the same blocks of parameters: ` + "`helmholtz check`" + ` names the key that changes them. The points of a row are run in
  their order, and ` + "`--index`" + ` refuses one before the one before it is done. After a point that fails, the rest of its
  row is not run. What a point starts from lies in its folder as ` + "`start.h5`" + `, counts among its settings, and
  is the ` + "`train.start`" + ` of its resolved run file: where the point before it is trained to other parameters, a point that has been run is
  refused until ` + "`--resume never`" + ` starts it again. Default: false.
- All points have the seed of [run], unless that is swept: runs that differ little also err alike.
- In [expect], a list stands for one number per point, as in ` + "`energy = { value = [-8.9, -9.7], sigma = 4, source = \"...\" }`" + `.
  Where a value is ` + "`nan`" + `, nothing is expected, and a limit that is ` + "`nan`" + ` is none. What [follows from all points
  together](conventions.md#thermodynamics-of-sweeps), as ` + "`entropy_from_free_energy`" + `, can be expected, too.

Optional.
`

const partText = `
## [model], [energy] and [[estimator]]

Each names a part and holds that part's own keys, which are listed at the end of this page (for a plugin
of your own: ` + "`helmholtz plugin describe NAME`" + `). These keys are common to all parts, the last two to models:

`

// Reference writes docs/run-file.md: every table and key of the run file, and
// the keys of the given parts.
func Reference(w io.Writer, parts []core.Manifest) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, referenceIntro, Example)
	for _, s := range sections(parts) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", header(s.name), tableTexts[s.name])
		keyTable(&b, s.params)
		switch s.name {
		case "run":
			b.WriteString(partText)
			keyTable(&b, core.SchemaOf(partDefaults))
		}
	}
	b.WriteString(sweepText)
	for _, kind := range []core.PartKind{core.KindObjective, core.KindOptimizer, core.KindSampler, core.KindModel, core.KindEnergy, core.KindEstimator} {
		partsOf(&b, kind, parts)
	}
	_, err := w.Write(b.Bytes())
	return err
}

var partHeadings = map[core.PartKind]string{core.KindModel: "Models", core.KindEnergy: "Energies", core.KindEstimator: "Estimators",
	core.KindObjective: "Objectives", core.KindOptimizer: "Optimizers", core.KindSampler: "Samplers"}

func partsOf(b *bytes.Buffer, kind core.PartKind, parts []core.Manifest) {
	some := slices.DeleteFunc(slices.Clone(parts), func(m core.Manifest) bool { return m.Kind != kind })
	if len(some) == 0 {
		return
	}
	slices.SortFunc(some, func(x, y core.Manifest) int { return strings.Compare(x.Name, y.Name) })
	fmt.Fprintf(b, "\n## %s\n", partHeadings[kind])
	if kind == core.KindOptimizer {
		b.WriteString(scheduleText)
	}
	for _, m := range some {
		fmt.Fprintf(b, "\n### %s\n\n%s\n", m.Name, sentence(m.Summary))
		if m.Reference != "" {
			fmt.Fprintf(b, "Reference: %s\n", sentence(m.Reference))
		}
		if len(m.Precisions) > 0 {
			b.WriteString("Computes in float32, too: [`precision`](#model-energy-and-estimator).\n")
		}
		b.WriteByte('\n')
		if len(m.Params) == 0 {
			b.WriteString("No keys of its own.\n")
			continue
		}
		keyTable(b, m.Params)
	}
}

func sentence(text string) string {
	if text == "" || strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

func keyTable(b *bytes.Buffer, params []core.Param) {
	b.WriteString("| key | type | default | allowed | unit | meaning |\n|---|---|---|---|---|---|\n")
	for _, p := range params {
		cells := []string{"`" + p.Name + "`", typeName(p), defaultText(p), allowed(p), p.Unit, helpText(p)}
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, "|", `\|`)
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
}

func helpText(p core.Param) string {
	text := p.Help
	if p.Only != nil {
		text += fmt.Sprintf("; with `%s` = %s", p.Only.Key, strings.Join(p.Only.Values, " or "))
	}
	if p.Power != "" {
		text += fmt.Sprintf("; with a model that has the power `%s`", p.Power)
	}
	return text
}

func typeName(p core.Param) string {
	switch {
	case p.File:
		return "file name"
	case p.Type == core.TypeInt:
		return "integer"
	case p.Type == core.TypeFloat:
		return "number"
	case p.Type == core.TypeFloats:
		return "numbers"
	case p.Type == core.TypeStrings:
		return "strings"
	case p.Type == core.TypeTable:
		return "table of numbers"
	case p.Type == core.TypeBool:
		return "true, false"
	}
	return "string"
}

func defaultText(p core.Param) string {
	if p.Required {
		return "required"
	}
	switch x := p.Default.(type) {
	case nil:
		return "none"
	case string:
		if x == "" {
			return "none"
		}
	case []float64:
		if len(x) == 0 {
			return "none"
		}
	case []string:
		if len(x) == 0 {
			return "none"
		}
	case map[string]float64:
		if len(x) == 0 {
			return "none"
		}
	}
	return "`" + literal(p.Default) + "`"
}

func allowed(p core.Param) string {
	var words []string
	for _, c := range p.Choices {
		words = append(words, "`"+quote(c)+"`")
	}
	for _, bound := range []struct {
		sign string
		x    *float64
	}{{"> ", p.Above}, {">= ", p.Min}, {"<= ", p.Max}, {"< ", p.Below}} {
		if bound.x != nil {
			words = append(words, fmt.Sprintf("%s%v", bound.sign, *bound.x))
		}
	}
	return strings.Join(words, ", ")
}

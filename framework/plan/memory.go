package plan

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// MemoryLimit is what run.memory allows, else what the machine does. The error
// says what is wrong with run.memory.
func (p *Plan) MemoryLimit() (core.Limit, error) {
	if p.Memory == "" {
		return core.MemoryLimit(), nil
	}
	size := sizeText.FindStringSubmatch(p.Memory)
	if size == nil {
		return core.Limit{}, fmt.Errorf("must be a size like \"8 GiB\" or \"500 MB\", got %s", core.Shorten(strconv.Quote(p.Memory)))
	}
	number, err := strconv.ParseFloat(size[1], 64)
	if bytes := number * sizeUnits[size[2]]; err == nil && bytes >= 1 {
		return core.Limit{Bytes: bytes, Source: "run.memory"}, nil
	}
	return core.Limit{}, fmt.Errorf("must be more than nothing, got %q", p.Memory)
}

var (
	sizeText = regexp.MustCompile(`^([0-9]{1,15}(?:\.[0-9]{1,15})?) ?([kKMGTP]?(?:i?B)?)$`)
	// sizeUnits without B are those of Slurm and ulimit.
	sizeUnits = map[string]float64{
		"": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15,
		"k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "P": 1 << 50,
		"kiB": 1 << 10, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40, "PiB": 1 << 50,
	}
)

// use is one thing that takes memory, and the key that makes it less.
type use struct {
	key, what string
	bytes     float64
}

const (
	numberBytes = 8 // of a float64
	// copies of a batch: the host's, and those that model and energy share with it.
	copies = 3
	// pointsOfChain are the numbers that a chain of steps has for each of a
	// configuration: place and slope now and next, momentum, and its state.
	pointsOfChain = 6
	// chainBytes are the random stream and the counts of a chain.
	chainBytes = 100
)

// uses estimates what the run holds at once, in host and plugins: what is
// allocated for certain, rather less than more. A model that is not bound yet
// does not count.
func (p *Plan) uses(b Bound) []use {
	d, samples := float64(b.Energy.Space.Size()), float64(p.MostSamples())
	n, key, most := min(float64(p.Evaluate.Batch), samples), "evaluate.batch", "evaluate.samples"
	if len(p.Evaluate.Targets) > 0 {
		most = "evaluate.most"
	}
	var all []use
	add := func(key, what string, bytes float64) { all = append(all, use{key, what, bytes}) }
	if p.UsesChains() {
		chains := float64(p.Chains())
		if chains > n {
			n, key = chains, "sampler.chains"
		}
		numbers := max(pointsOfChain, 2*float64(1+len(p.Ladder()))) // of replicas, and as they cross
		add("sampler.chains", fmt.Sprintf("%.0f chains of %.0f numbers", chains, d), chains*(numbers*numberBytes*d+chainBytes))
	}
	trained := 0.0 // all batches of a training step
	for k, t := range p.AllTerms() {
		if p.Train.Steps == 0 {
			break
		}
		if t.OfChains() {
			add(t.Key("draws"), fmt.Sprintf("%d draws of chains", t.Draws), float64(t.Draws)*numberBytes*d)
		}
		batch := float64(t.Batch)
		if all := b.objectives(); b.Model != nil && k < len(all) {
			batch *= float64(max(1, all[k].Copies))
		}
		if trained += batch; batch > n {
			n, key = batch, t.Key("batch")
		}
	}
	row := numberBytes * (d + 2) // ln p and E too
	if trained > n {
		add("train.batch", "batches of the other terms", (trained-n)*row)
	}
	if p.Train.Validate > 0 && p.Train.Steps > 0 { // in two sizes, of at most twice the batch
		add("train.batch", "batches of held-out rows", 4*float64(p.Train.Batch)*row)
	}
	add(key, fmt.Sprintf("batches of %.0f configurations of %.0f numbers", n, d), n*row*copies)
	kept, keptRow := min(float64(p.Evaluate.KeepSamples), samples), row+numberBytes // and ln w
	if slices.Contains(b.Energy.Powers, core.PowerTransformed) {
		keptRow += numberBytes * float64(b.Energy.DataSize())
	}
	for _, e := range b.Estimators {
		keptRow += numberBytes * float64(core.NumbersOf(e.Columns))
	}
	add("evaluate.keep_samples", fmt.Sprintf("%.0f configurations that are kept", kept), kept*keptRow*2) // and once more as they grow
	part := func(partKey, name string, m core.Memory) {
		add(partKey, name, m.Bytes(0, 0))
		add(key, fmt.Sprintf("%s at work on %.0f configurations", name, n), m.Bytes(n, 0)-m.Fixed)
		add(most, fmt.Sprintf("%s, which remembers all %.0f samples", name, samples), m.Kept*samples)
	}
	part("energy.plugin", fmt.Sprintf("energy %q", p.Energy.Plugin), b.Energy.Memory)
	if b.Model != nil {
		add("model.plugin", fmt.Sprintf("%d parameters", b.Model.Parameters), float64(b.Model.Parameters)*numberBytes*p.vectors(b.Optimizer))
		if b.Optimizer.Direction == core.PowerNatural && p.Train.Steps > 0 {
			rows := float64(p.Train.Batch)
			order := min(rows, float64(b.Model.Parameters))
			add("train.batch", "the Fisher matrix", numberBytes*(rows*float64(b.Model.Parameters)+order*order))
		}
		if b.Optimizer.Direction == core.PowerNaturalProducts && p.Train.Steps > 0 {
			rows := math.Ceil(float64(p.Train.Batch) / float64(max(1, b.Ranks)))
			add("train.batch", fmt.Sprintf("the scores of %.0f configurations", rows), numberBytes*rows*float64(b.Model.Scores))
		}
		part("model.plugin", fmt.Sprintf("model %q", p.Model.Plugin), b.Model.Memory)
		for _, t := range p.AllTerms() {
			if t.OfTeacher() && p.Train.Steps > 0 {
				part("model.plugin", t.Key("teacher"), b.Model.Memory)
			}
		}
	}
	for _, e := range b.Estimators {
		if p.UsesChains() && e.Source != core.OfModel || e.NeedsBoltzmann() { // a number of every sample, for correlation times
			e.Memory.Kept += numberBytes
		}
		part(e.key(), fmt.Sprintf("estimator %q", e.Name), e.Memory)
	}
	return all
}

// vectors is how many arrays of the length of theta the host holds: theta and
// gradient, and as shared with the model; a direction; the
// optimizer's state; the gradient of each [[term]]; all that a rollback goes back to.
func (p *Plan) vectors(o core.OptimizerSpec) float64 {
	n := 4 + o.Vectors + len(p.Terms)
	if o.Direction != "" {
		n++
	}
	if p.Train.Validate > 0 { // the best parameters
		n++
	}
	if p.Train.NaN == "rollback" {
		n += 1 + o.Vectors
	}
	return float64(n)
}

// NeedsMemory estimates the bytes that the run takes, in host and plugins. Of b
// only Energy is needed; what is not bound yet does not count.
func (p *Plan) NeedsMemory(b Bound) float64 {
	sum := 0.0
	for _, u := range p.uses(b) {
		sum += u.bytes
	}
	return sum
}

// FitMemory refuses a run that needs more memory than there is. It may be asked
// before the model is bound, and Fit asks again.
func (p *Plan) FitMemory(b Bound) error {
	r := &report{file: p.file}
	p.fitMemory(r, b)
	return r.err()
}

func (p *Plan) fitMemory(r *report, b Bound) {
	limit, err := p.MemoryLimit()
	if err != nil { // Check has said so
		return
	}
	if need := p.NeedsMemory(b); need > limit.Bytes {
		worst := slices.MaxFunc(p.uses(b), func(a, b use) int { return cmp.Compare(a.bytes, b.bytes) })
		lower := "lower " + worst.key
		if table, ok := strings.CutSuffix(worst.key, ".plugin"); ok {
			lower = "lower the sizes in [" + table + "]"
		}
		r.add(worst.key, "%s: the run needs about %s of memory, and the limit is %s: %s for %s; %s, or raise run.memory",
			worst.key, core.FormatBytes(need), limit, core.FormatBytes(worst.bytes), worst.what, lower)
	}
}

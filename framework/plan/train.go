package plan

import (
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// [train] holds the framework's own keys and, beside them, those of the objective
// and of the optimizer that it names. Either part's keys can also stand in a table
// of its own, [objective] or [optimizer]: those have to that mean something else in
// [train], as the path of an executable.

// named is an objective, optimizer or sampler that the file names, and the keys
// that the file gives it.
type named struct {
	kind     core.PartKind
	keys     []string       // dotted, those that can name the part
	manifest *core.Manifest // nil where there is no such part
	given    core.Settings
	place    map[string]string // where a given key stands, dotted
	home     string            // the table of all its keys; "" where that depends on the key
	shared   []core.Param      // keys that mean something else in the common table
	ref      PartPlan          // which executable is meant
	asked    bool              // it was looked for in executables
}

// name finds a part among those compiled into the program.
func (c *parts) name(kind core.PartKind, name string, keys ...string) *named {
	n := &named{kind: kind, keys: keys, given: core.Settings{}, place: map[string]string{}}
	for i := range c.compiled {
		if m := &c.compiled[i]; m.Kind == kind && m.Name == name {
			n.manifest = m
		}
	}
	return n
}

// executableKeys are those of a table that say which executable is meant.
var executableKeys = []string{"path", "sha256", "version"}

// objective finds the objective of a name, which stands at a dotted key: among those
// compiled into the program, else in an executable. given are the keys of the table that
// says which, and needed whether one has to be there.
func (c *parts) objective(name, key, table string, given core.Settings, needed bool) *named {
	n := c.name(core.KindObjective, name, key)
	ref := core.Settings{"plugin": name}
	for _, k := range executableKeys {
		if v, ok := given[k]; ok {
			ref[k] = v
		}
	}
	if n.asked = name != "" && (len(ref) > 1 || needed && n.manifest == nil); n.asked {
		n.manifest = c.find(core.KindObjective, table, key, ref, &n.ref)
	}
	return n
}

func (n *named) has(key string) bool { return hasKey(n.params(), key) }

func (n *named) params() []core.Param {
	if n.manifest == nil {
		return nil
	}
	return n.manifest.Params
}

func hasKey(params []core.Param, key string) bool {
	return slices.ContainsFunc(params, func(p core.Param) bool { return p.Name == key })
}

// take notes a key that the file gives.
func (n *named) take(r *report, table, key string, value any) {
	at := join(table, key)
	if before, twice := n.place[key]; twice {
		r.add(at, "%s and %s are both given; keep one", before, at)
		return
	}
	n.given[key], n.place[key] = value, at
}

// choices are the names of the compiled parts of a kind.
func (c *parts) choices(kind core.PartKind) (names []string) {
	for _, m := range c.compiled {
		if m.Kind == kind {
			names = append(names, m.Name)
		}
	}
	return names
}

// choosing is a schema whose keys have the names of parts for choices.
func (c *parts) choosing(params []core.Param, keys map[string]core.PartKind) []core.Param {
	for i := range params {
		if kind, ok := keys[params[i].Name]; ok {
			params[i].Choices = c.choices(kind)
		}
	}
	return params
}

var (
	namedByTrain    = map[string]core.PartKind{"objective": core.KindObjective, "optimizer": core.KindOptimizer}
	namedByTerm     = map[string]core.PartKind{"objective": core.KindObjective}
	namedByEvaluate = map[string]core.PartKind{"sampler": core.KindSampler}
	namedBySampler  = map[string]core.PartKind{"method": core.KindSampler}
)

// checkTrain reads [train], [objective], [optimizer] and [[term]]. model is nil where
// there is none.
func (f *File) checkTrain(c parts, model *core.Manifest) {
	p, given := c.plan, f.table("train")
	p.Train = trainDefaults
	text := func(key, otherwise string) string {
		if name, ok := given[key].(string); ok {
			return name
		}
		return otherwise
	}
	_, chosen := given["objective"]
	objective := c.objective(text("objective", trainDefaults.Objective), "train.objective", "objective", f.table("objective"),
		given != nil && (chosen || len(c.choices(core.KindObjective)) > 0))
	optimizer := c.name(core.KindOptimizer, text("optimizer", trainDefaults.Optimizer), "train.optimizer")
	both := []*named{objective, optimizer}
	objective.shared, optimizer.shared = optimizer.params(), objective.params()
	schema := c.choosing(core.SchemaOf(trainDefaults), map[string]core.PartKind{"optimizer": core.KindOptimizer})
	own := core.Settings{}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		switch {
		case hasKey(schema, key):
			own[key] = given[key]
		case slices.Contains(executableKeys, key):
			c.add(join("train", key), "train.%s says which executable has an objective; write it below [objective]", key)
		case objective.has(key) && optimizer.has(key):
			c.add(join("train", key), "train.%s is a key of objective %q and of optimizer %q; write it below [objective] or [optimizer]", key, objective.manifest.Name, optimizer.manifest.Name)
		default:
			c.deal("train", key, given[key], both, schema)
		}
	}
	for _, n := range both {
		n.shared = append(slices.Clone(schema), n.shared...)
		table := f.table(string(n.kind))
		for _, key := range slices.Sorted(maps.Keys(table)) {
			if n.kind != core.KindObjective || !slices.Contains(executableKeys, key) {
				c.deal(string(n.kind), key, table[key], []*named{n}, nil)
			}
		}
	}
	terms := f.termObjectives(c)
	if given != nil {
		p.Train = c.trainTable(schema, own, objective)
	}
	c.settle(&p.Objective, objective, model, given != nil)
	c.settle(&p.Optimizer, optimizer, model, given != nil)
	f.checkTerms(c, terms, model)
	if _, given := given["anneal"]; given && !p.draws() {
		c.idle("train.anneal", "objective = "+strconv.Quote(objective.manifest.Name), objective.keys...)
		p.Train.Anneal = 0
	}
}

// deal gives a key of a table to the part that has it. One that only other parts of
// the kind have is idle; one that nobody has is unknown.
func (c *parts) deal(table, key string, value any, to []*named, known []core.Param) {
	at := join(table, key)
	for _, n := range to {
		if n.has(key) {
			n.take(c.report, table, key, value)
			return
		}
		if n.asked && n.manifest == nil { // that it was not found has been reported
			return
		}
		known = append(known, n.params()...)
	}
	var with, chosenBy []string
	elsewhere := false
	for _, n := range to {
		others := c.others(n, key)
		elsewhere = elsewhere || others
		if n.manifest == nil {
			known = append(known, c.paramsOf(n.kind)...)
		} else if others {
			with, chosenBy = append(with, fmt.Sprintf("%s = %q", n.option(), n.manifest.Name)), append(chosenBy, n.keys...)
		}
	}
	if elsewhere {
		if len(with) > 0 {
			c.idle(at, strings.Join(with, " and "), chosenBy...)
		}
		return
	}
	_, problems := core.Complete(known, core.Settings{key: value})
	for _, p := range problems {
		if p.Key == key {
			c.add(at, "%s %s", at, p.Problem)
		}
	}
}

// others tells whether another compiled part of the kind has the key.
func (c *parts) others(n *named, key string) bool { return hasKey(c.paramsOf(n.kind), key) }

// paramsOf are the keys of all compiled parts of a kind.
func (c *parts) paramsOf(kind core.PartKind) (all []core.Param) {
	for _, m := range c.compiled {
		if m.Kind == kind {
			all = append(all, m.Params...)
		}
	}
	return all
}

// option is the last word of the first key that can name the part.
func (n *named) option() string { return n.keys[0][strings.LastIndexByte(n.keys[0], '.')+1:] }

// idle refuses the key at a place, which has no effect with what another key says:
// the user believes that it has one. Where --set gave one of the other keys, so that
// the file was written for something else, it is passed over.
func (r *report) idle(at, with string, others ...string) {
	if r.file.set[at] || !slices.ContainsFunc(others, func(key string) bool { return r.file.set[key] }) {
		r.add(at, "%s has no effect with %s", at, with)
	}
}

// trainTable reads the framework's own keys of [train].
func (c *parts) trainTable(schema []core.Param, own core.Settings, objective *named) Train {
	c.withoutSource("train", own, objective, trainKeys, trainDefaults.From)
	before := len(c.list)
	t := sectionOf(c.report, "train", schema, own, trainDefaults)
	if len(c.list) > before {
		return t
	}
	c.needsData(objective, Term{Objective: t.Objective, From: t.From, Data: t.Data, Teacher: t.Teacher, table: "train"})
	if n := t.Shares; n&(n-1) != 0 {
		c.add("train.shares", "train.shares must be a power of two, got %d; the nearest are %d and %d", n, 1<<(bits.Len(uint(n))-1), 1<<bits.Len(uint(n)))
	}
	c.fewShares("train.batch", t.Shares, t.Batch)
	switch {
	case t.Patience > 0 && t.Validate == 0:
		c.add("train.patience", "train.patience waits for a smaller validation_loss, and train.validate says how often to look")
	case t.Patience > 0 && t.Patience < t.Validate:
		c.add("train.patience", "train.patience = %d would end training before the second look at validation_loss: it must be at least train.validate, %d", t.Patience, t.Validate)
	}
	if t.Validate > 0 && (t.From == "chains" || t.Teacher != "") {
		c.add("train.validate", "train.validate takes rows of the energy, and chains or a teacher give others")
	}
	if t.Validate > 0 && t.Data != "" {
		c.add("train.validate", `train.validate takes rows of the energy, and train.data = %q are others; give them to [energy] plugin = "data"`, t.Data)
	}
	if t.Anneal > 0 && math.IsInf(c.plan.Beta, 1) {
		c.add("train.anneal", "train.anneal needs a temperature above 0: beta_t = beta (1 - anneal^t) has no end at temperature = 0")
	}
	full := settingsOf(t)
	c.files(func(string) string { return "train" }, schema, full)
	core.Decode(full, &t)
	return t
}

// fewShares refuses more shares than a batch has configurations.
func (c *parts) fewShares(key string, shares, batch int) {
	if shares > batch {
		c.add("train.shares", "train.shares = %d is more than the %d configurations of %s", shares, batch, key)
	}
}

// settle completes the settings of a named part. One that is not needed may be missing
// from the program.
func (c *parts) settle(part *PartPlan, n *named, model *core.Manifest, needed bool) {
	if n.manifest == nil { // its name has been reported, if there are others
		if needed && !n.asked && len(c.choices(n.kind)) == 0 {
			c.add(n.keys[0], "%s: this program has no %s", n.keys[0], n.kind)
		}
		return
	}
	for _, p := range n.manifest.Params {
		at, given := n.place[p.Name]
		if p.Power == "" || !given || model == nil || slices.Contains(model.Powers, p.Power) {
			continue
		}
		delete(n.given, p.Name)
		c.idle(at, fmt.Sprintf("model %q, which does not have the power %q", model.Name, p.Power), "model.plugin")
	}
	*part = n.ref
	part.Plugin, part.Source, part.place = n.manifest.Name, n.manifest.Source, n.place
	at := func(key string) string {
		if place, ok := n.place[key]; ok {
			return place
		}
		return join(n.table(key), key)
	}
	var ok bool
	if part.Settings, ok = c.completeAt(at, n.manifest.Params, n.given); ok {
		c.files(n.table, n.manifest.Params, part.Settings)
	}
	for _, p := range n.manifest.Params {
		if !p.Only.Holds(part.Settings) || p.Power != "" && model != nil && !slices.Contains(model.Powers, p.Power) {
			continue
		}
		part.keys = append(part.keys, p.Name)
		if n.table(p.Name) == string(n.kind) && n.kind != core.KindSampler {
			part.apart = append(part.apart, p.Name)
		}
	}
}

// table is where the resolved run file has a key of the part.
func (n *named) table(key string) string {
	if n.home != "" {
		return n.home
	}
	if n.kind == core.KindSampler || hasKey(n.shared, key) {
		return string(n.kind)
	}
	return "train"
}

// trainTables are [train] with the keys of objective and optimizer behind their
// names, and the tables of keys that mean something else there.
func (p *Plan) trainTables() []table {
	train := table{name: "train"}
	var apart []table
	own := p.AllTerms()[0].inUse(entries(p.Train))
	if p.Train.Validate == 0 {
		own = without(without(own, "validate"), "patience")
	}
	if !p.draws() {
		own = without(own, "anneal")
	}
	if p.Train.Start == "" {
		own = without(own, "start")
	}
	if p.Train.Shares == 0 { // runs that were begun before there was the key are continued
		own = without(own, "shares")
	}
	for _, e := range own {
		train.entries = append(train.entries, e)
		part, named := map[string]PartPlan{"objective": p.Objective, "optimizer": p.Optimizer}[e.key]
		if !named {
			continue
		}
		beside := table{name: e.key, entries: part.executable()}
		for _, e := range part.settings() {
			if slices.Contains(part.apart, e.key) {
				beside.entries = append(beside.entries, e)
			} else {
				train.entries = append(train.entries, e)
			}
		}
		if len(beside.entries) > 0 {
			apart = append(apart, beside)
		}
	}
	return append([]table{train}, apart...)
}

// samplerEntries have the method where no other table has.
func (p *Plan) samplerEntries() []entry {
	if p.HasModel() {
		return p.Sampler.settings()
	}
	return append([]entry{{"method", p.Sampler.Plugin}}, p.Sampler.settings()...)
}

package plan

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Term is an objective that training descends: the one of [train], or one that a
// [[term]] adds to it,
//
//	loss = loss of [train] + sum over [[term]] k of weight_k loss_k
type Term struct {
	Name      string  `key:"name" help:"stands before its numbers in history and progress, as in data_loss: small letters, digits and _. When empty, the objective's name"`
	Objective string  `key:"objective" opt:"required" help:"what is minimised: one of the objectives below, or one of a plugin"`
	Weight    float64 `key:"weight" help:"factor of its loss in the sum, where the loss of [train] has the factor 1; any number but 0"`
	Batch     int     `key:"batch" min:"2" max:"10000000" help:"configurations per step; when not given, train.batch"`
	Data      string  `key:"data" opt:"file,named" help:"configurations to fit, as train.data"`
	Dataset   string  `key:"dataset" help:"where they stand, as train.dataset"`
	// Part is the objective with its settings.
	Part PartPlan

	table string
}

// Table is where the term stands in the run file: "train", or "term.0" and so on.
func (t Term) Table() string { return t.table }

// Key is the dotted key of one of its keys.
func (t Term) Key(name string) string { return join(t.table, name) }

// Known is what is known of its configurations before any call: all that a draw of
// the model gives, of data the configurations alone.
func (t Term) Known() []core.Column {
	if t.Data != "" {
		return []core.Column{core.X}
	}
	return core.Drawn
}

// Column is the name of one of its numbers in history and progress.
func (t Term) Column(number string) string {
	if t.Name == "" {
		return number
	}
	return t.Name + "_" + number
}

// AllTerms are the terms that training descends: the one of [train], which has no name,
// then Terms.
func (p *Plan) AllTerms() []Term {
	t := p.Train
	all := []Term{{Objective: t.Objective, Weight: 1, Batch: t.Batch, Data: t.Data, Dataset: t.Dataset, Part: p.Objective, table: "train"}}
	for i, t := range p.Terms {
		t.table = termTable(i)
		all = append(all, t)
	}
	return all
}

// termTable is the table of [[term]] number i.
func termTable(i int) string { return join("term", strconv.Itoa(i)) }

// draws tells whether a term takes configurations that the model draws, which know a
// temperature.
func (p *Plan) draws() bool {
	return slices.ContainsFunc(p.AllTerms(), func(t Term) bool { return t.Part.Source != core.OfData })
}

// termObjectives finds the objectives that the tables [[term]] name.
func (f *File) termObjectives(c parts) (all []*named) {
	for i, given := range f.list("term") {
		name, _ := given["objective"].(string)
		n := c.objective(name, join(termTable(i), "objective"), termTable(i), given, true)
		n.home = termTable(i)
		all = append(all, n)
	}
	return all
}

// termName is also a legal beginning of a column's name.
var termName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// checkTerms reads the tables [[term]], with the objectives that they name.
func (f *File) checkTerms(c parts, objectives []*named, model *core.Manifest) {
	if len(objectives) > 0 && f.tree["train"] == nil {
		c.add("term", "[[term]] adds to what [train] minimises, and the table [train] is missing")
	}
	first := map[string]string{}
	for i, given := range f.list("term") {
		n := objectives[i]
		schema := c.termSchema(c.plan.Train.Batch)
		own := core.Settings{}
		for _, key := range slices.Sorted(maps.Keys(given)) {
			if hasKey(schema, key) {
				own[key] = given[key]
			} else if !slices.Contains(executableKeys, key) {
				c.deal(n.home, key, given[key], []*named{n}, schema)
			}
		}
		for _, p := range n.params() {
			if hasKey(schema, p.Name) {
				c.add(n.keys[0], "%s: objective %q has a key %q, which means something else in [[term]]; it can be the objective of [train] alone", n.keys[0], n.manifest.Name, p.Name)
			}
		}
		before := len(c.list)
		t := c.termTable(schema, own, n)
		if len(c.list) == before {
			if other, twice := first[t.Name]; twice {
				c.add(t.Key("name"), "%s and %s are both called %q; give one another name", other, t.table, t.Name)
			}
			first[t.Name] = t.table
		}
		c.settle(&t.Part, n, model, true)
		c.plan.Terms = append(c.plan.Terms, t)
	}
}

func (c *parts) termSchema(batch int) []core.Param {
	return core.SchemaOf(Term{Weight: 1, Batch: batch})
}

// termTable reads the framework's own keys of a [[term]].
func (c *parts) termTable(schema []core.Param, own core.Settings, n *named) Term {
	before := len(c.list)
	c.without(n.home, own, n, core.OfModel, "data", "dataset")
	full, ok := c.complete(n.home, schema, own)
	t := Term{table: n.home}
	if !ok {
		return t
	}
	core.Decode(full, &t)
	t.Name = cmp.Or(t.Name, t.Objective)
	if t.Weight == 0 {
		c.add(t.Key("weight"), "%s must not be 0: the term would have no effect", t.Key("weight"))
	}
	if !termName.MatchString(t.Name) {
		c.add(t.Key("name"), "%s must be made of small letters, digits and _, a letter first, got %q", t.Key("name"), core.Shorten(t.Name))
	}
	c.needsData(n, t)
	if len(c.list) > before {
		return t
	}
	c.files(func(string) string { return n.home }, schema, full)
	t.Data = full["data"].(string)
	return t
}

// without drops keys of a table that have no effect because of what configurations
// its objective takes.
func (c *parts) without(table string, own core.Settings, n *named, source core.Source, keys ...string) {
	if n.manifest == nil || n.manifest.Source != source {
		return
	}
	for _, key := range keys {
		if _, given := own[key]; given {
			c.idle(join(table, key), "objective = "+strconv.Quote(n.manifest.Name), n.keys...)
			delete(own, key)
		}
	}
}

// needsData refuses an objective of data that is given none.
func (c *parts) needsData(n *named, t Term) {
	if n.manifest != nil && n.manifest.Source == core.OfData && t.Data == "" {
		c.add(n.keys[0], "objective = %q needs %s, a file of configurations", t.Objective, t.Key("data"))
	}
}

// entries leave out keys without effect.
func (t Term) entries() []entry {
	all := entries(t)
	if t.Data == "" {
		all = without(without(all, "data"), "dataset")
	}
	return slices.Concat(all, t.Part.executable(), t.Part.settings())
}

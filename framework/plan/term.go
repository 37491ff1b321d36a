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
	From      string  `key:"source" choices:"model,data,chains" help:"as train.source"`
	Data      string  `key:"data" opt:"file,named" help:"configurations to fit, as train.data"`
	Dataset   string  `key:"dataset" help:"where they stand, as train.dataset"`
	Order     string  `key:"order" choices:"epochs,replacement" help:"as train.order"`
	Draws     int     `key:"draws" min:"2" max:"1e9" help:"as train.draws"`
	Teacher   string  `key:"teacher" opt:"file" help:"as train.teacher"`
	// Part is the objective with its settings.
	Part PartPlan

	table string
}

// Table is where the term stands in the run file: "train", or "term.0" and so on.
func (t Term) Table() string { return t.table }

// Key is the dotted key of one of its keys.
func (t Term) Key(name string) string { return join(t.table, name) }

// Source is where its configurations come from: OfModel or OfData.
func (t Term) Source() core.Source {
	if t.Part.Source == core.OfEither {
		return map[bool]core.Source{true: core.OfData, false: core.OfModel}[t.From == "data" || t.From == "chains"]
	}
	return t.Part.Source
}

// OfChains tells whether they are draws of Markov chains.
func (t Term) OfChains() bool { return t.Source() == core.OfData && t.From == "chains" }

// OfTeacher tells whether they are where another flow carries noise.
func (t Term) OfTeacher() bool { return t.Source() == core.OfData && t.Teacher != "" }

// OfRows tells whether they are rows of the energy.
func (t Term) OfRows() bool {
	return t.Source() == core.OfData && t.Data == "" && !t.OfChains() && !t.OfTeacher()
}

// Drawn is what a draw of its configurations gives: of the model all that it draws, of data
// the configurations alone. What a teacher gives is computed and not drawn.
func (t Term) Drawn() []core.Column {
	if t.OfTeacher() {
		return nil
	}
	if t.Source() == core.OfData {
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
	all := []Term{{Objective: t.Objective, Weight: 1, Batch: t.Batch, From: t.From, Data: t.Data, Dataset: t.Dataset, Order: t.Order, Draws: t.Draws, Teacher: t.Teacher, Part: p.Objective, table: "train"}}
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
	return slices.ContainsFunc(p.AllTerms(), func(t Term) bool { return t.Source() != core.OfData })
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
		schema := c.termSchema(c.plan.Train)
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

func (c *parts) termSchema(t Train) []core.Param {
	return core.SchemaOf(Term{Weight: 1, Batch: t.Batch, From: t.From, Order: t.Order, Draws: t.Draws})
}

// termTable reads the framework's own keys of a [[term]].
func (c *parts) termTable(schema []core.Param, own core.Settings, n *named) Term {
	before := len(c.list)
	c.withoutSource(n.home, own, n, termKeys, c.plan.Train.From)
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
	c.fewShares(t.Key("batch"), c.plan.Train.Shares, t.Batch)
	c.needsData(n, t)
	if len(c.list) > before {
		return t
	}
	c.files(func(string) string { return n.home }, schema, full)
	t.Data, t.Teacher = full["data"].(string), full["teacher"].(string)
	return t
}

// Keys of [train] and [[term]] by what they need: a choice of source, chains, or data.
var (
	termKeys  = map[core.Source][]string{core.OfEither: {"source"}, core.OfChains: {"draws"}, core.OfData: {"teacher", "data", "dataset", "order"}}
	trainKeys = map[core.Source][]string{core.OfEither: {"source"}, core.OfChains: {"draws"}, core.OfData: {"teacher", "data", "dataset", "order", "validate", "patience"}}
)

// withoutSource drops keys of a table that have no effect because of where its objective's
// configurations come from: from says so where own does not.
func (c *parts) withoutSource(table string, own core.Settings, n *named, keys map[core.Source][]string, from string) {
	if n.manifest == nil {
		return
	}
	with, chosenBy := "objective = "+strconv.Quote(n.manifest.Name), n.keys
	drop := func(keys ...string) {
		for _, key := range keys {
			if _, given := own[key]; given {
				c.idle(join(table, key), with, chosenBy...)
				delete(own, key)
			}
		}
	}
	source := n.manifest.Source
	if said, ok := own["source"].(string); ok {
		from = said
	}
	chains := source != core.OfModel && from == "chains"
	switch {
	case chains:
		with, chosenBy = join(table, "source")+` = "chains"`, []string{join(table, "source")}
		drop("data", "dataset", "teacher")
	case source != core.OfEither:
		drop(keys[core.OfEither]...)
	case from != "data":
		with, chosenBy, source = join(table, "source")+` = "model"`, []string{join(table, "source")}, core.OfModel
	}
	if source == core.OfModel {
		drop(keys[core.OfData]...)
	} else if teacher, _ := own["teacher"].(string); teacher != "" {
		with, chosenBy = join(table, "teacher"), []string{join(table, "teacher")}
		drop("data", "dataset", "order")
	}
	if !chains {
		with = join(table, "source") + ` other than "chains"`
		drop(keys[core.OfChains]...)
	}
}

// needsData refuses an objective of data where there is none.
func (c *parts) needsData(n *named, t Term) {
	if n.manifest == nil || c.energy == nil {
		return
	}
	if t.Part.Source = n.manifest.Source; t.OfRows() && !slices.Contains(c.energy.Powers, core.PowerRows) {
		c.add(n.keys[0], "objective = %q needs data: %s, a file of configurations, or an energy that has rows, which %q has not", t.Objective, t.Key("data"), c.energy.Name)
	}
}

// entries leave out keys without effect.
func (t Term) entries() []entry {
	all := t.inUse(entries(t))
	return slices.Concat(all, t.Part.executable(), t.Part.settings())
}

// inUse leaves out the entries of a table that say nothing where its configurations come
// from.
func (t Term) inUse(all []entry) []entry {
	if t.Part.Source != core.OfEither && !t.OfChains() {
		all = without(all, "source")
	}
	if !t.OfChains() {
		all = without(all, "draws")
	}
	if t.Data == "" {
		all = without(without(all, "data"), "dataset")
	}
	if t.Teacher == "" {
		all = without(all, "teacher")
	}
	if t.Source() != core.OfData || t.OfTeacher() {
		all = without(all, "order")
	}
	return all
}

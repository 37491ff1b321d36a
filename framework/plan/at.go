package plan

import (
	"errors"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// At says where in the run file stands what a bound part refuses: the key that
// the error begins with, else the name of the part. table is the kind of the part, of
// an objective the table of its term, of estimator number i EstimatorTable(i); a dotted
// key stands for itself. An error that no edit of the file mends stays as it is.
func (p *Plan) At(table string, err error) error {
	switch core.KindOf(err) {
	case core.Invalid, core.Mismatch, core.Unsupported:
	default:
		return err
	}
	r := &report{file: p.file}
	r.addKind(core.KindOf(err), p.blamed(table, err), err, err.Error())
	return r.err()
}

// EstimatorTable is the table of the plan's estimator number i.
func (p *Plan) EstimatorTable(i int) string { return join("estimator", strconv.Itoa(i)) }

// blamed finds the key. An error that came from another process has lost its
// types and kept its text.
func (p *Plan) blamed(table string, err error) string {
	part, ok := p.part(table)
	if !ok {
		return table
	}
	cause := err
	for next := errors.Unwrap(cause); next != nil; next = errors.Unwrap(cause) {
		cause = next
	}
	name, _, _ := strings.Cut(cause.Error(), " ")
	for _, key := range part.keys {
		if place, ok := part.place[key]; ok && name == key {
			return place
		} else if name == key {
			return join(table, key)
		}
	}
	switch first, _, _ := strings.Cut(table, "."); first {
	case "train", "term":
		return join(table, "objective")
	case "optimizer":
		return "train.optimizer"
	case "sampler":
		return p.samplerKey
	}
	return join(table, "plugin")
}

// part is the one whose table has this name.
func (p *Plan) part(table string) (PartPlan, bool) {
	switch table {
	case "energy":
		return p.Energy, true
	case "model":
		return p.Model, true
	case "optimizer":
		return p.Optimizer, true
	case "sampler":
		return p.Sampler, true
	}
	for _, t := range p.AllTerms() {
		if t.table == table {
			return t.Part, true
		}
	}
	for i, e := range p.Estimators {
		if p.EstimatorTable(i) == table {
			return e, true
		}
	}
	return PartPlan{}, false
}

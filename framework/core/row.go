package core

import "slices"

// Row is one call that a part can be asked for, described as data: the columns
// that it takes and gives. All rows stand in the table of rows.go; the border
// between processes, the guard and the conformance suites loop over it, and none
// of them knows a row by name.
//
// To add one, add it there, with the interface of its method.
type Row struct {
	// Name in the protocol, snake case; one for each kind of part.
	Name string
	// Kind of part that has it; KindRule is the host itself.
	Kind PartKind
	// Power that a Spec declares to have it, "" where every part of the kind has it.
	Power Power
	// In are the columns that it reads, Out those that it writes.
	In, Out []Column
	// Bar are the columns whose cotangents a pull-back takes. Any but the first
	// may be absent, and is zero.
	Bar []Column
	// Without names powers of which the parts that have one do not have this row.
	Without []Power
	// Children is the role of configurations that belong to those of the batch, some
	// to each: Out are how many each has, and columns of that role, of all of them
	// one after the other. "" where there are none.
	Children string
	// Noise tells that the derivative is meant at the noise of the batch that the
	// part drew last: no other batch will do.
	Noise bool
	method
}

// method is what a row calls on the author's value.
type method struct {
	has  func(part any) bool
	call func(part any, c *Call) error
}

// does makes a method of one of the interface T.
func does[T any](f func(part T, c *Call) error) method {
	return method{
		has:  func(part any) bool { _, ok := part.(T); return ok },
		call: func(part any, c *Call) error { return f(part.(T), c) },
	}
}

// Call has the arguments of a row by the columns' names. In and Out may be the
// same batch.
type Call struct {
	// In has the row's In. Where it is a batch that the part itself drew, its ID
	// says so, and the part may start from what it has kept of it.
	In *Batch
	// Bar has the cotangents.
	Bar *Batch
	// Out has room for the row's Out, of the right length; of an open length, it
	// gets room.
	Out *Batch
}

// Has tells whether the value of a part's author has the method.
func (r *Row) Has(part any) bool { return r.has != nil && r.has(part) }

// On makes the call on the value of the part's author. A part without the
// method is an error of kind Unsupported.
func (r *Row) On(part any, c *Call) error {
	if !r.Has(part) {
		return r.Lacks("")
	}
	return r.call(part, c)
}

// Lacks is the error of a part, named by subject, that does not have the row.
func (r *Row) Lacks(subject string) error {
	if r.Power == "" {
		return Errorf(Unsupported, r.Name, subject, "it does not have this call")
	}
	return Errorf(Unsupported, r.Name, subject, "it does not have the power %q", r.Power)
}

// Uses is what somebody asks of a run's parts, as a way to draw does.
type Uses struct {
	// Model tells that draws of a model are needed, or its ln p.
	Model bool
	// Rows are the calls that need a power.
	Rows []*Row
	// Energy are powers of the energy that are no calls.
	Energy []Power
}

// KindRule is the Kind of rows that the host itself has: what follows from columns
// by arithmetic alone.
const KindRule PartKind = "rule"

// RowsOf are the rows of a kind of part that declares these powers, and lacking
// those that it would have with others.
func RowsOf(kind PartKind, powers []Power) (has, lacking []*Row) {
	for _, r := range Rows {
		switch {
		case r.Kind != kind:
		case slices.ContainsFunc(r.Without, func(p Power) bool { return slices.Contains(powers, p) }):
		case r.Power == "" || slices.Contains(powers, r.Power):
			has = append(has, r)
		default:
			lacking = append(lacking, r)
		}
	}
	return has, lacking
}

// PowersOf are the powers that a part of a kind can declare, in the order of the
// table; then come those of Instance.
func PowersOf(kind PartKind) (all []Power) {
	for _, r := range Rows {
		if r.Kind == kind && r.Power != "" && !slices.Contains(all, r.Power) {
			all = append(all, r.Power)
		}
	}
	switch kind {
	case KindModel:
		all = append(all, PowerWalk, PowerFamilies, PowerNotices, PowerKinds)
	case KindEnergy:
		all = append(all, PowerExact, PowerGround, PowerUnknown, PowerClusters)
	}
	return all
}

// RowNamed finds a row of a kind of part, nil if there is none of that name.
func RowNamed(kind PartKind, name string) *Row {
	for _, r := range Rows {
		if r.Kind == kind && r.Name == name {
			return r
		}
	}
	return nil
}

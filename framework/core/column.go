package core

import (
	"fmt"
	"math"
	"sync"
)

// Number is what a column is made of.
type Number interface{ float64 | complex128 | int32 }

// Column is a row of numbers that a batch can carry, described as data: who
// moves, keeps or checks batches loops over columns and names none. Every Column
// is a [Quantity]; the table of them is in columns.go.
type Column interface {
	// Info is the same for every batch.
	Info() *ColumnInfo
	// Len is how many numbers b has of it, 0 where it is not known.
	Len(b *Batch) int
	// Make gives b room for n numbers of it, and keeps the memory it has.
	// Contents are undefined.
	Make(b *Batch, n int)
	// Forget makes it unknown in b, which keeps the memory.
	Forget(b *Batch)
	// Say is number i of b's, for a message.
	Say(b *Batch, i int) string
	// Append adds b's numbers of it for the first n configurations to a's.
	Append(a, b *Batch, n int)
	// Reals are b's numbers as real ones, a complex number as two: in place where
	// they are real, a copy otherwise.
	Reals(b *Batch) []float64
	// SetReals makes a copy of what Reals gave b's numbers.
	SetReals(b *Batch, v []float64)
	// Share makes a's numbers of it those that b has of the column like, which is
	// of the same type.
	Share(a, b *Batch, like Column)
	// Copy writes b's numbers of the column like over a's, which are as many.
	Copy(a, b *Batch, like Column)
	// Window makes a's numbers of it those of b's configurations from to to-1, in
	// place; all where there is no number for each.
	Window(a, b *Batch, from, to int)
	// In is the same quantity in another role, as [Quantity.As] says.
	In(role string) Column
	// Base is the quantity without its role, itself where it has none.
	Base() Column
	// Infinite is the first of b's numbers that is not finite, -1 if there is none.
	Infinite(b *Batch) int
	// Illegal is the first of b's numbers that no consumer could use, as
	// Info().Legal says: -1 if there is none.
	Illegal(b *Batch) int
}

// ColumnInfo describes a column.
type ColumnInfo struct {
	// Name in protocols and files, snake case.
	Name string
	// Symbol is how a message for a reader calls one of its values: "ln p".
	Symbol string
	// Long is one phrase for the reader of a file, and Units are "1" for pure
	// numbers and "" where space and energy decide. File is its name in a file, "" for
	// Name. Columns that are never kept have none of them.
	Long, Units, File string
	// Axes of a column of a part's own with several numbers for each
	// configuration, outermost first.
	Axes []Axis
	// Per says what there is one of: a configuration, a batch, or theta.
	Per Per
	// Dim is how many numbers one of them takes.
	Dim Dim
	// Across tells that of several numbers for each configuration the first of all stand before the second of all.
	Across bool
	// Role that it plays, "" for none.
	Role string
	// Legal values.
	Legal Legal
	// Where is a column of the same batch where only finite values make one of
	// this column mean something: no slope is asked of an infinite energy.
	Where *Quantity[float64]
}

// Per says what a column has one value of.
type Per int

const (
	PerConfiguration Per = iota
	PerBatch
	PerTheta
	// PerWhole is one for each configuration of the whole of which the batch has some.
	PerWhole
)

// Dim is the size of one value of a column. The sizes that a part does not
// have are 0, and so are then its columns.
type Dim string

const (
	DimOne      Dim = ""         // one number
	DimX        Dim = "x"        // as long as a configuration
	DimLabels   Dim = "labels"   // as many as label the state of a density matrix
	DimWalker   Dim = "walker"   // one, of a model that keeps Markov chains
	DimLogP     Dim = "log_p"    // one, of a model that knows its normalisation
	DimParent   Dim = "parent"   // one, of a model that draws families
	DimTheta    Dim = "theta"    // as many as there are parameters
	DimObserved Dim = "observed" // as many as an observer has of a configuration
	DimNumbers  Dim = "numbers"  // as many as an objective reports
	DimData     Dim = "data"     // as many as a row of data has
	DimLatents  Dim = "latents"  // as many as a model has latent variables
	DimScores   Dim = "scores"   // as many as a natural gradient is made of
	DimOpen     Dim = "open"     // known to the part alone
)

// Sizes gives every Dim its number.
type Sizes struct{ X, Labels, Walker, LogP, Parent, Theta, Observed, Numbers, Data, Latents, Scores int }

// Sizes of a model's columns.
func (s ModelSpec) Sizes() Sizes {
	sizes := Sizes{X: s.Space.Size(), LogP: 1, Theta: s.Parameters, Latents: s.Latents, Scores: s.Scores}
	for _, p := range s.Powers {
		switch p {
		case PowerQuantum:
			sizes.Labels = s.Space.Count()
		case PowerWalk:
			sizes.Walker = 1
		case PowerFamilies:
			sizes.Parent = 1
		}
	}
	if LacksLogP(s.Powers) {
		sizes.LogP = 0
	}
	if sizes.Parent > 0 { // the parent is the label
		sizes.Labels = 0
	}
	return sizes
}

// Sizes of an energy's columns.
func (s EnergySpec) Sizes() Sizes { return Sizes{X: s.Space.Size(), Data: s.DataSize()} }

// LengthIn is Length for the configurations of b.
func (i *ColumnInfo) LengthIn(b *Batch, s Sizes) int {
	if i.Per == PerWhole && b.Total > 0 {
		return i.Length(b.Total, s)
	}
	return i.Length(b.N, s)
}

// Length is the number of numbers that n configurations have of the column, -1
// where the part alone knows it.
func (i *ColumnInfo) Length(n int, s Sizes) int {
	each := 1
	switch i.Dim {
	case DimX:
		each = s.X
	case DimLabels:
		each = s.Labels
	case DimWalker:
		each = s.Walker
	case DimLogP:
		each = s.LogP
	case DimParent:
		each = s.Parent
	case DimTheta:
		each = s.Theta
	case DimObserved:
		each = s.Observed
	case DimNumbers:
		each = s.Numbers
	case DimData:
		each = s.Data
	case DimLatents:
		each = s.Latents
	case DimScores:
		each = s.Scores
	case DimOpen:
		return -1
	}
	if i.Per == PerConfiguration || i.Per == PerWhole {
		return n * each
	}
	return each
}

// Legal is a set of numbers.
type Legal int

const (
	// LegalAny lets all pass, or leaves the check to who knows more.
	LegalAny Legal = iota
	// LegalFinite is neither NaN nor infinite.
	LegalFinite
	// LegalLog is the logarithm of what may be zero: finite, or -Inf. The
	// imaginary part of a complex one is finite.
	LegalLog
	// LegalEnergy is finite, or +Inf, which forbids a configuration.
	LegalEnergy
	// LegalFraction is in [0, 1].
	LegalFraction
)

// Has tells whether v is in the set.
func (l Legal) Has(v float64) bool {
	switch l {
	case LegalFinite:
		return v-v == 0
	case LegalLog:
		return v-v == 0 || math.IsInf(v, -1)
	case LegalEnergy:
		return v-v == 0 || math.IsInf(v, 1)
	case LegalFraction:
		return v >= 0 && v <= 1
	}
	return true
}

// Quantity is a column of numbers of type T. Its methods are the typed way to
// what a batch has of it.
type Quantity[T Number] struct {
	ColumnInfo
	in    func(*Batch) *[]T
	base  *Quantity[T] // without its role, nil where it has none
	roles map[string]*Quantity[T]
}

// taking is held while a role is taken.
var taking sync.Mutex

// As is the same quantity in another role, a column of its own: E of the energy
// that plays the role b is "energy@b". Rows name no roles; who binds a row to a part
// says which column is meant. Roles are taken when a plan is bound. [RoleAll] and
// [RoleBar] are those of the arguments of an objective.
func (q *Quantity[T]) As(role string) *Quantity[T] {
	taking.Lock()
	defer taking.Unlock()
	if other, ok := q.roles[role]; ok {
		return other
	}
	info := q.ColumnInfo
	info.Name, info.Symbol, info.Role = info.Name+"@"+role, info.Symbol+" of "+role, role
	switch role {
	case RoleAll:
		info.Symbol, info.Per = q.Symbol, PerWhole
	case RoleBar:
		info.Symbol, info.Legal, info.Where = "the cotangent of "+q.Symbol, LegalFinite, nil
	}
	other := further[T](info)
	other.base = q
	if q.roles == nil {
		q.roles = map[string]*Quantity[T]{}
	}
	q.roles[role] = other
	return other
}

// Of is what b has of the column, in place; empty where it is not known.
func (q *Quantity[T]) Of(b *Batch) []T { return *q.in(b) }

// Put makes v, not copied, what b has of the column.
func (q *Quantity[T]) Put(b *Batch, v []T) { *q.in(b) = v }

// Room is b's memory of the column with n numbers whose contents are undefined.
func (q *Quantity[T]) Room(b *Batch, n int) []T {
	p := q.in(b)
	*p = Resize(*p, n)
	return *p
}

// Info implements Column.
func (q *Quantity[T]) Info() *ColumnInfo { return &q.ColumnInfo }

// Len implements Column.
func (q *Quantity[T]) Len(b *Batch) int { return len(*q.in(b)) }

// Make implements Column.
func (q *Quantity[T]) Make(b *Batch, n int) { q.Room(b, n) }

// Forget implements Column.
func (q *Quantity[T]) Forget(b *Batch) {
	p := q.in(b)
	*p = (*p)[:0]
}

// Share implements Column.
func (q *Quantity[T]) Share(a, b *Batch, like Column) { q.Put(a, like.(*Quantity[T]).Of(b)) }

// Copy implements Column.
func (q *Quantity[T]) Copy(a, b *Batch, like Column) { copy(q.Of(a), like.(*Quantity[T]).Of(b)) }

// Window implements Column.
func (q *Quantity[T]) Window(a, b *Batch, from, to int) {
	v := q.Of(b)
	if q.Per == PerConfiguration && b.N > 0 {
		each := len(v) / b.N
		v = v[from*each : to*each : to*each]
	}
	q.Put(a, v)
}

// In implements Column.
func (q *Quantity[T]) In(role string) Column { return q.As(role) }

// Base implements Column.
func (q *Quantity[T]) Base() Column {
	if q.base == nil {
		return q
	}
	return q.base
}

// Infinite implements Column.
func (q *Quantity[T]) Infinite(b *Batch) int {
	switch q := any(q).(type) {
	case *Quantity[float64]:
		for i, v := range *q.in(b) {
			if v-v != 0 {
				return i
			}
		}
	case *Quantity[complex128]:
		for i, v := range *q.in(b) {
			if v-v != 0 {
				return i
			}
		}
	}
	return -1
}

// Say implements Column.
func (q *Quantity[T]) Say(b *Batch, i int) string { return fmt.Sprint((*q.in(b))[i]) }

// Illegal implements Column.
func (q *Quantity[T]) Illegal(b *Batch) int {
	switch q := any(q).(type) {
	case *Quantity[float64]:
		return illegal(q, b)
	case *Quantity[complex128]:
		for i, z := range *q.in(b) {
			if q.Legal != LegalAny && (!q.Legal.Has(real(z)) || imag(z)-imag(z) != 0) {
				return i
			}
		}
	}
	return -1
}

// finite returns where numbers of v begin that may not be finite: all are between from and there.
func finite(v []float64, from int) int {
	// Gradients are long: eight at a time take half as long as four. A sum is finite only if all in it are; x - x is 0, but for NaN
	// and both infinities.
	for ; from+8 <= len(v); from += 8 {
		w := v[from : from+8 : from+8]
		if sum := ((w[0] + w[1]) + (w[2] + w[3])) + ((w[4] + w[5]) + (w[6] + w[7])); sum-sum != 0 {
			break
		}
	}
	return from
}

// illegal is Illegal for real numbers.
func illegal(q *Quantity[float64], b *Batch) int {
	v := *q.in(b)
	if q.Legal == LegalAny {
		return -1
	}
	var where []float64
	if q.Where != nil {
		where = q.Where.Of(b)
	}
	for i := 0; i < len(v); i++ {
		if q.Legal != LegalFraction {
			if i = finite(v, i); i == len(v) {
				break
			}
		}
		if !q.Legal.Has(v[i]) && (len(where) == 0 || !math.IsInf(where[i/(len(v)/len(where))], 0)) {
			return i
		}
	}
	return -1
}

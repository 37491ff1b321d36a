package core

import (
	"fmt"
	"regexp"
	"slices"
)

// Objective turns what is known of a batch into cotangents, which a model pulls
// back into the gradient of a loss. What a batch has and what is pulled back are
// columns, so it knows neither model nor energy.
type Objective interface {
	// Spec is constant over the value's life.
	Spec() ObjectiveSpec

	// Cotangents writes into the Bars of bar what gives the gradient of the loss at
	// inverse temperature beta, which annealing may hold below the run's own. It
	// returns the Numbers of the Spec, in a slice that may be the objective's own
	// and is read before the next call. After the first call it allocates nothing.
	//
	// The loss is that of the batch all. It has, of what the objective Wants, every
	// column but those as long as a configuration. b has all of them, of the rows
	// that this process is to pull back: row i of b is row b.From - all.From + i of
	// all, and in a run of one process b is all. Means, baselines and Numbers are
	// made from all, cotangents are written for the rows of b. So they do not
	// depend on how the batch is cut.
	//
	// An error of kind Numeric is handled as [train] nan says.
	Cotangents(bar, b, all *Batch, beta float64) (numbers []float64, err error)
}

// ObjectiveSpec is what a bound objective says of itself.
type ObjectiveSpec struct {
	// Wants are the columns of a batch that it reads, all of them finite. It is handed
	// no others.
	Wants []Column
	// Role of its configurations, "" for none. Flow matching takes data as the end of a
	// path, the columns of the role [RoleEnd].
	Role string
	// Beside is the role of rows of the energy for training that stand beside draws of the
	// model, "" for none.
	Beside string
	// Noise is columns of random numbers that stand beside them.
	Noise []Noise
	// Copies of each configuration that stand in a batch, one after the other, with other
	// noise; 0 is 1.
	Copies int
	// Coupling of the starts and ends of paths, where it has any: x in the role
	// [RoleUnpaired] is dealt, and becomes that in the role [RoleStart].
	Coupling Coupling
	// Bars are the columns whose cotangents it gives; a pull-back of the model
	// that takes just these makes the gradient of them.
	Bars []Column
	// Numbers that it reports of each batch, for history, progress and plots, all of
	// them finite. The first is the loss.
	Numbers []NumberInfo
	// Watch names the one that is shown while a run trains, together with the
	// number of this name and "_stderr", its standard error, if there is one. ""
	// is the loss.
	Watch string
	// Hint says what else the user could set where model and energy lack what the
	// objective needs; "" for nothing.
	Hint string
}

// Gives are the columns of its source, of configurations that have the columns of a draw.
func (s ObjectiveSpec) Gives(drawn []Column) (all []Column) {
	for _, c := range drawn {
		if s.Role != "" {
			c = c.In(s.Role)
		}
		all = append(all, c)
	}
	if s.Beside != "" {
		all = append(all, X.In(s.Beside))
	}
	for _, n := range s.Noise {
		all = append(all, n.Column)
	}
	return all
}

// Check says what is wrong with a spec, as the first to be told would be the user of
// a run that has ended.
func (s ObjectiveSpec) Check() error {
	if len(s.Wants) == 0 || len(s.Bars) == 0 || len(s.Numbers) == 0 {
		return fmt.Errorf("its spec has %d columns that it wants, %d cotangents and %d numbers, and needs one of each", len(s.Wants), len(s.Bars), len(s.Numbers))
	}
	if s.Role != "" && !numberName.MatchString(s.Role) {
		return fmt.Errorf("the role %q of its configurations is not made of small letters, digits and _", s.Role)
	}
	if s.Beside != "" && !numberName.MatchString(s.Beside) {
		return fmt.Errorf("the role %q of rows beside its draws is not made of small letters, digits and _", s.Beside)
	}
	for _, n := range s.Noise {
		if n.Column == nil || !slices.Contains([]Law{Normal, FromBase, Uniform, Signs}, n.Law) {
			return fmt.Errorf("it has noise of the law %q, and there are %s, %s, %s and %s", n.Law, Normal, FromBase, Uniform, Signs)
		}
		if n.Values < 0 || n.Values > 0 && n.Law != Uniform {
			return fmt.Errorf("it has noise of the law %q with %d values, and only that of the law %s has some", n.Law, n.Values, Uniform)
		}
	}
	if most := 1 << 20; s.Copies < 0 || s.Copies > most {
		return fmt.Errorf("it wants %d copies of each configuration, of %d at most", s.Copies, most)
	}
	if s.Coupling.Block < 0 {
		return fmt.Errorf("it couples blocks of %d configurations", s.Coupling.Block)
	}
	taken := append([]string{"step"}, HistoryNames...)
	watched := s.Watch == ""
	for _, n := range s.Numbers {
		if !numberName.MatchString(n.Name) || slices.Contains(taken, n.Name) {
			return fmt.Errorf("the name %q of one of its numbers is taken, or not made of small letters, digits and _", n.Name)
		}
		taken, watched = append(taken, n.Name), watched || n.Name == s.Watch
	}
	if !watched {
		return fmt.Errorf("it has no number %q, which is to be watched", s.Watch)
	}
	return nil
}

// TotalLoss is the weighted sum of the losses of several terms, a column of the history
// where there are some: no number of one of them is what descends.
const TotalLoss = "total_loss"

// ValidationLoss is the loss of the objective of [train] on rows that nothing learns from,
// NaN at the steps between two looks.
const ValidationLoss = "validation_loss"

// HistoryNames are columns of training histories beside the numbers of objectives.
var HistoryNames = []string{TotalLoss, ValidationLoss, "beta", "learning_rate", "gradient_norm"}

var numberName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// NumberInfo describes a number that is reported of each batch.
type NumberInfo struct {
	Name  string `json:"name"`  // snake case, a column of the training history
	Long  string `json:"long"`  // one phrase for a reader
	Units string `json:"units"` // "1" for pure numbers
}

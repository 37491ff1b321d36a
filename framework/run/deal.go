package run

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// The draws of an evaluation are dealt to the ranks: each draws its rows of a batch and asks
// model and energy about them, and rank 0 hands the rows of all, in the order in which one
// rank alone draws them, to the estimators. So these see the same batches, and end with the
// same digits, on any number of ranks. What crosses is what they read, some ten numbers and x
// of each configuration. What estimators do, rank 0 does alone; what they ask the parts about
// configurations of their own, all ranks answer ([ranks.Calls]).

// deal is what one draw of a phase is on the ranks: rows of each, and the chains that they are
// of, nil where rows are independent.
type deal struct {
	rows, chains []int
}

// before is how many the ranks before this one have.
func before(all []int, rank int) (from int) {
	for _, n := range all[:rank] {
		from += n
	}
	return from
}

// dealt is a sampler whose draws each rank makes a share of, nil where rank 0 makes all.
func (r *runner) dealt(p *phase) core.Dealt {
	d, ok := p.sampler.(core.Dealt)
	if !ok || r.comm.Size() == 1 {
		return nil
	}
	return d
}

// dealOf deals n rows of a phase.
func (r *runner) dealOf(p *phase, n int) deal {
	size := r.comm.Size()
	switch d := r.dealt(p); {
	case d == nil:
		return deal{rows: append([]int{n}, make([]int, size-1)...)}
	case p.chains == 0:
		return deal{rows: ranks.Deal(n, size)}
	}
	one := deal{chains: ranks.Deal(p.chains, size)}
	for _, chains := range one.chains {
		one.rows = append(one.rows, n/p.chains*chains)
	}
	return one
}

// own are the chains of a sampler's state that this rank walks.
func (r *runner) own(p *phase, state core.SamplerState) (core.SamplerState, error) {
	d := r.dealt(p)
	if d == nil {
		return state, nil
	}
	p.chains = state.Chains.N
	if p.chains > 0 && p.chains < r.comm.Size() {
		err := core.Errorf(core.Invalid, "deal chains", "sampler.chains", "%d chains are too few for %d ranks", p.chains, r.comm.Size())
		err.Hint = "give each rank one chain or more"
		return state, err
	}
	return r.share(d, state), nil
}

// share deals the chains of a state, all, and is the state of those of this rank.
func (r *runner) share(d core.Dealt, state core.SamplerState) core.SamplerState {
	n := state.Chains.N
	d.Deal(func(mine []float64, failed error) ([]float64, error) { return r.exchange(n, mine, failed) })
	if n == 0 {
		return state
	}
	all := ranks.Deal(n, r.comm.Size())
	from := before(all, r.comm.Rank())
	state.Chains = state.Chains.Cut(from, from+all[r.comm.Rank()]).Clone()
	return state
}

// exchange is core.Exchange: the numbers of n chains, which are on all ranks.
func (r *runner) exchange(n int, mine []float64, failed error) ([]float64, error) {
	counts := make([]int, r.comm.Size())
	for rank, chains := range ranks.Deal(n, r.comm.Size()) {
		counts[rank] = chains + 1
	}
	given := make([]float64, counts[r.comm.Rank()])
	copy(given[1:], mine)
	if failed != nil {
		given[0] = 1
	}
	numbers := make([]float64, n+len(counts))
	if err := r.comm.Gather(numbers, given, counts); err != nil {
		return nil, err
	}
	all, anyFailed := make([]float64, 0, n), false
	for _, n := range counts {
		anyFailed = anyFailed || numbers[0] != 0
		all, numbers = append(all, numbers[1:n]...), numbers[n:]
	}
	if anyFailed {
		return nil, ranks.Agree(r.comm, failed)
	}
	return all, nil
}

// join makes r.seen the rows of all ranks, on rank 0, of the draw that r.batch has some of.
func (r *runner) join(p *phase, d deal) error {
	r.seen = &r.batch
	if r.comm.Size() == 1 || d.rows[0] == sum(d.rows) {
		return nil
	}
	all := &r.whole
	all.Reset(sum(d.rows), r.sizes.X)
	all.LogP, all.Source, all.Chains = all.LogP[:0], r.batch.Source, p.chains
	columns := crossing(p)
	widths := make([]float64, len(columns)) // rank 0 has rows, if any has
	for i, c := range columns {
		if n := len(c.Reals(&r.batch)); r.first() && c.Info().Per == core.PerConfiguration {
			widths[i] = float64(n / r.batch.N)
		}
	}
	if err := r.comm.Broadcast(widths, 0); err != nil {
		return err
	}
	for i, c := range columns {
		if c.Info().Per != core.PerConfiguration { // the same on all
			c.Share(all, &r.batch, c)
			continue
		}
		if err := r.joinColumn(all, c, int(widths[i]), d); err != nil {
			return err
		}
	}
	r.seen = all
	return nil
}

// joinColumn joins a column that has so many real numbers for each configuration.
func (r *runner) joinColumn(all *core.Batch, c core.Column, width int, d deal) error {
	if width == 0 {
		c.Forget(all)
		return nil
	}
	counts := ranks.TimesEach(d.rows, width)
	numbers := make([]float64, sum(counts))
	if err := r.comm.Gather(numbers, c.Reals(&r.batch), counts); err != nil {
		return err
	}
	if d.chains != nil {
		numbers = byDraws(numbers, d, width)
	}
	c.Make(all, len(numbers)*c.Len(&r.batch)/max(1, len(c.Reals(&r.batch))))
	c.SetReals(all, numbers)
	return nil
}

// byDraws puts rows of the ranks, each draw after draw of its chains, in the order of the
// draws of all chains.
func byDraws(numbers []float64, d deal, width int) []float64 {
	sorted := make([]float64, 0, len(numbers))
	draws := d.rows[0] / d.chains[0]
	for k := range draws {
		for rank, chains := range d.chains {
			from := (before(d.rows, rank) + k*chains) * width
			sorted = append(sorted, numbers[from:from+chains*width]...)
		}
	}
	return sorted
}

// crossing are the columns of a phase that go to rank 0, where they are known.
func crossing(p *phase) (all []core.Column) {
	for _, c := range slices.Concat(core.Drawn, core.Kept, p.gives, p.want, []core.Column{core.Swaps, core.RowNumber}) {
		if !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

func sum(all []int) int { return before(all, len(all)) }

package app

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

type completeFlags struct {
	binding
	seed    uint64
	known   string
	rows    string
	strings []string
	draws   int
}

func completeCommand(parts builtins) *cobra.Command {
	f := completeFlags{binding: binding{builtins: parts}}
	cmd := &cobra.Command{
		Use:   "complete DIR",
		Short: "Draw what is missing of configurations, from what a finished run trained",
		Long: "Draw from the density that the finished run in a run folder trained, given some of\n" +
			"the sites: those of rows of its energy (--known, --rows), or the letters that a\n" +
			"string begins with (--prompt). Completions are kept in completions.h5 of the folder,\n" +
			"pictures of them in completions.png and .svg. The model needs the power complete.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.flagsOfOne(cmd)
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "`seed` of the draws")
	cmd.Flags().StringVar(&f.known, "known", "", "sites that are known in raster order, `FROM:TO` counted from 0 (default the first half)")
	cmd.Flags().StringVar(&f.rows, "rows", "", "rows that are completed, `FROM:TO` of those for testing, or of all where there are none (default the first eight)")
	cmd.Flags().StringArrayVar(&f.strings, "prompt", nil, "complete this `string` instead; may be repeated")
	cmd.Flags().IntVar(&f.draws, "draws", 7, "`number` of completions of each")
	return cmd
}

func (f *completeFlags) run(cmd *cobra.Command, dir string) error {
	if f.draws < 1 {
		return core.Errorf(core.Invalid, "read flags", "--draws", "must be at least 1, got %d", f.draws)
	}
	s, err := f.openTrained(cmd.Context(), "complete", dir, core.PowerComplete, "van, transformer, discreteflow, mps and ttn have it, without z2")
	if err != nil {
		return err
	}
	defer s.close()
	c, err := f.complete(s)
	if err != nil {
		return err
	}
	if err := store.SaveCompletions(filepath.Join(dir, "completions.h5"), c); err != nil {
		return err
	}
	return f.show(cmd.OutOrStdout(), s, dir, c)
}

// complete draws.
func (f *completeFlags) complete(s *session) (*store.Completions, error) {
	space := s.parts.Model.Spec().Space
	d := space.Size()
	x, known, err := f.given(s, d)
	if err != nil {
		return nil, err
	}
	n := len(x) / d
	const each = 8 + 8 + 8 + 4 // x, what is drawn, its random numbers, what is known
	if err := core.Afford(each*float64(len(x))*float64(f.draws), "complete", fmt.Sprintf("%d completions of each of %d configurations", f.draws, n), "fewer --draws"); err != nil {
		return nil, err
	}
	c := &store.Completions{Space: space, N: n, Draws: f.draws, Seed: f.seed, Given: x, Known: known}
	var all []float64
	var mask []int32
	for i := range n {
		all = append(all, slices.Repeat(x[i*d:(i+1)*d], f.draws)...)
		mask = append(mask, slices.Repeat(known[i*d:(i+1)*d], f.draws)...)
	}
	var stream rand.PCG
	core.SeedStream(&stream, f.seed, 0)
	random, chance := rand.New(&stream), make([]float64, len(all))
	for i := range chance {
		chance[i] = random.Float64()
	}
	c.Completed = make([]float64, len(all))
	return c, s.parts.Model.(core.Completer).Complete(c.Completed, all, mask, chance)
}

// given are the configurations to complete, and which of their sites are known.
func (f *completeFlags) given(s *session, d int) (x []float64, known []int32, err error) {
	if len(f.strings) > 0 {
		return f.prompts(s, d)
	}
	from, to := 0, 0 // the first
	if f.rows != "" {
		if from, to, err = span("--rows", f.rows); err != nil {
			return nil, nil, err
		}
	}
	known0, known1 := 0, d/2
	if f.known != "" {
		if known0, known1, err = span("--known", f.known); err != nil {
			return nil, nil, err
		}
	}
	if known1 > d {
		return nil, nil, core.Errorf(core.Invalid, "read flags", "--known", "got %s, and there are %d sites", f.known, d)
	}
	number, err := rowNumbers(s.bound.Energy, from, to)
	if err != nil {
		return nil, nil, err
	}
	x, known = make([]float64, len(number)*d), make([]int32, len(number)*d)
	for i := range number {
		for j := known0; j < known1; j++ {
			known[i*d+j] = 1
		}
	}
	return x, known, s.parts.Energy.(core.Given).Rows(x, number)
}

// span reads FROM:TO, which is not empty.
func span(flag, text string) (from, to int, err error) {
	first, last, ok := strings.Cut(text, ":")
	if ok {
		from, err = strconv.Atoi(first)
	}
	if ok && err == nil {
		to, err = strconv.Atoi(last)
	}
	if !ok || err != nil || from < 0 || to <= from {
		return 0, 0, core.Errorf(core.Invalid, "read flags", flag, "must be FROM:TO with 0 <= FROM < TO, got %s", core.Shorten(strconv.Quote(text)))
	}
	return from, to, nil
}

// rowNumbers are rows of an energy, counted from the first for testing; to is 0 where the
// user leaves it open.
func rowNumbers(energy core.EnergySpec, from, to int) (number []int32, err error) {
	if len(energy.Rows) == 0 {
		return nil, &core.Error{Kind: core.Mismatch, Op: "complete", Subject: "--rows", Err: fmt.Errorf("the energy has no rows"), Hint: "give --prompt, where it has symbols"}
	}
	r, ok := energy.Range(core.TestRows)
	if !ok {
		r = core.Range{From: energy.Rows[0].From, To: energy.Rows[len(energy.Rows)-1].To}
	}
	if to == 0 {
		to = min(8, r.To-r.From)
	}
	if to > r.To-r.From {
		return nil, core.Errorf(core.Invalid, "read flags", "--rows", "got %d:%d, and there are %d rows", from, to, r.To-r.From)
	}
	for k := from; k < to; k++ {
		number = append(number, int32(r.From+k))
	}
	return number, nil
}

// prompts are strings of which the beginning is known.
func (f *completeFlags) prompts(s *session, d int) (x []float64, known []int32, err error) {
	letters := s.bound.Energy.Symbols
	if len(letters) == 0 {
		return nil, nil, core.Errorf(core.Mismatch, "complete", "--prompt", "the energy says of no letters that its levels stand for them")
	}
	for _, text := range f.strings {
		levels, err := spell(text, letters)
		if err != nil {
			return nil, nil, err
		}
		if len(levels) > d {
			return nil, nil, core.Errorf(core.Invalid, "read flags", "--prompt", "%q has %d letters, and a string %d", text, len(levels), d)
		}
		x = append(append(x, levels...), make([]float64, d-len(levels))...)
		known = append(append(known, slices.Repeat([]int32{1}, len(levels))...), make([]int32, d-len(levels))...)
	}
	return x, known, nil
}

package app

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/picture"
	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// coverageTable is what repeats show, row by row.
type coverageTable struct {
	*store.Coverage
	lines []coverageLine
	// same are rows of one value in all repeats, and bare rows without an error.
	same, bare []string
	// given are rows whose error leaves out something that the repeats vary, as "NAME (what)".
	given []string
}

// coverageLine is a row of the table.
type coverageLine struct {
	*store.CoverageRow
	reference               string  // what the row is held against, exact or mean
	at                      float64 // that value, NaN where it is the mean
	all, unflagged, flagged stats.Coverage
}

// tableOf holds repeats against their references.
func tableOf(c *store.Coverage, against string) *coverageTable {
	t := &coverageTable{Coverage: c}
	for i := range c.Rows {
		l := coverageLine{CoverageRow: &c.Rows[i], reference: referenceMean, at: math.NaN()}
		if !math.IsNaN(l.Exact) && (against == referenceExact || against == referenceAuto && l.Boltzmann) {
			l.reference, l.at = referenceExact, l.Exact
		}
		l.all, l.unflagged, l.flagged = stats.Covered(l.Value, l.Stderr, l.Flagged(), l.at)
		switch {
		case l.Given != "":
			t.given = append(t.given, fmt.Sprintf("%s (%s)", l.Name, l.Given))
		case stats.Constant(l.Value):
			t.same = append(t.same, l.Name)
		case l.all.N == 0:
			t.bare = append(t.bare, l.Name)
		default:
			t.lines = append(t.lines, l)
		}
	}
	return t
}

// scalar tells a number from an entry of an array.
func (l *coverageLine) scalar() bool { return !strings.Contains(l.Name, "[") }

// meanWithin is the mean over scalar rows of the fraction of repeats within so many errors,
// with its standard error: rows of one repeat are correlated, repeats are not.
func (t *coverageTable) meanWithin(errors float64, only func(l *coverageLine, r int) bool) (mean, stderr float64) {
	var all stats.Moments
	pulls := make([][]float64, len(t.lines))
	for i, l := range t.lines {
		pulls[i] = stats.Pulls(l.Value, l.Stderr, l.at)
	}
	for r := range t.Repeats {
		within, n := 0.0, 0.0
		for i := range t.lines {
			if l := &t.lines[i]; !l.scalar() || math.IsNaN(pulls[i][r]) || !only(l, r) {
				continue
			}
			if n++; math.Abs(pulls[i][r]) <= errors {
				within++
			}
		}
		if n > 0 {
			all.Add([]float64{within / n})
		}
	}
	return all.Mean(), all.Stderr()
}

// flaggedShare is the fraction of scalar rows of all repeats that carry a caution.
func (t *coverageTable) flaggedShare() float64 {
	flagged, n := 0, 0
	for _, l := range t.lines {
		if l.scalar() {
			flagged, n = flagged+l.flagged.N+l.flagged.Bare, n+l.all.N+l.all.Bare
		}
	}
	return float64(flagged) / float64(n)
}

// tabulate puts the table into what is kept.
func (f *coverageFlags) tabulate(c *store.Coverage) {
	t := tableOf(c, f.against)
	c.Tables = nil
	for _, group := range coverageGroups {
		table := store.CoverageTable{Group: group.name}
		for _, l := range t.lines {
			table.Names = append(table.Names, l.Name)
		}
		for _, column := range coverageColumns {
			data := make([]float64, len(t.lines))
			for i := range t.lines {
				data[i] = column.of(&t.lines[i], group.of(&t.lines[i]))
			}
			table.Columns = append(table.Columns, store.CoverageColumn{Name: column.name, Data: data})
		}
		c.Tables = append(c.Tables, table)
	}
}

// coverageGroups are the groups of repeats.
var coverageGroups = []struct {
	name, title string
	of          func(l *coverageLine) *stats.Coverage
}{
	{"all", "", func(l *coverageLine) *stats.Coverage { return &l.all }},
	{"unflagged", "repeats whose value has no caution", func(l *coverageLine) *stats.Coverage { return &l.unflagged }},
	{"flagged", "repeats whose value has a caution", func(l *coverageLine) *stats.Coverage { return &l.flagged }},
}

// coverageColumns are those of the file and of JSON.
var coverageColumns = []struct {
	name string
	of   func(l *coverageLine, c *stats.Coverage) float64
}{
	{"reference", func(l *coverageLine, _ *stats.Coverage) float64 { return l.at }}, // NaN: the mean
	{"n", func(_ *coverageLine, c *stats.Coverage) float64 { return float64(c.N) }},
	{"without_error", func(_ *coverageLine, c *stats.Coverage) float64 { return float64(c.Bare) }},
	{"within_1", func(_ *coverageLine, c *stats.Coverage) float64 { return c.Within1.Value }},
	{"within_1_low", func(_ *coverageLine, c *stats.Coverage) float64 { return c.Within1.Low }},
	{"within_1_high", func(_ *coverageLine, c *stats.Coverage) float64 { return c.Within1.High }},
	{"within_2", func(_ *coverageLine, c *stats.Coverage) float64 { return c.Within2.Value }},
	{"within_2_low", func(_ *coverageLine, c *stats.Coverage) float64 { return c.Within2.Low }},
	{"within_2_high", func(_ *coverageLine, c *stats.Coverage) float64 { return c.Within2.High }},
	{"bias", func(_ *coverageLine, c *stats.Coverage) float64 { return c.Bias }},
	{"bias_stderr", func(_ *coverageLine, c *stats.Coverage) float64 { return c.BiasStderr }},
	{"spread", func(_ *coverageLine, c *stats.Coverage) float64 { return c.Spread }},
	{"ratio", func(_ *coverageLine, c *stats.Coverage) float64 { return c.Ratio }},
	{"ratio_stderr", func(_ *coverageLine, c *stats.Coverage) float64 { return c.RatioStderr }},
}

// conclude prints the table and draws it.
func (f *coverageFlags) conclude(out io.Writer, c *store.Coverage, path string) error {
	t := tableOf(c, f.against)
	if f.asJSON {
		return t.writeJSON(out)
	}
	t.write(out)
	pictures, err := t.draw(path)
	if err != nil {
		return err
	}
	for _, p := range pictures {
		if err := p.SaveIn(filepath.Dir(path), out); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, path)
	return nil
}

func (t *coverageTable) draw(path string) ([]picture.Picture, error) {
	rows := make([]picture.Covered, len(t.lines))
	for i, l := range t.lines {
		rows[i] = picture.Covered{Name: l.Name, Scalar: l.scalar(), All: l.all, Unflagged: l.unflagged, Flagged: l.flagged.N+l.flagged.Bare > 0}
	}
	return picture.Coverage(t.Name, path, rows)
}

func (t *coverageTable) write(out io.Writer) {
	fmt.Fprintf(out, "%s: %d repeats of %d samples, seeds %d to %d\n", t.Name, t.Repeats, t.Samples, t.Seed, t.Seed+uint64(t.Repeats)-1)
	for _, g := range coverageGroups {
		t.writeGroup(out, g.name, g.title, g.of)
	}
	every := func(*coverageLine, int) bool { return true }
	unflagged := func(l *coverageLine, r int) bool { return l.Cautions[r] == 0 }
	fmt.Fprintf(out, "\nmean over the rows: %s within 1 error, %s within 2 (honest: 68.3 and 95.4 %%); %.1f %% of the values carry a caution",
		shareText(t.meanWithin(1, every)), shareText(t.meanWithin(2, every)), 100*t.flaggedShare())
	if t.flaggedShare() > 0 {
		fmt.Fprintf(out, ", the others: %s and %s", shareText(t.meanWithin(1, unflagged)), shareText(t.meanWithin(2, unflagged)))
	}
	fmt.Fprintln(out)
	for _, list := range []struct {
		why   string
		names []string
	}{{"without variance", t.same}, {"without an error", t.bare}, {"left out, as arrays that are long", t.LeftOut},
		{"left out, as each repeat finds anew what the error is at", t.given}} {
		if len(list.names) > 0 {
			fmt.Fprintf(out, "%s: %s\n", list.why, strings.Join(counted(list.names), ", "))
		}
	}
	if t.ExactSource != "" {
		fmt.Fprintf(out, "exact: %s\n", t.ExactSource)
	}
}

// counted has an array once, with how many of its entries there are.
func counted(names []string) (short []string) {
	entries := map[string]int{}
	for _, name := range names {
		base, _, _ := strings.Cut(name, "[")
		if entries[base]++; entries[base] == 1 {
			short = append(short, base)
		}
	}
	for i, base := range short {
		if !slices.Contains(names, base) {
			short[i] = fmt.Sprintf("%s (%d of its numbers)", base, entries[base])
		}
	}
	return short
}

// writeGroup prints the rows of a group of repeats; below a title only those that are split.
func (t *coverageTable) writeGroup(out io.Writer, name, title string, of func(*coverageLine) *stats.Coverage) {
	w := newTable(out)
	any := false
	for i := range t.lines {
		l := &t.lines[i]
		c := of(l)
		if name != "all" && (l.flagged.N+l.flagged.Bare == 0 || c.N+c.Bare == 0) {
			continue
		}
		if !any {
			if title != "" {
				fmt.Fprintf(out, "\n%s:\n", title)
			}
			fmt.Fprintln(w, "observable\tagainst\trepeats\twithin 1 error\twithin 2 errors\tbias/spread\terror/spread")
			any = true
		}
		bias := ""
		if c.BiasStderr > 0 && !math.IsNaN(c.Bias) {
			bias = fmt.Sprintf("%+.2f +- %.2f", c.Bias, c.BiasStderr)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s%s\t%s%s\t%s\t%s\n", l.Name, l.reference, c.N, fractionText(c.Within1), farFrom(c.Within1, 1), fractionText(c.Within2), farFrom(c.Within2, 2), bias, ratioText(c))
	}
	w.Flush()
}

// farSigma is how many of its own errors a coverage is from what it should be, to be marked.
const farSigma = 3

func farFrom(f stats.Fraction, errors float64) string {
	want := math.Erf(errors / math.Sqrt2)
	if want-f.Value > farSigma*(f.High-f.Value) || f.Value-want > farSigma*(f.Value-f.Low) {
		return " (!)"
	}
	return ""
}

func fractionText(f stats.Fraction) string { return shareText(f.Value, (f.High-f.Low)/2) }

// shareText is a fraction in per cent.
func shareText(share, stderr float64) string {
	if math.IsNaN(share) {
		return "-"
	}
	return fmt.Sprintf("%.1f +- %.1f %%", 100*share, 100*stderr)
}

func ratioText(c *stats.Coverage) string {
	if math.IsNaN(c.Ratio) || math.IsInf(c.Ratio, 0) {
		return "-"
	}
	return stats.PlusMinus(c.Ratio, c.RatioStderr)
}

type jsonCoverageRow struct {
	Name    string                         `json:"name"`
	Units   string                         `json:"units"`
	Against string                         `json:"against"`
	Codes   map[string]int                 `json:"caution_code,omitempty"` // how many repeats carry each
	Groups  map[string]map[string]*float64 `json:"groups"`
}

func (t *coverageTable) writeJSON(out io.Writer) error {
	rows := []jsonCoverageRow{}
	list := func(names []string) []string { return append([]string{}, names...) } // [] where there are none, and not null
	for i := range t.lines {
		l := &t.lines[i]
		row := jsonCoverageRow{Name: l.Name, Units: l.Units, Against: l.reference, Codes: map[string]int{}, Groups: map[string]map[string]*float64{}}
		for _, bits := range l.Cautions {
			for k, code := range l.Codes {
				if bits>>k&1 == 1 {
					row.Codes[string(code)]++
				}
			}
		}
		for _, g := range coverageGroups {
			numbers := map[string]*float64{}
			for _, c := range coverageColumns {
				numbers[c.name] = readout.Known(c.of(l, g.of(l)))
			}
			row.Groups[g.name] = numbers
		}
		rows = append(rows, row)
	}
	return encode(out, map[string]any{"name": t.Name, "repeats": t.Repeats, "samples": t.Samples, "seed": t.Seed, "rows": rows,
		"without_variance": list(t.same), "without_error": list(t.bare), "left_out": list(t.LeftOut), "given": list(t.given)})
}

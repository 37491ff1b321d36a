package store

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

const coverageFormat = "helmholtz-coverage"

// Coverage is one evaluation again and again, by other random numbers.
type Coverage struct {
	Name string
	// ConfigTOML is the resolved run file, and ConfigSHA256 what must not change when
	// repeats are added.
	ConfigTOML, ConfigSHA256 string
	// Step of the training whose parameters are evaluated, and Samples that a repeat draws.
	Step, Samples int64
	// Seed is that of the first repeat; the next has one more.
	Seed        uint64
	Repeats     int
	WallSeconds float64 // of all repeats
	// Version of the program and the kernels that made the last one.
	Version, Kernels string
	ExactSource      string
	Rows             []CoverageRow
	// LeftOut are observables that are not among the rows.
	LeftOut []string
	// Tables are what the repeats show, group by group.
	Tables []CoverageTable
}

// CoverageRow is one number that all repeats estimate.
type CoverageRow struct {
	Name, Units string
	// Exact is the value of the Boltzmann density, NaN where it is not known, and Boltzmann
	// tells that the row estimates it.
	Exact     float64
	Boltzmann bool
	// Given is what Stderr does not vary, though repeats do.
	Given string
	// Value and Stderr are of each repeat, NaN where it has none.
	Value, Stderr []float64
	// Cautions of a repeat are bits: bit k is set where it carries code k of Codes.
	Codes    []core.CautionCode
	Cautions []int64
}

// CoverageTable has one entry of each column for each of the rows named.
type CoverageTable struct {
	Group   string // all, unflagged, flagged
	Names   []string
	Columns []CoverageColumn
}

// CoverageColumn is a column of a table.
type CoverageColumn struct {
	Name string
	Data []float64
}

// Add takes the estimates of the next repeat. boltzmann says whether an estimate is one of
// the Boltzmann density.
func (c *Coverage) Add(r *core.Results, boltzmann func(*core.Estimate) bool) {
	for i := range r.Estimates {
		e := &r.Estimates[i]
		exact, known := r.Exact[e.Name]
		if !known || len(e.Axes) > 0 {
			exact = math.NaN()
		}
		if len(e.Value) > mostEntries {
			if !slices.Contains(c.LeftOut, e.Name) {
				c.LeftOut = append(c.LeftOut, e.Name)
			}
			continue
		}
		for k, name := range entryNames(e) {
			row := c.row(name)
			row.Units, row.Exact, row.Boltzmann, row.Given = e.Units, exact, boltzmann(e), e.Given
			row.Value, row.Stderr = append(row.Value, e.Value[k]), append(row.Stderr, e.Stderr[k])
			row.Cautions = append(row.Cautions, row.bits(e.Cautions))
		}
	}
	c.Repeats++
	for i := range c.Rows {
		c.Rows[i].fill(c.Repeats) // that this repeat did not report
	}
}

// mostEntries of an array are rows each; of a longer one nobody would read them.
const mostEntries = 64

// entryNames are the names of the numbers of an estimate: NAME, or NAME[0], NAME[1], ...
func entryNames(e *core.Estimate) []string {
	if len(e.Axes) == 0 {
		return []string{e.Name}
	}
	names := make([]string, len(e.Value))
	for k := range names {
		names[k] = fmt.Sprintf("%s[%d]", e.Name, k)
	}
	return names
}

// row finds a row, or makes it, with nothing in earlier repeats.
func (c *Coverage) row(name string) *CoverageRow {
	i := slices.IndexFunc(c.Rows, func(r CoverageRow) bool { return r.Name == name })
	if i < 0 {
		i = len(c.Rows)
		c.Rows = append(c.Rows, CoverageRow{Name: name})
		c.Rows[i].fill(c.Repeats)
	}
	return &c.Rows[i]
}

func (r *CoverageRow) fill(n int) {
	for len(r.Value) < n {
		r.Value, r.Stderr, r.Cautions = append(r.Value, math.NaN()), append(r.Stderr, math.NaN()), append(r.Cautions, 0)
	}
}

func (r *CoverageRow) bits(cautions []core.Caution) (bits int64) {
	for _, c := range cautions {
		k := slices.Index(r.Codes, c.Code)
		if k < 0 {
			k = len(r.Codes)
			r.Codes = append(r.Codes, c.Code)
		}
		bits |= 1 << k
	}
	return bits
}

// Flagged tells of each repeat whether it carries a caution.
func (r *CoverageRow) Flagged() []bool {
	flagged := make([]bool, len(r.Cautions))
	for i, bits := range r.Cautions {
		flagged[i] = bits != 0
	}
	return flagged
}

// SaveCoverage replaces the file at path.
func SaveCoverage(path string, c *Coverage) error {
	return h5.WriteFile(path, func(root *h5.Group) error {
		w := &writer{g: root}
		header(w, coverageFormat, formatVersion)
		attr(w, root, "name", c.Name)
		attr(w, root, "version", c.Version)
		attr(w, root, "kernels", c.Kernels)
		attr(w, root, "config_sha256", c.ConfigSHA256)
		attr(w, root, "exact_source", c.ExactSource)
		attr(w, root, "step", c.Step)
		attr(w, root, "samples", c.Samples)
		attr(w, root, "seed", int64(c.Seed))
		attr(w, root, "wall_seconds", c.WallSeconds)
		attr(w, root, "left_out", strings.Join(c.LeftOut, " "))
		w.text("config_toml", c.ConfigTOML)
		w.group("repeats", c.writeRepeats)
		for _, t := range c.Tables {
			w.group("table/"+t.Group, t.write)
		}
		return w.err
	})
}

func (c *Coverage) writeRepeats(w *writer) {
	seeds := make([]int64, c.Repeats)
	for i := range seeds {
		seeds[i] = int64(c.Seed + uint64(i))
	}
	repeat := axis(w, "seed", seeds)
	var names []string
	for _, r := range c.Rows {
		names = append(names, r.Name)
		set := array(w, r.Name, r.Value, repeat)
		attr(w, set, "units", r.Units)
		attr(w, set, "exact", r.Exact)
		attr(w, set, "ancillary_variables", r.Name+"_stderr "+r.Name+"_cautions")
		density := "model"
		if r.Boltzmann {
			density = "boltzmann"
		}
		attr(w, set, "density", density)
		stderr := array(w, r.Name+"_stderr", r.Stderr, repeat)
		attr(w, stderr, "units", r.Units)
		writeGiven(w, stderr, r.Given)
		codes := make([]string, len(r.Codes))
		for i, code := range r.Codes {
			codes[i] = string(code)
		}
		attr(w, array(w, r.Name+"_cautions", r.Cautions, repeat), "caution_code", strings.Join(codes, " "))
	}
	attr(w, w.g, "names", strings.Join(names, " "))
}

func (t CoverageTable) write(w *writer) {
	row := indices(w, "row", len(t.Names))
	attr(w, row.set, "names", strings.Join(t.Names, " "))
	for _, c := range t.Columns {
		array(w, c.Name, c.Data, row)
	}
}

// ReadCoverage reads what SaveCoverage wrote, but for the tables.
func ReadCoverage(path string) (*Coverage, error) {
	c := &Coverage{}
	err := h5.ReadFile(path, func(root *h5.Group) error {
		r := &reader{g: root, err: checkHeader(root, path, coverageFormat, formatVersion)}
		for name, text := range map[string]*string{"name": &c.Name, "version": &c.Version, "kernels": &c.Kernels, "config_sha256": &c.ConfigSHA256, "exact_source": &c.ExactSource} {
			*text = readAttr[string](r, root, name)
		}
		c.Step, c.Samples = readAttr[int64](r, root, "step"), readAttr[int64](r, root, "samples")
		c.Seed, c.WallSeconds = uint64(readAttr[int64](r, root, "seed")), readAttr[float64](r, root, "wall_seconds")
		c.LeftOut = strings.Fields(readAttr[string](r, root, "left_out"))
		c.ConfigTOML = r.text("config_toml")
		r.group("repeats", c.readRepeats)
		return r.err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Coverage) readRepeats(r *reader) {
	seeds, _ := numbers[int64](r, "seed")
	c.Repeats = len(seeds)
	for _, name := range strings.Fields(readAttr[string](r, r.g, "names")) {
		set, row := r.dataset(name), CoverageRow{Name: name}
		row.Units, row.Exact = readAttr[string](r, set, "units"), readAttr[float64](r, set, "exact")
		row.Boltzmann = readAttr[string](r, set, "density") == "boltzmann"
		row.Value, _ = numbers[float64](r, name)
		row.Stderr, _ = numbers[float64](r, name+"_stderr")
		row.Given = optional[string](r, r.dataset(name+"_stderr"), "given")
		row.Cautions, _ = numbers[int64](r, name+"_cautions")
		for _, code := range strings.Fields(readAttr[string](r, r.dataset(name+"_cautions"), "caution_code")) {
			row.Codes = append(row.Codes, core.CautionCode(code))
		}
		if r.err != nil {
			return
		}
		if len(row.Value) != c.Repeats || len(row.Stderr) != c.Repeats || len(row.Cautions) != c.Repeats {
			r.err = core.Errorf(core.Storage, "read coverage", name, "it does not have one number for each of the %d repeats", c.Repeats)
			return
		}
		c.Rows = append(c.Rows, row)
	}
}

// IsCoverage tells whether the file at path is one of SaveCoverage.
func IsCoverage(path string) bool { return hasFormat(path, coverageFormat) }

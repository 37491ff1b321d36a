package watch

// Page is all that is shown at one time.
type Page struct {
	// Title is that of the browser's tab.
	Title string `json:"title"`
	// Made says when and by what, for a report: "2026-05-01 10:00 UTC by helmholtz 0.1".
	Made string `json:"made,omitempty"`
	Runs []Run  `json:"runs"`
	// Note says why there is nothing to see, or what could not be read.
	Note string `json:"note,omitempty"`
}

// Run is a run, or a point of a sweep.
type Run struct {
	// ID is unique on the page and stays: the path of the folder.
	ID string `json:"id"`
	// Name of the run, Folder as people find it.
	Name   string `json:"name"`
	Folder string `json:"folder"`
	// Sweep is the folder of the sweep of which this is a point at these values, "" of others.
	Sweep  string       `json:"sweep,omitempty"`
	Point  string       `json:"point,omitempty"`
	Values []Coordinate `json:"values,omitempty"`

	Summary Summary `json:"summary"`
	// Facts are what the run is: model, energy, temperature, seed.
	Facts []Fact `json:"facts,omitempty"`
	// Curves over the steps of the training, the one to watch first.
	Curves      []Curve      `json:"curves,omitempty"`
	Observables []Observable `json:"observables,omitempty"`
	// Exact says where exact values come from.
	Exact    string    `json:"exact,omitempty"`
	Cautions []Caution `json:"cautions,omitempty"`
	Arrays   []Array   `json:"arrays,omitempty"`
	Samples  *Picture  `json:"samples,omitempty"`
	Notes    []string  `json:"notes,omitempty"`
	Logs     []Log     `json:"logs,omitempty"`
	Settings string    `json:"settings,omitempty"` // the run file with all defaults
}

// Coordinate is the value of a swept key at a point.
type Coordinate struct {
	Key   string `json:"key"`
	Text  string `json:"text"`
	Value Number `json:"value"` // NaN of words
}

// Fact is a line of a list.
type Fact struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Summary is what changes all the time.
type Summary struct {
	// State is done, running, waiting, stopped or failed, and Why says more of it.
	State string `json:"state"`
	Why   string `json:"why,omitempty"`
	// Done of Total of Unit, "steps" or "samples".
	Done  int64  `json:"done"`
	Total int64  `json:"total"`
	Unit  string `json:"unit,omitempty"`
	// Watched is the number that a run is watched by, Tiles others beside it.
	Watched *Tile  `json:"watched,omitempty"`
	Tiles   []Tile `json:"tiles,omitempty"`
	// PerSecond are steps in a second over the last minutes, and ETA the seconds until the last one; NaN where not known.
	PerSecond Number `json:"per_second"`
	ETA       Number `json:"eta"`
	// Seen is the last sign of life, in seconds since 1970, Live that a process holds the folder.
	Seen     int64  `json:"seen,omitempty"`
	Host     string `json:"host,omitempty"`
	Cautions int    `json:"cautions,omitempty"`
}

// Tile is one number with what belongs to it, as text.
type Tile struct {
	// Name is the observable: "free_energy_per_site". Label is what people call it: "F / site".
	Name  string `json:"name"`
	Label string `json:"label"`
	Text  string `json:"text"` // "-2.11487 +- 0.00012"
	Units string `json:"units,omitempty"`
	// Exact and Gap are the exact value and the distance from it.
	Exact string `json:"exact,omitempty"`
	Gap   string `json:"gap,omitempty"`
	// Of says what the number is of: "step 1200", "100000 samples".
	Of string `json:"of,omitempty"`
	// Value, Stderr and ExactValue are the same as numbers.
	Value      Number `json:"value"`
	Stderr     Number `json:"stderr"`
	ExactValue Number `json:"exact_value"`
}

// Curve is a quantity over the steps of the training, with gaps where Y is NaN.
type Curve struct {
	Name  string  `json:"name"`
	Label string  `json:"label"`
	Units string  `json:"units,omitempty"`
	X     Numbers `json:"x"`
	Y     Numbers `json:"y"`
	DY    Numbers `json:"dy,omitempty"` // standard errors; nil where there are none
	Exact Number  `json:"exact"`        // NaN where it is not known
	Log   bool    `json:"log,omitempty"`
}

// Observable is a row of the table of results.
type Observable struct {
	Name      string `json:"name"`
	Long      string `json:"long,omitempty"`
	Text      string `json:"text"`
	Units     string `json:"units,omitempty"`
	Exact     string `json:"exact,omitempty"`
	Deviation string `json:"deviation,omitempty"`
	Chains    string `json:"chains,omitempty"` // how well they mix: "tau 3.1, R-hat 1.002"
	// Cautions are places in Run.Cautions.
	Cautions   []int  `json:"cautions,omitempty"`
	Value      Number `json:"value"`
	Stderr     Number `json:"stderr"`
	ExactValue Number `json:"exact_value"`
}

// Caution is a reason not to trust the observables that are named.
type Caution struct {
	Code string   `json:"code"`
	Text string   `json:"text"`
	Of   []string `json:"of"`
}

// Array is an observable over an axis, a line for each value of an outer one; or over two axes, as a
// picture, where there are many such lines.
type Array struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Units   string   `json:"units,omitempty"`
	Axis    string   `json:"axis"` // with its units
	Lines   []Line   `json:"lines,omitempty"`
	Picture *Picture `json:"picture,omitempty"`
}

// Line is a curve of an array.
type Line struct {
	Label string  `json:"label,omitempty"`
	X     Numbers `json:"x"`
	Y     Numbers `json:"y"`
	DY    Numbers `json:"dy,omitempty"`
}

// PictureKind says how configurations are drawn.
type PictureKind string

const (
	// Tiles are sites in a row or a plane as images, row 0 at the top.
	Tiles PictureKind = "tiles"
	// Cloud are points of a plane, or of its projection.
	Cloud PictureKind = "cloud"
	// Histogram is the density of single numbers.
	Histogram PictureKind = "histogram"
)

// Picture is some configurations.
type Picture struct {
	Kind    PictureKind `json:"kind"`
	Caption string      `json:"caption"`
	// Rows and Columns of a tile, whose numbers stand in Shades one tile after the other, as places
	// in the Palette ("#rrggbb", at most 256), which goes from Low to High.
	Rows    int      `json:"rows,omitempty"`
	Columns int      `json:"columns,omitempty"`
	Shades  []byte   `json:"shades,omitempty"` // base64 in JSON
	Palette []string `json:"palette,omitempty"`
	Low     Number   `json:"low"`
	High    Number   `json:"high"`
	// Names of the axes.
	Names []string `json:"names,omitempty"`
	// X, Y are points, of which the first Each are one configuration; or the edges of bins and the
	// densities in them. Edges are those of a periodic box, from 0.
	X     Numbers `json:"x,omitempty"`
	Y     Numbers `json:"y,omitempty"`
	Each  int     `json:"each,omitempty"`
	Edges Numbers `json:"edges,omitempty"`
}

// Log is the end of a text that the run or a plugin of it printed.
type Log struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // of all of it
	Tail string `json:"tail"`
}

// Change is what has become different of one run: Run is all of it, or, where that is nil,
// Summary and Points replace and extend what is shown; Gone says that there is no such run any more.
type Change struct {
	ID      string             `json:"id"`
	Run     *Run               `json:"run,omitempty"`
	Summary *Summary           `json:"summary,omitempty"`
	Points  map[string][]Point `json:"points,omitempty"` // by the name of the curve
	Gone    bool               `json:"gone,omitempty"`
}

// Point is one more of a curve: x, y and its standard error, NaN where that is not known.
type Point [3]Number

// Source knows the runs. Its methods are called one at a time.
type Source interface {
	// Page is all as it was found last, at first too.
	Page() Page
	// Look finds out what has changed since the call before. It reads as little as it can.
	Look() []Change
}

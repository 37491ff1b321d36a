package plan

import (
	"io"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// File is a run file whose syntax was read, with the line of every key.
type File struct{}

// Read reads the run file at path and applies overrides of the form
// key.path=value. Errors are *core.Error.
func Read(path string, overrides []string) (*File, error) { panic("plan: not yet") }

// Parse is Read for a source that is not in a file; name stands for the path
// in messages, and its folder is where relative file names are looked up.
func Parse(name string, source []byte, overrides []string) (*File, error) { panic("plan: not yet") }

// Check checks every table and key of the file. manifest finds the manifest of
// a part; ref has Plugin, Path (absolute or empty) and SHA256 set.
func (f *File) Check(manifest func(kind core.PartKind, ref PartPlan) (core.Manifest, error)) (*Plan, error) {
	panic("plan: not yet")
}

// Fit checks needs against capabilities once the parts are bound, before
// anything is drawn.
func (p *Plan) Fit(energy core.EnergySpec, model core.ModelSpec, estimators []NamedSpec) error {
	panic("plan: not yet")
}

// TOML is the resolved run file, defaults included. It reads back to the same
// plan.
func (p *Plan) TOML() string { panic("plan: not yet") }

// JSON is the resolved plan as JSON, in the structure of the run file.
func (p *Plan) JSON() ([]byte, error) { panic("plan: not yet") }

// Fingerprint is the SHA-256 (hex) of what must not change between a run and
// its continuation.
func (p *Plan) Fingerprint() string { panic("plan: not yet") }

// Diff lists what would change if p continued the run whose JSON is given, of
// that which must not: "train.learning_rate: 0.001 -> 0.002".
func (p *Plan) Diff(otherJSON []byte) []string { panic("plan: not yet") }

// Judge tests a result and its standard error (NaN where unknown) against the
// expectation; text says how near it came, for a reader.
func (e Expectation) Judge(value, stderr float64) (ok bool, text string) { panic("plan: not yet") }

// Skip tells whether the expectation does not apply to a run with this
// effective sample size (fraction of the samples), and why.
func (e Expectation) Skip(ess float64) (skip bool, note string) { panic("plan: not yet") }

// Reference writes docs/run-file.md: every table and key of the run file, and
// those of the given parts.
func Reference(w io.Writer, parts []core.Manifest) error { panic("plan: not yet") }

// Example is a complete run file, the one that Reference shows.
var Example string

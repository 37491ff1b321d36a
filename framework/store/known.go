package store

import (
	"encoding/json"
	"errors"
	"io"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Known is what is known of a run before its first step, for those who watch it: results come with
// the first checkpoint.
type Known struct {
	Units       string             `json:"units"` // of the energy
	Space       core.Space         `json:"space"`
	Exact       map[string]float64 `json:"exact,omitempty"` // totals by observable name
	ExactSource string             `json:"exact_source,omitempty"`
}

// SaveKnown writes KnownFile. Numbers that JSON cannot say are left out.
func (f *Folder) SaveKnown(k Known) error {
	exact := map[string]float64{}
	for name, value := range k.Exact {
		if _, err := json.Marshal(value); err == nil {
			exact[name] = value
		}
	}
	k.Exact = exact
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return core.Errorf(core.Internal, "encode what is known", f.dir, "%w", err)
	}
	return f.WriteText(KnownFile, string(text)+"\n")
}

// knownMost is far more than a space and its exact values take.
const knownMost = 1 << 20

// ReadKnown reads it as results without numbers; nil where it is not there, or cannot be read.
func ReadKnown(dir string) *core.Results {
	file, size, err := core.OpenRegular(filepath.Join(dir, KnownFile))
	if err != nil {
		return nil
	}
	defer file.Close()
	var k Known
	text, err := io.ReadAll(io.LimitReader(file, knownMost))
	if errors.Join(err, json.Unmarshal(text, &k)) != nil || size > knownMost {
		return nil
	}
	return &core.Results{Run: core.RunInfo{Units: k.Units}, SamplesSpace: k.Space, Exact: k.Exact, ExactSource: k.ExactSource}
}
